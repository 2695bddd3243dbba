/** XML files as bytes: decoded as they declare, spliced, and encoded as they were. */
import { StudioError } from '../../../contract/errors.ts';
import type { DecodedText } from '../../files/text-encoding.ts';
import { declaredEncoding, decodeText, encodeText, encodingName, unencodableCharacters } from '../../files/text-encoding.ts';
import { applySplices, type Splice } from '../splice.ts';

/**
 * A declared encoding is believed unless the bytes are UTF-8 beyond ASCII: a file in ASCII that declares windows-1252 must get
 * its translation in windows-1252. Bytes that are not in the declared encoding (UTF-8 when none is) make the document broken: XML 1.0, section 4.3.3.
 * @throws StudioError FORMAT_BROKEN, or ENCODING_UNSUPPORTED when the given encoding is not that of the file.
 */
export function decodeXml(bytes: Uint8Array, encoding: string | undefined): DecodedText {
  if (encoding !== undefined) return decodeText(bytes, { encoding });
  const declared = declaredEncoding(bytes);
  if (declared !== undefined && encodingName(declared) !== undefined && !/^utf/i.test(declared) && isAscii(bytes)) return decodeText(bytes, { encoding: declared });
  const file = decodeText(bytes, { declared });
  if (!/^utf/.test(file.encoding) && (declared === undefined || /^utf/i.test(declared)))
    throw new StudioError('FORMAT_BROKEN', `The file has bytes that are not ${declared ?? 'UTF-8'}, which it says it is in.`, { advice: 'Name the right encoding, or save the file again as UTF-8.', data: { guess: file.encoding } });
  return file;
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return false;
  return true;
}

/** Splices XML markup in and encodes; a character that the encoding lacks becomes a character reference. */
export function encodeXml(file: DecodedText, splices: readonly Splice[]): Uint8Array {
  const writable = splices.map((splice) => {
    let { text } = splice;
    for (const character of unencodableCharacters(text, file.encoding)) text = text.replaceAll(character, `&#x${(character.codePointAt(0) ?? 0xfffd).toString(16).toUpperCase()};`);
    return { ...splice, text };
  });
  return encodeText(applySplices(file.text, writable), file);
}

/** The version that the root element of an XLIFF file names (`1.2`), by its namespace if it has one; undefined for other files. Quick. */
export function xliffVersion(bytes: Uint8Array): string | undefined {
  // UTF-16 shows its ASCII when its zero bytes are left out.
  const head = Buffer.from(bytes.subarray(0, 16_384)).toString('latin1').replaceAll('\u0000', '');
  const root = /<(?:[\w.-]+:)?xliff\s[^>]*/.exec(head)?.[0];
  return root === undefined ? undefined : (/xliff:document:(\d\.\d)/.exec(root)?.[1] ?? /\sversion\s*=\s*["'](\d\.\d)/.exec(root)?.[1] ?? '1.2');
}

/** An opening tag with attributes set, added or (null) removed; the others keep their place and quotes. `values` are escaped already. */
export function rewriteTag(tag: string, attributes: Readonly<Record<string, string | null>>): string {
  let rewritten = tag;
  for (const [name, value] of Object.entries(attributes)) {
    const found = findAttribute(rewritten, name);
    if (found && value === null) rewritten = rewritten.slice(0, found.start) + rewritten.slice(found.end);
    else if (found) rewritten = rewritten.slice(0, found.valueStart) + value + rewritten.slice(found.end - 1);
    else if (value !== null) rewritten = rewritten.replace(/(\s*\/?>)$/, (end) => ` ${name}="${value}"${end}`);
  }
  return rewritten;
}

/** A self-closing tag as an opening one. */
export const openedTag = (tag: string): string => (tag.endsWith('/>') ? `${tag.slice(0, -2).trimEnd()}>` : tag);

function findAttribute(tag: string, name: string): { start: number; valueStart: number; end: number } | undefined {
  const pattern = /\s+([^\s=/<>]+)\s*=\s*("[^"]*"|'[^']*')/g;
  for (let match = pattern.exec(tag); match; match = pattern.exec(tag))
    if (match[1] === name) return { start: match.index, valueStart: match.index + match[0].length - (match[2]?.length ?? 2) + 1, end: match.index + match[0].length };
  return undefined;
}
