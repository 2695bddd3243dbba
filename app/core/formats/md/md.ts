/** Markdown: CommonMark and GFM. What is written is read back first: a translation that would change the structure is escaped until it does not. */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns, Tag } from '../../../contract/shapes/text.ts';
import { decodeText, encodeText, type DecodedText } from '../../files/text-encoding.ts';
import { plainText, tagRuns } from '../../segments/runs.ts';
import type { DocumentFormat, ReadOptions, Unit } from '../format.ts';
import { hasWords } from '../inline-pieces.ts';
import { placeUnits, replaceUnits, type PlacedUnit, type Replacement } from '../placed-units.ts';
import { findUnits } from './find-units.ts';
import { frontMatterLanguage } from './front-matter.ts';
import type { Care } from './layout.ts';
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
    const { placed, decoded, tree, cares } = readMarkdown(bytes, options);
    const head = tree[0];
    const others = options.setLanguage && head && (head.type === 'yaml' || head.type === 'toml') ? frontMatterLanguage(decoded.text, head, options.to) : [];
    const text = targets.size === 0 ? replaceUnits(decoded.text, placed, targets, others) : writeChecked(decoded, placed, targets, others, cares);
    return text === decoded.text ? bytes : encodeText(text, decoded);
  },
};

interface MarkdownDocument { readonly placed: PlacedUnit[]; readonly decoded: DecodedText; readonly tree: MarkdownNode[]; readonly cares: Map<number, Care> }

function readMarkdown(bytes: Uint8Array, { encoding, signal }: ReadOptions): MarkdownDocument {
  const decoded = decodeText(bytes, { encoding });
  const tree = parseMarkdown(decoded.text);
  signal?.throwIfAborted();
  const cares = new Map<number, Care>();
  return { placed: placeUnits(decoded.text, findUnits(decoded.text, tree, decoded.encoding, (start) => cares.get(start) ?? 'light')), decoded, tree, cares };
}

/** A block (not the titles and descriptions inside it) and what it must say. */
interface Expected { readonly id: string; readonly start: number; readonly runs: ReadonlyRuns; readonly tags: readonly Tag[]; readonly translated: boolean }

const MORE_CARE: Readonly<Record<Care, Care | undefined>> = { light: 'full', full: 'spaced', spaced: undefined };

function writeChecked(decoded: DecodedText, placed: readonly PlacedUnit[], targets: ReadonlyMap<string, ReadonlyRuns>, others: readonly Replacement[], cares: Map<number, Care>): string {
  const all = placed.filter(({ inner }) => !inner).map(({ unit, start }): Expected => ({ id: unit.id, start, runs: targets.get(unit.id) ?? unit.source, tags: unit.tags, translated: targets.has(unit.id) }));
  // A reader passes over text without words; it must still not become markup.
  const expected = all.filter(({ runs }) => hasWords(plainText(runs)));
  for (const { runs, start } of all) if (!hasWords(plainText(runs))) cares.set(start, 'full');
  for (let round = 0; ; round++) {
    const text = replaceUnits(decoded.text, placed, targets, others);
    const wrong = differing(expected, text, decoded.encoding);
    if (wrong.length === 0) return text;
    let changed = false;
    for (const { start, translated } of round < ROUNDS ? wrong : expected) {
      const more = translated ? MORE_CARE[cares.get(start) ?? 'light'] : undefined;
      if (more === undefined) continue;
      cares.set(start, more);
      changed = true;
    }
    if (changed) continue;
    const unit = wrong[0]?.id ?? '';
    throw new StudioError('TAGS_BROKEN', `The translation of ${unit} can't be written in Markdown: it would be read differently.`, {
      advice: 'Put its tags around the same kind of text as in the source: not one link inside another, and no tag in the middle of a code.', data: { unit },
    });
  }
}

/** Which expected blocks a reader of `text` would not find; the first one that differs when their number changed. */
function differing(expected: readonly Expected[], text: string, encoding: string): Expected[] {
  const found = placeUnits(text, findUnits(text, parseMarkdown(text), encoding, () => 'light')).filter(({ inner }) => !inner);
  const wrong = expected.filter(({ runs, tags }, i) => {
    const read = found[i]?.unit;
    return read === undefined || squash(plainText(read.source)) !== squash(plainText(runs)) || lacksTags(read, runs, tags);
  });
  if (found.length === expected.length) return wrong;
  return wrong.length > 0 ? wrong.slice(0, 1) : expected.slice(-1);
}

/** Tags of a target that are not read, in the unit or at its edges; by kind and label, for numbers follow the order of the text. */
function lacksTags(read: Unit, runs: ReadonlyRuns, tags: readonly Tag[]): boolean {
  const counts = new Map<string, number>();
  const count = (key: string, by: number): number => {
    const total = (counts.get(key) ?? 0) + by;
    counts.set(key, total);
    return total;
  };
  for (const key of read.around ?? []) count(key, 1);
  for (const { kind, tag } of tagRuns(read.source)) count(`${kind} ${read.tags[tag - 1]?.label}`, 1);
  return tagRuns(runs).some(({ kind, tag }) => count(`${kind} ${tags[tag - 1]?.label}`, -1) < 0);
}

const squash = (text: string): string => text.replace(/[\s\0\ufffd]+/g, '');
