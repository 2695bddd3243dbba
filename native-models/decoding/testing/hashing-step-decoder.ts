/** The smallest step decoders: those whose logits are a hash of the source and of all tokens so far, and those that say what a test wants. */
import type { StepDecoder, StepState } from '../step-decoder.ts';

export interface HashingDecoder extends StepDecoder {
  /** What the decoder says after these tokens. */
  logits(source: readonly number[], tokens: readonly number[]): Float32Array;
  /** Rows of each step that was taken. */
  readonly rowsTaken: number[];
}

/** Any row that is fed, moved or dropped wrongly gives other tokens. */
export function hashingDecoder(vocabularySize: number, seed: number, batchIndependent = true): HashingDecoder {
  const logits = (source: readonly number[], tokens: readonly number[]): Float32Array => {
    let hash = seed | 1;
    for (const id of [...source, -7, ...tokens]) hash = Math.imul(hash ^ (id + 11), 0x9e3779b1) ^ (hash >>> 13);
    return Float32Array.from({ length: vocabularySize }, (_, id) => {
      let x = Math.imul(hash ^ Math.imul(id + 1, 0x85ebca6b), 0xc2b2ae35);
      x ^= x >>> 16;
      return ((x >>> 0) / 2 ** 32) * 6 - 3;
    });
  };
  return sayingDecoder(vocabularySize, logits, batchIndependent);
}

/** Its logits after a source and tokens are those given, [vocabulary]. */
export function sayingDecoder(vocabularySize: number, logits: HashingDecoder['logits'], batchIndependent = true): HashingDecoder {
  const rowsTaken: number[] = [];
  return {
    vocabularySize, maxSourceLength: null, batchIndependent, logits, rowsTaken,
    start(sources, beams) {
      let rows = sources.flatMap((source) => Array.from({ length: beams }, () => ({ source, tokens: [] as readonly number[] })));
      const take = (from: Int32Array): void => {
        rows = Array.from(from, (row) => rows[row] ?? { source: [], tokens: [] });
      };
      const state: StepState = {
        encoder: { shape: [sources.length, 1, 1], data: new Float32Array(sources.length) },
        step(tokens, from) {
          if (from !== null) take(from);
          rowsTaken.push(rows.length);
          rows = rows.map(({ source, tokens: said }, i) => ({ source, tokens: [...said, tokens[i] ?? -1] }));
          const all = new Float32Array(rows.length * vocabularySize);
          rows.forEach(({ source, tokens: said }, i) => { all.set(logits(source, said), i * vocabularySize); });
          return Promise.resolve(all);
        },
        keep(kept) {
          take(kept);
          return Promise.resolve();
        },
        dispose() { rows = []; },
      };
      return Promise.resolve(state);
    },
    close: () => Promise.resolve(),
  };
}
