/**
 * Bytes of a text file to a string and back, without loss: what `decodeText` returns, `encodeText` turns into the same bytes.
 * Order of belief: the caller's choice, a byte order mark, valid UTF-8, UTF-16 without a mark, the encoding that the document
 * declares, statistics (chardet), windows-1252. An encoding counts only when it gives the same bytes back.
 */
import { analyse } from 'chardet';
import iconv from 'iconv-lite';
import { StudioError } from '../../contract/errors.ts';

export interface DecodedText {
  /** Without the byte order mark. */
  readonly text: string;
  /** An iconv-lite name in lower case: `utf-8`, `utf-16le`, `windows-1252`. */
  readonly encoding: string;
  /** The file begins with a byte order mark; `encodeText` writes it again. */
  readonly bom: boolean;
}

export interface DecodeOptions {
  /** The user's choice: nothing else is tried. */
  readonly encoding?: string | undefined;
  /** What the document says of itself (XML declaration, `<meta charset>`, PO header); believed after UTF-8. */
  readonly declared?: string | undefined;
}

const MARKS: readonly { readonly encoding: string; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32be', bytes: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];
const MARKS_BY_ENCODING = new Map(MARKS.map(({ encoding, bytes }) => [encoding, bytes]));
/** chardet looks at the whole of what it is given; this much is enough for its statistics. */
const SAMPLE = 64 * 1024;
const PASS_ONE = 'Save the file as UTF-8, or name its encoding.';

/**
 * Text of a file, with the encoding that was found.
 * @throws StudioError ENCODING_UNSUPPORTED when no encoding, or not the one asked for, gives the same bytes back; `data.tried` names them.
 */
export function decodeText(bytes: Uint8Array, { encoding, declared }: DecodeOptions = {}): DecodedText {
  if (encoding !== undefined) return decodeAs(bytes, encoding);
  const marked = MARKS.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte));
  const tried: string[] = [];
  for (const candidate of marked ? [marked.encoding] : candidates(bytes, declared)) {
    const name = encodingName(candidate);
    if (name === undefined || tried.includes(name)) continue;
    tried.push(name);
    const decoded = decodeExactly(bytes, name);
    if (decoded) return decoded;
    if (name === 'utf-8' && mostlyUtf8(bytes)) break;
  }
  throw new StudioError('ENCODING_UNSUPPORTED', `The encoding of the file could not be told: ${tried.join(', ')} would lose some of its bytes.`, { advice: PASS_ONE, data: { tried } });
}

/**
 * Bytes of a text in the encoding of `decoded`, with its byte order mark.
 * @throws StudioError ENCODING_UNSUPPORTED when the encoding lacks some of the characters; `data.characters` names them.
 */
export function encodeText(text: string, { encoding, bom }: Pick<DecodedText, 'encoding' | 'bom'>): Uint8Array {
  const body = iconv.encode(text, encoding);
  if (iconv.decode(body, encoding, { stripBOM: false }) !== text) {
    const lacking = unencodableCharacters(text, encoding);
    throw new StudioError('ENCODING_UNSUPPORTED', `The file is in ${encoding}, which has no ${lacking.slice(0, 12).map(describeCharacter).join(', ')}${lacking.length > 12 ? ` and ${lacking.length - 12} more` : ''}.`, {
      advice: 'Save the source document as UTF-8 and take it in again, or write the translation without these characters.',
      data: { encoding, characters: lacking.slice(0, 100) },
    });
  }
  return bom ? Buffer.concat([Buffer.from(MARKS_BY_ENCODING.get(encoding) ?? []), body]) : body;
}

/** The distinct characters of a text that an encoding lacks, in order of appearance; lone surrogates count as lacking in all. */
export function unencodableCharacters(text: string, encoding: string): string[] {
  if (iconv.decode(iconv.encode(text, encoding), encoding, { stripBOM: false }) === text) return [];
  const lacking: string[] = [];
  for (const character of new Set(text))
    if (iconv.decode(iconv.encode(character, encoding), encoding, { stripBOM: false }) !== character) lacking.push(character);
  return lacking;
}

/**
 * The encoding that the head of an XML or HTML document declares: XML 1.0 section 4.3.3, HTML "prescan a byte stream". Reads only
 * the first 4 KiB, as single bytes; undefined when nothing is declared.
 */
export function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1');
  return /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head)?.[1] ?? /<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1];
}

/** The studio's name of an encoding label, or undefined when it can't be read: `UTF8` is `utf-8`, `ISO-8859-1` stays itself. */
export function encodingName(label: string): string | undefined {
  const name = label.trim().toLowerCase();
  if (/^utf-?8$/.test(name)) return 'utf-8';
  if (/^(utf-?16|ucs-?2)(le)?$/.test(name)) return 'utf-16le';
  if (/^utf-?16be$/.test(name)) return 'utf-16be';
  // These are ways to write bytes as text, or variants that guess: never the encoding of a file.
  if (/^(base64|hex|binary|utf-?7.*|utf-?32|cesu-?8)$/.test(name) || name === '') return undefined;
  return iconv.encodingExists(name) ? name : undefined;
}

function decodeAs(bytes: Uint8Array, label: string): DecodedText {
  const name = encodingName(label);
  if (name === undefined)
    throw new StudioError('ENCODING_UNSUPPORTED', `The studio does not know an encoding named ${label}.`, { advice: 'Use a name such as utf-8, utf-16le, windows-1252, iso-8859-2, shift_jis or gb18030.', data: { tried: [label] } });
  const decoded = decodeExactly(bytes, name);
  if (decoded) return decoded;
  throw new StudioError('ENCODING_UNSUPPORTED', `The file is not valid ${name}: reading it so would lose some of its bytes.`, { advice: 'Leave the encoding to be detected, or pass another one.', data: { tried: [name] } });
}

function* candidates(bytes: Uint8Array, declared: string | undefined): Generator<string> {
  const unmarked = utf16WithoutMark(bytes);
  if (unmarked !== undefined) yield unmarked;
  yield 'utf-8';
  // A declaration of UTF-16 that was readable as single bytes is wrong by itself.
  if (declared !== undefined && !/^(utf-?16|ucs-?2|utf-?32)/i.test(declared.trim())) yield /^(iso-?8859-?1|latin-?1|us-ascii|ascii)$/i.test(declared.trim()) ? 'windows-1252' : declared;
  if (declared !== undefined && encodingName(declared) !== undefined) yield declared;
  for (const { name } of analyse(bytes.subarray(0, SAMPLE))) yield name;
  yield 'windows-1252';
}

/** UTF-16 text in a Latin script without a mark: nearly every other byte is zero. */
function utf16WithoutMark(bytes: Uint8Array): string | undefined {
  const length = Math.min(bytes.length, 4096) & ~1;
  let even = 0, odd = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const half = length / 2;
  if (half < 2) return undefined;
  if (odd > half * 0.7 && even < half * 0.05) return 'utf-16le';
  return even > half * 0.7 && odd < half * 0.05 ? 'utf-16be' : undefined;
}

function decodeExactly(bytes: Uint8Array, encoding: string): DecodedText | undefined {
  const mark = MARKS_BY_ENCODING.get(encoding);
  const bom = mark !== undefined && mark.every((byte, i) => bytes[i] === byte);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(bom ? mark.length : 0);
  const text = iconv.decode(body, encoding, { stripBOM: false });
  return iconv.encode(text, encoding).equals(body) ? { text, encoding, bom } : undefined;
}

/** UTF-8 with a few damaged bytes: another encoding would read it without loss, and wrongly. */
function mostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, SAMPLE * 16));
  let good = 0, bad = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0xfffd) bad++;
    else if (unit >= 0x80) good++;
  }
  return good > 20 && good > bad * 10;
}

const describeCharacter = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  const number = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return point >= 0xd800 && point <= 0xdfff ? number : `“${character}” (${number})`;
};
