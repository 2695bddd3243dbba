/**
 * Reads the lexical shortlist of a Marian student (`lex.*.bin`; Marian's `src/data/shortlist.h`): for each source token
 * the target tokens that it is likely to become. Six u64: magic, checksum, first, best, offsets, ids; then the offsets
 * (u64) and the ids (u32). The ids of source token t lie at offsets[t] to offsets[t + 1].
 */
import { EngineError } from '../engine/engine-error.ts';

export interface LexicalShortlist {
  /** The first (most frequent) target ids, always candidates. */
  readonly firstNum: number;
  readonly bestNum: number;
  /** Entries for source tokens. */
  readonly sourceTokens: number;
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
}

const MAGIC = 0xf11a48d5013417f5n;
const HEADER_BYTES = 48;

/** Errors: MODEL_BROKEN when the file is cut, altered or no shortlist. */
export function readLexicalShortlist(data: Uint8Array, file: string): LexicalShortlist {
  const fail = (what: string): EngineError =>
    new EngineError(
      'MODEL_BROKEN',
      `${file} is not a whole lexical shortlist: ${what}.`,
      'Download or import the model again, or remove this file: the model also works without it, slower.',
    );
  if (data.byteLength < HEADER_BYTES) throw fail(`it has ${data.byteLength} bytes`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const header = Array.from({ length: 6 }, (_, index) => view.getBigUint64(index * 8, true));
  const [magic = 0n, checksum = 0n, firstNum = 0n, bestNum = 0n, offsetCount = 0n, idCount = 0n] = header;
  if (magic !== MAGIC) throw fail('its first eight bytes are not those of a shortlist');
  const needed = BigInt(HEADER_BYTES) + offsetCount * 8n + idCount * 4n;
  if (needed !== BigInt(data.byteLength)) throw fail(`its header announces ${needed} bytes and it has ${data.byteLength}`);
  if (offsetCount === 0n || offsetCount > 0xffffffffn) throw fail(`its header announces ${offsetCount} offsets`);
  if (hashMemory(view, 16) !== checksum) throw fail('its checksum does not agree with its content');

  const offsets = new Uint32Array(Number(offsetCount));
  for (let index = 0; index < offsets.length; index++) {
    const at = HEADER_BYTES + index * 8;
    if (view.getUint32(at + 4, true) !== 0) throw fail(`offset ${index} is beyond its end`);
    offsets[index] = view.getUint32(at, true);
    if ((offsets[index] ?? 0) < (offsets[index - 1] ?? 0) || (offsets[index] ?? 0) > idCount) throw fail(`offset ${index} is out of order`);
  }
  const idsAt = HEADER_BYTES + offsets.length * 8;
  const idBytes = data.subarray(idsAt);
  const aligned = idBytes.byteOffset % 4 === 0 ? idBytes : new Uint8Array(idBytes);
  const ids = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  return { firstNum: Number(firstNum), bestNum: Number(bestNum), sourceTokens: offsets.length - 1, offsets, ids };
}

/**
 * Marian's `util::hashMem` over the 64-bit words from byte `from` on (a rest of less than 8 bytes is left out):
 * seed ^= word + 0x9e3779b9 + (seed << 6) + (seed >> 2), on unsigned 64 bits, here as two halves of 32 for speed.
 */
export function hashMemory(view: DataView, from: number): bigint {
  const words = Math.floor((view.byteLength - from) / 8);
  let high = 0;
  let low = 0;
  for (let word = 0; word < words; word++) {
    const at = from + word * 8;
    const sumLow = view.getUint32(at, true) + 0x9e3779b9 + ((low << 6) >>> 0) + (((low >>> 2) | (high << 30)) >>> 0);
    const sumHigh = view.getUint32(at + 4, true) + (((high << 6) | (low >>> 26)) >>> 0) + (high >>> 2) + Math.floor(sumLow / 0x100000000);
    low = (low ^ sumLow) >>> 0;
    high = (high ^ sumHigh) >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
