/**
 * Beam search as Marian does it (`src/translator/beam_search.cpp`, `history.h`), which differs from transformers': a
 * finished hypothesis leaves its beam for good and the beam goes on narrower; the search ends when the beam is empty or
 * the longest allowed length is reached; all finished hypotheses compete by their score over length to the power of
 * `normalize`. The unknown token is never chosen. Scores are sums in float32.
 */
import { BestCandidates } from './best-candidates.ts';
import { logSoftmax } from './log-softmax.ts';
import type { StopSignal } from '../../runtime/stop-flag.ts';
import type { StepDecoder, StepState } from '../step-decoder.ts';

export interface MarianSearchOptions {
  readonly beamSize: number;
  /** Exponent of the length, EOS counted; 0: no normalization. */
  readonly normalize: number;
  /** Taken off the score for each token. */
  readonly wordPenalty: number;
  /** Most tokens of an output by those of its source, EOS counted in both. */
  readonly maxLengthFactor: number;
  readonly startId: number;
  readonly eosId: number;
  readonly unkId: number;
}

export interface MarianHypothesis {
  /** EOS last unless the longest allowed length was reached first. */
  readonly tokens: readonly number[];
  /** Log-probability of each token. */
  readonly wordScores: readonly number[];
  /** Sum of the log-probabilities. */
  readonly pathScore: number;
  /** By which hypotheses compete. */
  readonly score: number;
  /** For each token what it looked at, a share for each token of the source; null where the decoder doesn't tell. */
  readonly attention: readonly Float32Array[] | null;
}

/** A decoder whose steps may tell what they looked at. */
interface AttendingDecoder extends StepDecoder {
  start(sources: readonly (readonly number[])[], beams: number): Promise<AttendingState>;
}
interface AttendingState extends StepState {
  /** [rows * sourceLength] */
  readonly attention?: Float32Array | null;
  readonly sourceLength?: number;
}

interface Running {
  readonly tokens: readonly number[];
  readonly wordScores: readonly number[];
  readonly attention: readonly Float32Array[];
  readonly pathScore: number;
}

/** All finished hypotheses of each source, best first; at most `beamSize`. Sources have their EOS. */
export async function searchAsMarian(
  decoder: AttendingDecoder,
  sources: readonly (readonly number[])[],
  options: MarianSearchOptions,
  signal?: StopSignal,
): Promise<MarianHypothesis[][]> {
  if (sources.length === 0) return [];
  const searches = sources.map((source) => new MarianBeam(source.length, options));
  const state = await decoder.start(sources, options.beamSize);
  try {
    let active = searches;
    let tokens = Int32Array.from({ length: searches.length * options.beamSize }, () => options.startId);
    let from: Int32Array | null = null;
    while (active.length > 0) {
      signal?.throwIfAborted();
      const logits = await state.step(tokens, from);
      const width = logits.length / tokens.length;
      const origins = active.map((search, index) => {
        const first = index * options.beamSize;
        return search
          .advance(
            (beam) => logits.subarray((first + beam) * width, (first + beam + 1) * width),
            (beam) => attentionOf(state, first + beam, search.sourceLength),
          )
          .map((beam) => first + beam);
      });
      const going = active.flatMap((search, index) => (search.running.length > 0 ? [index] : []));
      if (going.length < active.length && going.length > 0) await state.keep(Int32Array.from(going.flatMap((index) => rowsOf(index, options.beamSize))));
      from = Int32Array.from(going.flatMap((index, place) => (origins[index] ?? []).map((row) => row - (index - place) * options.beamSize)));
      active = active.filter((search) => search.running.length > 0);
      tokens = Int32Array.from(active.flatMap((search) => search.lastTokens()));
    }
  } finally {
    state.dispose();
  }
  return searches.map((search) => search.results());
}

function rowsOf(index: number, beams: number): number[] {
  return Array.from({ length: beams }, (_, beam) => index * beams + beam);
}

function attentionOf(state: AttendingState, row: number, length: number): Float32Array | null {
  const { attention, sourceLength } = state;
  if (attention === undefined || attention === null || sourceLength === undefined) return null;
  return attention.slice(row * sourceLength, row * sourceLength + length);
}

class MarianBeam {
  readonly sourceLength: number;
  running: readonly Running[] = [{ tokens: [], wordScores: [], attention: [], pathScore: 0 }];
  readonly #options: MarianSearchOptions;
  readonly #finished: MarianHypothesis[] = [];

  constructor(sourceLength: number, options: MarianSearchOptions) {
    this.sourceLength = sourceLength;
    this.#options = options;
  }

  /**
   * Takes one step; `logits(k)` [vocabulary] and `attention(k)` are of running beam k and may be written to. Returns which
   * beam each of the `beamSize` rows of the next step continues; rows without a beam go along with the first.
   */
  advance(logits: (beam: number) => Float32Array, attention: (beam: number) => Float32Array | null): number[] {
    const { beamSize, eosId, unkId, maxLengthFactor } = this.#options;
    const length = (this.running[0]?.tokens.length ?? 0) + 1;
    const best = new BestCandidates(length === 1 ? beamSize : this.running.length);
    const rows = this.running.map((beam, index) => {
      const scores = logits(index);
      logSoftmax(scores);
      scores[unkId] = -Infinity;
      best.offer(index, scores, beam.pathScore);
      return scores;
    });
    const last = length >= maxLengthFactor * this.sourceLength;
    const next: Running[] = [];
    const from: number[] = [];
    for (const { beam, token, score } of best.sorted()) {
      const before = this.running[beam];
      if (before === undefined || score === -Infinity) continue;
      const looked = attention(beam);
      const grown: Running = {
        tokens: [...before.tokens, token],
        wordScores: [...before.wordScores, rows[beam]?.[token] ?? 0],
        attention: looked === null ? before.attention : [...before.attention, looked],
        pathScore: score,
      };
      if (token === eosId || last) this.#finish(grown);
      else {
        next.push(grown);
        from.push(beam);
      }
    }
    this.running = next;
    return Array.from({ length: beamSize }, (_, row) => from[row] ?? from[0] ?? 0);
  }

  /** The last token of each of the `beamSize` rows. */
  lastTokens(): number[] {
    const last = this.running.map((beam) => beam.tokens.at(-1) ?? this.#options.startId);
    return Array.from({ length: this.#options.beamSize }, (_, row) => last[row] ?? last[0] ?? this.#options.startId);
  }

  results(): MarianHypothesis[] {
    return this.#finished.toSorted((a, b) => b.score - a.score);
  }

  #finish(beam: Running): void {
    const { normalize, wordPenalty } = this.#options;
    const length = beam.tokens.length;
    const score = beam.pathScore / length ** normalize - wordPenalty * length;
    this.#finished.push({ ...beam, attention: beam.attention.length === length ? beam.attention : null, score });
  }
}
