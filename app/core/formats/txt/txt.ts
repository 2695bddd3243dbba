/** Plain text: paragraphs in, paragraphs out; indentation, bullets, blank lines and line ends stay as they are. */
import { decodeText, encodeText } from '../../files/text-encoding.ts';
import type { DocumentFormat } from '../format.ts';
import { hasWords } from '../inline-pieces.ts';
import { placeUnits, replaceUnits, type FoundUnit, type PlacedUnit } from '../placed-units.ts';
import { plainText } from '../../segments/runs.ts';
import { findParagraphs, ITEM_MARK, wrapText, type Paragraph } from './paragraphs.ts';

const LINE_END = /[\n\r\u0085\u2028\u2029]/;

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
    return { units: placeParagraphs(text).map(({ unit }) => unit), encoding };
  },

  async write(bytes, targets, options) {
    const decoded = decodeText(bytes, options);
    const text = replaceUnits(decoded.text, placeParagraphs(decoded.text), targets);
    return text === decoded.text ? bytes : encodeText(text, decoded);
  },
};

function placeParagraphs(text: string): PlacedUnit[] {
  const found: FoundUnit[] = [];
  for (const paragraph of findParagraphs(text)) {
    const source = paragraph.lines.map(({ start, end }) => text.slice(start, end)).join(' ');
    if (!hasWords(source)) continue;
    found.push({
      start: paragraph.start, end: paragraph.end, inner: false, unit: { source: [source], tags: [], role: 'p', segmented: false },
      render: (target) => layOut(plainText(target), paragraph, text),
    });
  }
  return placeUnits(text, found);
}

/** A translation has no line ends of its own; one of several lines is wrapped as the source was. */
function layOut(target: string, { lines, width }: Paragraph, text: string): string {
  const words = target.replace(/\s*[\n\r\u0085\u2028\u2029]\s*/g, ' ');
  const first = lines[0], second = lines[1];
  if (!first || !second || width === undefined) return words;
  const between = text.slice(first.end, second.start);
  const newLine = between.slice(between.search(LINE_END));
  const indentation = /[^\n\r\u0085\u2028\u2029]*$/.exec(newLine)?.[0].length ?? 0;
  return wrapText(words, width - indentation, ITEM_MARK).join(newLine);
}
