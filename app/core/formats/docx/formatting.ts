/**
 * Effective formatting of runs: what a reader sees, not how it is written. Two runs of one key look the same, whatever Word
 * recorded about spelling, language, revision ids or styles without a look.
 */
import { child, elements, type XmlElement } from '../xml/xml-tree.ts';
import { attribute, isOn, isWord, wordChild } from './names.ts';

/** Property -> value; a property at its default is absent. */
export type Formatting = ReadonlyMap<string, string>;

/** Toggle properties: a paragraph style and a character style that both set one cancel out (17.7.3). */
const TOGGLES = new Set(['b', 'bCs', 'i', 'iCs', 'caps', 'smallCaps', 'strike', 'outline', 'shadow', 'emboss', 'imprint', 'vanish']);
const SWITCHES = new Set([...TOGGLES, 'dstrike', 'rtl', 'cs', 'oMath', 'specVanish']);
/** Recorded about the text or the editing session rather than about its look. */
const WITHOUT_LOOK = new Set(['lang', 'noProof', 'snapToGrid', 'webHidden', 'rPrChange', 'ins', 'del', 'moveFrom', 'moveTo', 'kern', 'fitText', 'rStyle']);
const DEFAULTS: Readonly<Record<string, string>> = { u: 'none', vertAlign: 'baseline', color: 'auto', highlight: 'none', position: '0', spacing: '0', w: '100', effect: 'none', em: 'none' };
const FOR_COMPLEX_SCRIPTS = new Set(['bCs', 'iCs', 'szCs', 'rtl', 'cs', 'font:cs', 'font:cstheme']);
const FOR_EAST_ASIA = new Set(['font:eastAsia', 'font:eastAsiaTheme', 'eastAsianLayout']);
/** Letter spacing of up to one point (twentieths) is fitting of lines, as converters from PDF leave it, not emphasis. */
const FITTED_SPACING = 20;

/** A `w:style` element of character or paragraph type, as far as text needs it. */
interface Style { readonly type: string; readonly name: string; readonly basedOn: string | undefined; readonly outline: string | undefined; readonly own: Formatting }

export interface Styles {
  /** Formatting that a paragraph of a style gives its runs, document defaults included. */
  paragraph(id: string | undefined): Formatting;
  character(id: string | undefined): Formatting;
  /** What a paragraph of a style is: `h1` ... `h9`, `title`, `toc`, `caption`, or null. */
  role(id: string | undefined): string | null;
}

/** Reads `styles.xml`; without one every style is empty. */
export function readStyles(root: XmlElement | null): Styles {
  const styles = new Map<string, Style>();
  let defaults: Formatting = new Map(), defaultParagraph: string | undefined;
  for (const element of root ? elements(root) : []) {
    if (isWord(element, 'docDefaults')) {
      const properties = child(element, 'rPrDefault');
      defaults = declared(properties ? (wordChild(properties, 'rPr') ?? null) : null);
    }
    const id = isWord(element, 'style') ? attribute(element, 'styleId') : undefined;
    if (id === undefined) continue;
    const type = attribute(element, 'type') ?? 'paragraph';
    const paragraph = wordChild(element, 'pPr'), basedOn = wordChild(element, 'basedOn'), name = wordChild(element, 'name');
    const outline = paragraph && wordChild(paragraph, 'outlineLvl');
    styles.set(id, { type, name: (name && attribute(name, 'val')) ?? id, basedOn: basedOn && attribute(basedOn, 'val'), outline: outline && attribute(outline, 'val'), own: declared(wordChild(element, 'rPr') ?? null) });
    if (type === 'paragraph' && /^(1|true|on)$/.test(attribute(element, 'default') ?? '')) defaultParagraph = id;
  }
  const chain = (id: string | undefined): Style[] => {
    const found: Style[] = [];
    for (let at = id === undefined ? undefined : styles.get(id); at && found.length < 32; at = at.basedOn === undefined ? undefined : styles.get(at.basedOn)) found.push(at);
    return found;
  };
  const resolved = new Map<string, Formatting>();
  const resolve = (key: string, id: string | undefined, under: Formatting): Formatting => {
    const known = resolved.get(key);
    if (known) return known;
    const result = new Map(under);
    for (const style of chain(id).reverse()) overlay(result, style.own);
    resolved.set(key, result);
    return result;
  };
  return {
    paragraph: (id) => resolve(`p ${id ?? ''}`, id ?? defaultParagraph, defaults),
    character: (id) => resolve(`c ${id ?? ''}`, id, new Map()),
    role(id) {
      for (const { name, outline } of chain(id)) {
        const [, kind = '', level = ''] = /^(heading|toc) ?([1-9])$/i.exec(name) ?? [];
        if (kind) return kind.toLowerCase() === 'toc' ? 'toc' : `h${level}`;
        if (/^(title|subtitle|caption)$/i.test(name)) return name.toLowerCase();
        if (outline !== undefined && /^[0-8]$/.test(outline)) return `h${Number(outline) + 1}`;
      }
      return null;
    },
  };
}

/** What the children of an `rPr` say, defaults included, so that they can undo what lies under them. */
function declared(properties: XmlElement | null): Map<string, string> {
  const result = new Map<string, string>();
  for (const element of properties ? elements(properties) : []) {
    const { local } = element;
    if (!isWord(element)) result.set(element.name, describe(element));
    else if (WITHOUT_LOOK.has(local)) continue;
    else if (SWITCHES.has(local)) result.set(local, isOn(element) ? 'on' : '');
    else if (local === 'rFonts') {
      for (const name in element.attributes) {
        const slot = name.slice(name.indexOf(':') + 1);
        if (slot !== 'hint' && !name.startsWith('xmlns')) result.set(`font:${slot}`, element.attributes[name] ?? '');
      }
    } else if (local === 'spacing' && Math.abs(Number(attribute(element, 'val') ?? '0')) <= FITTED_SPACING) result.set(local, '');
    else result.set(local, attribute(element, 'val') === DEFAULTS[local] && local in DEFAULTS ? '' : describe(element));
  }
  return result;
}

const describe = (element: XmlElement): string =>
  Object.entries(element.attributes).map(([name, value]) => `${name.slice(name.indexOf(':') + 1)}=${value}`).sort().join(' ') + elements(element).map((inner) => `<${inner.name} ${describe(inner)}>`).join('');

function overlay(under: Map<string, string>, over: Formatting): void {
  for (const [property, value] of over) {
    if (value === '') under.delete(property);
    else under.set(property, value);
  }
}

/** Formatting of a run: styles of its paragraph and its own, then what it says itself. */
function formattingOf(styles: Styles, paragraphStyle: string | undefined, properties: XmlElement | null): Formatting {
  const named = properties && wordChild(properties, 'rStyle');
  const character = styles.character(named ? attribute(named, 'val') : undefined);
  const paragraph = styles.paragraph(paragraphStyle);
  const result = new Map(paragraph);
  for (const [property, value] of character) {
    if (TOGGLES.has(property) && paragraph.has(property)) result.delete(property);
    else result.set(property, value);
  }
  overlay(result, declared(properties));
  return result;
}

const COMPLEX_SCRIPT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Devanagari}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Khmer}\p{Script=Lao}]/u;
const EAST_ASIA = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

/** Scripts for which Word keeps fonts and sizes of their own (17.3.2.26). */
export interface Scripts { readonly complex: boolean; readonly eastAsia: boolean }
export const scriptsOf = (text: string): Scripts => ({ complex: COMPLEX_SCRIPT.test(text), eastAsia: EAST_ASIA.test(text) });

/** The formatting as a string, with only what shows on text in these scripts: equal keys look equal. */
function formattingKey(formatting: Formatting, { complex, eastAsia }: Scripts): string {
  const parts: string[] = [];
  for (const [property, value] of formatting) {
    if (!complex && FOR_COMPLEX_SCRIPTS.has(property)) continue;
    if (!eastAsia && FOR_EAST_ASIA.has(property)) continue;
    parts.push(`${property}:${value}`);
  }
  return parts.sort().join(';');
}

/** Looks of runs, each worked out once: a document has thousands of runs and a few dozen looks. */
export class Looks {
  readonly #styles: Styles;
  readonly #formatting = new Map<string, Formatting>();
  readonly #keys = new Map<Formatting, string[]>();

  constructor(styles: Styles) { this.#styles = styles; }

  /** Of a run with these properties (an `rPr` in `source`, or none) in a paragraph of this style. */
  of(paragraphStyle: string | undefined, properties: XmlElement | null, source: string): Formatting {
    const key = `${paragraphStyle ?? ''}\n${properties ? source.slice(properties.openEnd, properties.closeStart) : ''}`;
    let formatting = this.#formatting.get(key);
    if (!formatting) this.#formatting.set(key, formatting = formattingOf(this.#styles, paragraphStyle, properties));
    return formatting;
  }

  /** A string that is equal for formattings that look equal on text in these scripts. */
  key(formatting: Formatting, scripts: Scripts): string {
    let keys = this.#keys.get(formatting);
    if (!keys) this.#keys.set(formatting, keys = []);
    return (keys[Number(scripts.complex) + 2 * Number(scripts.eastAsia)] ??= formattingKey(formatting, scripts));
  }
}

/** Properties that show on white space too. */
const ON_SPACES = /(?:^|;)(u|strike|dstrike|highlight|shd|bdr|em|effect):/;
/** Whether white space in this formatting looks like white space in any other. */
export const plainOnSpaces = (key: string): boolean => !ON_SPACES.test(key);

const LABELS: readonly (readonly [property: RegExp, label: string])[] = [
  [/^vertAlign$/, ''], [/^highlight$|^shd$/, 'highlight'], [/^d?strike$/, 's'], [/^color$/, 'color'], [/^caps$|^smallCaps$/, 'caps'], [/^font:/, 'font'], [/^sz$|^szCs$/, 'size'],
];

const EMPHASIS = ['b', 'i', 'u'] as const;
export const isEmphasised = (formatting: Formatting): boolean => EMPHASIS.some((property) => formatting.has(property));

/** Short name of the difference between a span's formatting and that around it: `b`, `i`, `u`, `bi`, `plain`, `sup`, `color` ... or `fmt`. */
export function formattingLabel(base: Formatting, span: Formatting): string {
  const changed = (property: string): boolean => base.get(property) !== span.get(property);
  const raised = span.get('vertAlign');
  if (changed('vertAlign') && raised !== undefined) return raised.endsWith('superscript') ? 'sup' : 'sub';
  const emphasis = EMPHASIS.filter(changed);
  if (emphasis.length > 0) return emphasis.filter((property) => span.has(property)).join('') || 'plain';
  const names = [...new Set([...base.keys(), ...span.keys()])].filter(changed);
  return LABELS.find(([property, label]) => label && names.some((name) => property.test(name)))?.[1] ?? 'fmt';
}
