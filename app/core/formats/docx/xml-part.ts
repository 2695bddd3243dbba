/** XML parts of a package as text, and back with the encoding they came in: OPC allows UTF-8 and UTF-16 (ISO 29500-2, 8.1.4). */
import { StudioError } from '../../../contract/errors.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';
export interface XmlPart { readonly text: string; readonly encoding: Encoding }

/** @throws StudioError FORMAT_BROKEN when the bytes are not in that encoding. */
export function decodePart(part: string, bytes: Uint8Array): XmlPart {
  const [a, b] = bytes;
  const encoding: Encoding = (a === 0xff && b === 0xfe) || (a === 0x3c && b === 0) ? 'utf-16le' : (a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c) ? 'utf-16be' : 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), encoding };
  } catch (cause) {
    throw new StudioError('FORMAT_BROKEN', `${part} is not text in ${encoding.toUpperCase()}.`, { advice: 'Open the file in the program that made it and save it again, or ask for a fresh copy.', data: { part }, cause });
  }
}

export function encodePart({ text, encoding }: XmlPart): Uint8Array {
  const bytes = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}
