/** Plain text: paragraphs in, paragraphs out; indentation, bullets, blank lines and line ends stay as they are. */
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { decodeText, encodeText } from '../../files/text-encoding.ts';
import type { DocumentFormat } from '../format.ts';
import { hasWords } from '../inline-pieces.ts';
import { placeUnits, replaceUnits, type FoundUnit, type PlacedUnit } from '../placed-units.ts';
import { plainText } from '../../segments/runs.ts';
import { findParagraphs, ITEM_MARK, wrapText, type Paragraph } from './paragraphs.ts';

const LINE_END = /[\n\r\u0085\u2028\u2029]/;
/** Times that a layout is tried which can be read back as it was meant. */
const ATTEMPTS = 6;

export const txt: DocumentFormat = {
  id: 'txt',
  name: 'Plain text',
  extensions: ['txt', 'text'],

  sniff(bytes, fileName) {
    const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
    if (extension !== undefined && this.extensions.includes(extension)) return 0.5;
    // README, LICENSE: a name without an extension and no control characters but white space.
    return extension === undefined && bytes.length > 0 && bytes.subarray(0, 4096).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13)) ? 0.2 : 0;
  },

  async read(bytes, options) {
    const { text, encoding } = decodeText(bytes, options);
    return { units: placeParagraphs(text, PLAIN).map(({ unit }) => unit), encoding };
  },

  async write(bytes, targets, options) {
    const decoded = decodeText(bytes, options);
    const text = layOutDocument(decoded.text, targets);
    return text === decoded.text ? bytes : encodeText(text, decoded);
  },
};

/**
 * How the translation of the paragraph at an offset is laid out: wrapped like its source; ending in two spaces, so that the next line is
 * not taken for its continuation; or as one line, with the two spaces.
 */
type Manner = 'wrapped' | 'ended' | 'one-line';
type Manners = ReadonlyMap<number, Manner>;
const PLAIN: Manners = new Map();

interface Wanted { readonly start: number; readonly text: string; readonly translated: boolean }

/** Wrapped text has no marks where a paragraph ends, so what is written is read back, and laid out otherwise where that goes wrong. */
function layOutDocument(text: string, targets: ReadonlyMap<string, ReadonlyRuns>): string {
  const manners = new Map<number, Manner>();
  const placed = placeParagraphs(text, manners);
  const plain = replaceUnits(text, placed, targets);
  const wanted = placed.map(({ unit, start }): Wanted => ({ start, text: squash(plainText(targets.get(unit.id) ?? unit.source)), translated: targets.has(unit.id) })).filter((paragraph) => hasWords(paragraph.text));
  let written = plain;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const wrong = misread(wanted, placeParagraphs(written, PLAIN).map(({ unit }) => squash(plainText(unit.source))));
    if (wrong.size === 0) return written;
    let changed = false;
    for (const [{ start, translated }, manner] of wrong) {
      if (!translated || manners.get(start) === 'one-line') continue;
      manners.set(start, manners.has(start) ? 'one-line' : manner);
      changed = true;
    }
    // Without a layout that reads well, the plain one: all the words are there.
    if (!changed) return plain;
    written = replaceUnits(text, placed, targets);
  }
  return plain;
}

/** Paragraphs that a reader joins with the next one, or cuts; each with the manner that should help. */
function misread(wanted: readonly Wanted[], found: readonly string[]): Map<Wanted, Manner> {
  const wrong = new Map<Wanted, Manner>();
  for (let i = 0, j = 0; i < wanted.length; i++, j++) {
    let paragraph = wanted[i], read = found[j] ?? '';
    if (!paragraph || read === paragraph.text) continue;
    if (read.startsWith(paragraph.text)) {
      for (let joined = paragraph.text; joined !== read && read.startsWith(joined) && paragraph; joined += ` ${paragraph?.text ?? ''}`) {
        wrong.set(paragraph, 'ended');
        paragraph = wanted[++i];
      }
    } else {
      wrong.set(paragraph, 'one-line');
      while (read !== paragraph.text && paragraph.text.startsWith(read) && j + 1 < found.length) read += ` ${found[++j] ?? ''}`;
    }
  }
  return wrong;
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim();

function placeParagraphs(text: string, manners: Manners): PlacedUnit[] {
  const found: FoundUnit[] = [];
  for (const paragraph of findParagraphs(text)) {
    const source = paragraph.lines.map(({ start, end }) => text.slice(start, end)).join(' ');
    if (!hasWords(source)) continue;
    found.push({
      start: paragraph.start, end: paragraph.end, inner: false, unit: { source: [source], tags: [], role: 'p', segmented: false },
      render: (target) => layOut(plainText(target), paragraph, text, manners.get(paragraph.start) ?? 'wrapped'),
    });
  }
  return placeUnits(text, found);
}

/** A translation has no line ends of its own; one of several lines is wrapped as the source was. */
function layOut(target: string, { lines, width }: Paragraph, text: string, manner: Manner): string {
  const words = target.replace(/\s*[\n\r\u0085\u2028\u2029]\s*/g, ' ').trim(), end = manner === 'wrapped' ? '' : '  ';
  const first = lines[0], second = lines[1];
  if (!first || !second || width === undefined || manner === 'one-line') return words + end;
  const between = text.slice(first.end, second.start);
  const newLine = between.slice(between.search(LINE_END));
  const indentation = /[^\n\r\u0085\u2028\u2029]*$/.exec(newLine)?.[0].length ?? 0;
  return wrapText(words, width - indentation, ITEM_MARK).join(newLine) + end;
}
