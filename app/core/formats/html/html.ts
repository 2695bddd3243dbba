/** HTML and XHTML: translations are spliced into the page; nothing else of it changes. */
import { declaredEncoding, decodeText, encodeText, type DecodedText } from '../../files/text-encoding.ts';
import type { DocumentFormat, ReadOptions } from '../format.ts';
import { placeUnits, replaceUnits, type PlacedUnit } from '../placed-units.ts';
import { writingOf } from './escape.ts';
import { findUnits } from './find-units.ts';
import { languageReplacements } from './language.ts';
import { scanHtml, type HtmlToken } from './scan.ts';

export const html: DocumentFormat = {
  id: 'html',
  name: 'HTML',
  extensions: ['html', 'htm', 'xhtml', 'xht', 'shtml'],

  sniff(bytes, fileName) {
    const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
    if (extension !== undefined && this.extensions.includes(extension)) return 0.9;
    const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1').replaceAll('\0', '');
    if (!/<!doctype\s+html|<html[\s>]/i.test(head)) return 0;
    return extension === undefined || extension === 'xml' || extension === 'php' ? 0.6 : 0.3;
  },

  async read(bytes, options) {
    const { placed, decoded } = readPage(bytes, options);
    return { units: placed.map(({ unit }) => unit), encoding: decoded.encoding };
  },

  async write(bytes, targets, options) {
    const { placed, decoded, tokens } = readPage(bytes, options);
    const page = replaceUnits(decoded.text, placed, targets, options.setLanguage ? languageReplacements(decoded.text, tokens, options.to) : []);
    return page === decoded.text ? bytes : encodeText(page, decoded);
  },
};

function readPage(bytes: Uint8Array, { encoding, signal }: ReadOptions): { placed: PlacedUnit[]; decoded: DecodedText; tokens: HtmlToken[] } {
  const decoded = decodeText(bytes, { encoding, declared: declaredEncoding(bytes) });
  const tokens = scanHtml(decoded.text);
  signal?.throwIfAborted();
  return { placed: placeUnits(decoded.text, findUnits(decoded.text, tokens, writingOf(decoded.text, decoded.encoding))), decoded, tokens };
}
