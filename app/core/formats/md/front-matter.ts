/** Front matter: the values of keys that readers see (`title`, `description`), in YAML or TOML; all else is left alone. */
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import { hasWords } from '../inline-pieces.ts';
import type { FoundUnit, Replacement } from '../placed-units.ts';
import type { MarkdownNode } from './syntax-tree.ts';

const KEYS = /^(?:(?:seo|og|meta|header|page|short|sub)[ _-]?)?(?:title|subtitle|description|summary|abstract|excerpt|caption|tagline|headline|link_?title|sidebar_?label|nav_?title|keywords|intro|lead)$/i;
const LANGUAGE = /^(lang|language|locale)$/i;
const TOML_STRING = /^([A-Za-z0-9_-]+)[ \t]*=[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*')/gm;

interface Value { readonly key: string; readonly value: string; readonly start: number; readonly end: number; write(value: string): string }

/** Units of the front matter node of a document. */
export function frontMatterUnits(text: string, node: MarkdownNode): FoundUnit[] {
  return values(text, node).filter(({ key, value }) => KEYS.test(key) && hasWords(value)).map(({ key, value, start, end, write }) => ({
    start, end, inner: true, unit: { source: [value], tags: [], role: key.toLowerCase().slice(0, 24), segmented: false },
    render: (target) => write(target.join('').replace(/\s*[\n\r]\s*/g, ' ')),
  }));
}

/** Replacements that make the front matter declare a language, where it declares one. */
export function frontMatterLanguage(text: string, node: MarkdownNode, language: string): Replacement[] {
  return values(text, node).filter(({ key }) => LANGUAGE.test(key)).map(({ start, end, write }) => ({ start, end, text: write(language) }));
}

function values(text: string, node: MarkdownNode): Value[] {
  const value = node.children.find(({ type }) => type === 'yamlFenceSequence' || type === 'yamlFence' || type === 'tomlFence');
  const start = text.indexOf('\n', value?.end ?? node.start) + 1, end = text.lastIndexOf('\n', node.end - 1) + 1;
  if (start <= 0 || end <= start) return [];
  return node.type === 'toml' ? tomlValues(text.slice(start, end), start) : yamlValues(text.slice(start, end), start);
}

function yamlValues(source: string, base: number): Value[] {
  const document = parseDocument(source, { keepSourceTokens: false, logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return [];
  return document.contents.items.flatMap(({ key, value }): Value[] => {
    if (!isScalar(key) || typeof key.value !== 'string' || !isScalar(value) || typeof value.value !== 'string' || !value.range) return [];
    const { type } = value, quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
    // Block scalars (| and >) hold whole texts with their own layout.
    if (!quoted && type !== 'PLAIN') return [];
    const write = (text: string): string => stringify(text, { lineWidth: 0, defaultStringType: type, defaultKeyType: 'PLAIN' }).trimEnd();
    return [{ key: key.value, value: value.value, start: base + value.range[0], end: base + value.range[1], write }];
  });
}

function tomlValues(source: string, base: number): Value[] {
  return [...source.matchAll(TOML_STRING)].flatMap((match): Value[] => {
    const [whole, key, quoted] = match;
    if (key === undefined || quoted === undefined || source.slice(0, match.index).includes('\n[')) return [];
    const literal = quoted.startsWith("'");
    const value = literal ? quoted.slice(1, -1) : unescapeToml(quoted.slice(1, -1));
    const end = base + match.index + whole.length;
    return [{ key, value, start: end - quoted.length, end, write: (text) => (literal && !text.includes("'") ? `'${text}'` : JSON.stringify(text)) }];
  });
}

/** TOML 1.0, basic strings. */
function unescapeToml(text: string): string {
  const short: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (whole: string, four?: string, eight?: string, one?: string) => {
    const point = Number.parseInt(four ?? eight ?? '', 16);
    return Number.isNaN(point) ? (short[one ?? ''] ?? whole) : point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
