/**
 * Puts the tokens that a graph yields, a list over all sentences, together as sentences.
 */
import { EngineError } from '../engine/engine-error.ts';
import type { DecodedSentence } from './compiled-model.ts';

const EOS = 0;

interface Collected {
  /** Places in the list of this sentence's tokens, EOS included. */
  readonly places: number[];
  state: 'going' | 'ended' | 'cut';
}

/**
 * `fetched`: `tokens` and `rows` (int32 [N]) and, where asked for, `attention` (float32 [N, S]), `scores`
 * (float32 [N]) and `hidden` (float32 [N, dim]). `limits`: most tokens of each sentence. What follows a sentence's EOS or limit is left out.
 */
export function collectSentences(
  sources: readonly (readonly number[])[],
  limits: readonly number[],
  fetched: Readonly<Record<string, { readonly data: unknown } | undefined>>,
): DecodedSentence[] {
  const width = Math.max(...sources.map((source) => source.length));
  const tokens = int32Data(fetched['tokens']?.data);
  const rows = int32Data(fetched['rows']?.data);
  const attention = floatData(fetched['attention']?.data);
  const scores = floatData(fetched['scores']?.data);
  const hidden = floatData(fetched['hidden']?.data);
  const dim = hidden === null ? 0 : hidden.length / tokens.length;
  const sentences = sources.map((): Collected => ({ places: [], state: 'going' }));
  for (let place = 0; place < tokens.length; place++) {
    const row = rows[place] ?? 0;
    const sentence = sentences[row];
    if (sentence?.state !== 'going') continue;
    if (tokens[place] === EOS) sentence.state = 'ended';
    else if (sentence.places.length === limits[row]) sentence.state = 'cut';
    if (sentence.state !== 'cut') sentence.places.push(place);
  }
  return sentences.map(({ places, state }, row) => {
    const sourceLength = sources[row]?.length ?? 0;
    const words = state === 'ended' ? places.slice(0, -1) : places;
    return {
      ids: Int32Array.from(words, (place) => tokens[place] ?? EOS),
      score: scores === null ? null : places.reduce((sum, place) => sum + (scores[place] ?? 0), 0),
      tokenScores: scores === null ? null : Float32Array.from(places, (place) => scores[place] ?? 0),
      attention: attention === null ? null : joinRows(attention, places, width, sourceLength),
      ...(hidden === null ? {} : { states: joinRows(hidden, places, dim, dim) }),
      sourceLength,
      truncated: state !== 'ended',
    };
  });
}

/** Rows `places` of `attention` ([any, width]), each cut to `sourceLength`. */
export function joinRows(attention: Float32Array, places: readonly number[], width: number, sourceLength: number): Float32Array {
  const joined = new Float32Array(places.length * sourceLength);
  for (const [step, place] of places.entries()) joined.set(attention.subarray(place * width, place * width + sourceLength), step * sourceLength);
  return joined;
}

/** Errors: MODEL_BROKEN when a graph yields something else. */
export function int32Data(data: unknown): Int32Array {
  if (data instanceof Int32Array) return data;
  throw new EngineError('MODEL_BROKEN', 'The compiled model yields no token ids.', 'Remove the folder of compiled models and try again.');
}

export function floatData(data: unknown): Float32Array | null {
  return data instanceof Float32Array ? data : null;
}
