/** Markdown: CommonMark and GFM. What is written is read back first: a translation that would change the structure is escaped until it does not. */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns } from '../../../contract/shapes.ts';
import { decodeText, encodeText, type DecodedText } from '../../files/text-encoding.ts';
import { plainText } from '../../segments/runs.ts';
import type { DocumentFormat, ReadOptions } from '../format.ts';
import { hasWords } from '../inline-pieces.ts';
import { placeUnits, replaceUnits, type PlacedUnit, type Replacement } from '../placed-units.ts';
import { findUnits } from './find-units.ts';
import { frontMatterLanguage } from './front-matter.ts';
import { parseMarkdown, type MarkdownNode } from './syntax-tree.ts';

/** Rounds of escaping before all translations are escaped fully. */
const ROUNDS = 4;

export const md: DocumentFormat = {
  id: 'md',
  name: 'Markdown',
  extensions: ['md', 'markdown', 'mdown', 'mkd', 'qmd', 'rmd'],

  sniff(_bytes, fileName) {
    const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
    return extension !== undefined && this.extensions.includes(extension) ? 0.9 : 0;
  },

  async read(bytes, options) {
    const { placed, decoded } = readMarkdown(bytes, options);
    return { units: placed.map(({ unit }) => unit), encoding: decoded.encoding };
  },

  async write(bytes, targets, options) {
    const { placed, decoded, tree, escaped } = readMarkdown(bytes, options);
    const head = tree[0];
    const others = options.setLanguage && head && (head.type === 'yaml' || head.type === 'toml') ? frontMatterLanguage(decoded.text, head, options.to) : [];
    const text = targets.size === 0 ? replaceUnits(decoded.text, placed, targets, others) : writeChecked(decoded, placed, targets, others, escaped);
    return text === decoded.text ? bytes : encodeText(text, decoded);
  },
};

interface MarkdownDocument { readonly placed: PlacedUnit[]; readonly decoded: DecodedText; readonly tree: MarkdownNode[]; readonly escaped: Set<number> }

function readMarkdown(bytes: Uint8Array, { encoding, signal }: ReadOptions): MarkdownDocument {
  const decoded = decodeText(bytes, { encoding });
  const tree = parseMarkdown(decoded.text);
  signal?.throwIfAborted();
  const escaped = new Set<number>();
  return { placed: placeUnits(decoded.text, findUnits(decoded.text, tree, decoded.encoding, (start) => escaped.has(start))), decoded, tree, escaped };
}

/** A block (not the titles and descriptions inside it) and what it must say. */
interface Expected { readonly id: string; readonly start: number; readonly runs: ReadonlyRuns }

function writeChecked(decoded: DecodedText, placed: readonly PlacedUnit[], targets: ReadonlyMap<string, ReadonlyRuns>, others: readonly Replacement[], escaped: Set<number>): string {
  const outer = placed.filter(({ inner }) => !inner);
  const all = outer.map(({ unit, start }) => ({ id: unit.id, start, runs: targets.get(unit.id) ?? unit.source }));
  // A reader passes over text without words; it must still not become markup.
  const expected = all.filter(({ runs }) => hasWords(plainText(runs)));
  for (const { runs, start } of all) if (!hasWords(plainText(runs))) escaped.add(start);
  for (let round = 0; ; round++) {
    const text = replaceUnits(decoded.text, placed, targets, others);
    const wrong = differing(expected, text, decoded.encoding);
    if (wrong.length === 0) return text;
    const before = escaped.size;
    for (const { start, id } of round < ROUNDS ? wrong : expected) if (targets.has(id)) escaped.add(start);
    if (escaped.size > before) continue;
    const unit = wrong[0]?.id ?? '';
    throw new StudioError('TAGS_BROKEN', `The translation of ${unit} can't be written in Markdown: it would be read differently.`, {
      advice: 'Put its tags around the same kind of text as in the source: not one link inside another, and no tag in the middle of a code.', data: { unit },
    });
  }
}

/**
 * Which expected blocks a reader of `text` would not find; the first one that differs when their number changed. Comparing the words
 * is enough: markup that no longer works is read as words.
 */
function differing(expected: readonly Expected[], text: string, encoding: string): Expected[] {
  const found = placeUnits(text, findUnits(text, parseMarkdown(text), encoding, () => false)).filter(({ inner }) => !inner);
  const wrong = expected.filter(({ runs }, i) => {
    const read = found[i]?.unit.source;
    return read === undefined || squash(plainText(read)) !== squash(plainText(runs));
  });
  if (found.length === expected.length) return wrong;
  return wrong.length > 0 ? wrong.slice(0, 1) : expected.slice(-1);
}

const squash = (text: string): string => text.replace(/[\s\0\ufffd]+/g, '');
