/** Writes lexical shortlists of Marian (see lexical-shortlist.ts), and extends them by what a corpus shows. */
import { hashMemory, type LexicalShortlist } from './lexical-shortlist.ts';

const MAGIC = 0xf11a48d5013417f5n;
const HEADER_BYTES = 48;

/** The bytes of a `lex.*.bin` file; what was read is written back to the same bytes. */
export function writeLexicalShortlist({ firstNum, bestNum, offsets, ids }: LexicalShortlist): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + 8 * offsets.length + 4 * ids.length);
  [MAGIC, 0n, BigInt(firstNum), BigInt(bestNum), BigInt(offsets.length), BigInt(ids.length)].forEach((value, index) => file.writeBigUInt64LE(value, 8 * index));
  offsets.forEach((offset, index) => file.writeBigUInt64LE(BigInt(offset), HEADER_BYTES + 8 * index));
  ids.forEach((id, index) => file.writeUInt32LE(id, HEADER_BYTES + 8 * offsets.length + 4 * index));
  file.writeBigUInt64LE(hashMemory(new DataView(file.buffer, file.byteOffset, file.byteLength), 16), 8);
  return file;
}

/** Token ids of a sentence and its translation. */
export interface AlignedTokens {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/**
 * The shortlist with the target tokens of the examples that it would forbid: each is listed for that source token of its
 * sentence that it occurs with most exclusively (Dice's coefficient over sentences). Old entries stay in front.
 */
export function extendShortlist(shortlist: LexicalShortlist, examples: readonly AlignedTokens[]): LexicalShortlist {
  const listed = Array.from({ length: shortlist.sourceTokens }, (_, token) => [...shortlist.ids.subarray(shortlist.offsets[token], shortlist.offsets[token + 1])]);
  const known = listed.map((ids) => new Set(ids));
  const sentences = examples.map(({ source, target }) => ({ source: new Set(source.filter((token) => token < listed.length)), target: new Set(target) }));
  const count = <T>(into: Map<T, number>, key: T): void => {
    into.set(key, (into.get(key) ?? 0) + 1);
  };
  const bySource = new Map<number, number>();
  const byTarget = new Map<number, number>();
  const together = new Map<string, number>();
  const missing = sentences.map(({ source, target }) => [...target].filter((token) => token >= shortlist.firstNum && ![...source].some((from) => known[from]?.has(token))));
  const wanted = new Set(missing.flat());
  for (const { source, target } of sentences) {
    for (const token of source) count(bySource, token);
    for (const token of target) {
      if (!wanted.has(token)) continue;
      count(byTarget, token);
      for (const from of source) count(together, `${from} ${token}`);
    }
  }
  for (const [index, tokens] of missing.entries()) {
    for (const token of tokens) {
      const dice = (from: number): number => (2 * (together.get(`${from} ${token}`) ?? 0)) / ((bySource.get(from) ?? 0) + (byTarget.get(token) ?? 0));
      const source = [...(sentences[index]?.source ?? [])];
      if (source.some((from) => known[from]?.has(token))) continue;
      const best = source.reduce<number | null>((found, from) => (found === null || dice(from) > dice(found) ? from : found), null);
      if (best === null) continue;
      known[best]?.add(token);
      listed[best]?.push(token);
    }
  }
  const offsets = new Uint32Array(listed.length + 1);
  listed.forEach((ids, token) => {
    offsets[token + 1] = (offsets[token] ?? 0) + ids.length;
  });
  return { ...shortlist, offsets, ids: Uint32Array.from(listed.flat()) };
}
