/**
 * Byte-level BPE (Radford et al. 2019) spells a token with one character a byte: printable Latin-1 characters stand for
 * themselves, the other 68 bytes, in their order, for U+0100 and on.
 */
const BYTE_OF = new Map<string, number>();
let next = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  BYTE_OF.set(String.fromCharCode(printable ? byte : next++), byte);
}

/** The bytes of a token; characters that stand for no byte (in added tokens) as their UTF-8. */
export function byteLevelBytes(token: string): Uint8Array {
  const bytes = Array.from(token, (character) => BYTE_OF.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : Buffer.from(token);
}
