/**
 * What a model remembers of confirmed pairs: each is decoded as it was confirmed, once, and the decoder's states are kept
 * with the tokens that followed them. Beside a model, in its worker.
 */
import type { CompiledModel, DecodedSentence, MemoryRun, SentenceMemory } from '../runtime/compiled-model.ts';

/** A confirmed pair as token ids, EOS last. */
export interface EncodedPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** Distances are in squared lengths of states, see `MemoryRun`; measured in docs/engine-adaptation.md. */
const SHIFT = { temperature: 0.075, reach: 0.9, most: 0.7 };
/** Pairs whose states are kept: at 30 tokens of 256 numbers each 60 MB at most. */
const MOST_KEPT = 2000;
/** Forced decoding takes as many steps as the longest target of a batch. */
const ROWS_A_BATCH = 8;

interface PairStates {
  readonly states: Float32Array;
  readonly tokens: readonly number[];
}

export class PairMemory {
  readonly #model: CompiledModel;
  /** Least recently used first. */
  readonly #known = new Map<string, PairStates>();

  constructor(model: CompiledModel) {
    this.#model = model;
  }

  /** The memories of sentences, from the pairs of each. What is not known yet is decoded first. */
  async of(sentences: readonly (readonly EncodedPair[])[]): Promise<MemoryRun> {
    await this.#learn(sentences.flat());
    return { ...SHIFT, memories: sentences.map((pairs) => this.#joined(pairs)) };
  }

  async #learn(pairs: readonly EncodedPair[]): Promise<void> {
    const missing = new Map(pairs.filter((pair) => !this.#known.has(keyOf(pair))).map((pair) => [keyOf(pair), pair]));
    const ordered = [...missing].sort(([, a], [, b]) => a.target.length - b.target.length);
    for (let from = 0; from < ordered.length; from += ROWS_A_BATCH) {
      const batch = ordered.slice(from, from + ROWS_A_BATCH);
      const { outputs } = await this.#model.run(batch.map(([, { source }]) => source), {
        alignment: true, scores: true, states: true,
        prefixes: batch.map(([, { target }]) => target.slice(0, -1)),
        maxTargetTokens: Math.max(...batch.map(([, { target }]) => target.length)),
      });
      batch.forEach(([key, { target }], row) => {
        const output = outputs[row];
        if (output !== undefined) this.#known.set(key, statesOf(output, target, this.#model.unkId));
      });
    }
    const wanted = new Set(pairs.map(keyOf));
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) break;
      if (!wanted.has(key)) this.#known.delete(key);
    }
  }

  #joined(pairs: readonly EncodedPair[]): SentenceMemory | null {
    const parts = pairs.flatMap((pair): PairStates[] => {
      const key = keyOf(pair);
      const known = this.#known.get(key);
      if (known === undefined) return [];
      this.#known.delete(key);
      this.#known.set(key, known);
      return [known];
    });
    const tokens = Int32Array.from(parts.flatMap((part) => part.tokens));
    if (tokens.length === 0) return null;
    const states = new Float32Array(parts.reduce((sum, part) => sum + part.states.length, 0));
    let at = 0;
    for (const part of parts) {
      states.set(part.states, at);
      at += part.states.length;
    }
    return { states, tokens, bias: new Map() };
  }
}

const keyOf = ({ source, target }: EncodedPair): string => `${source.join(' ')}|${target.join(' ')}`;

/** The states that the tokens of the target were forced from, and the one behind them; unknown tokens are left out. */
function statesOf({ states = new Float32Array(), ids, truncated }: DecodedSentence, target: readonly number[], unknown: number): PairStates {
  const rows = ids.length + (truncated ? 0 : 1);
  const dim = states.length / rows;
  const places = target.flatMap((token, place) => (token === unknown || place >= rows || dim === 0 ? [] : [place]));
  const kept = new Float32Array(places.length * dim);
  for (const [row, place] of places.entries()) kept.set(states.subarray(place * dim, (place + 1) * dim), row * dim);
  return { states: kept, tokens: places.map((place) => target[place] ?? 0) };
}
