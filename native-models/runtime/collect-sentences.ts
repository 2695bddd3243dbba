/**
 * Puts the tokens that a graph yields, a list over all sentences, together as sentences.
 */
import { EngineError } from '../engine/engine-error.ts';
import type { DecodedSentence } from './compiled-model.ts';

const EOS = 0;

/** A sentence's tokens in the list. */
interface Collected {
  /** EOS included. */
  count: number;
  state: 'going' | 'ended' | 'cut';
}

/**
 * `fetched`: `tokens` and `rows` (int32 [N]) and, where asked for, `attention` (float32 [N, S]), `scores`
 * (float32 [N]) and `hidden` (float32 [N, dim]). `limits`: most tokens of each sentence. What follows a sentence's EOS or limit is left out.
 * What belongs together lies in one buffer for all sentences: it goes to another thread in one piece.
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
  const sentences = sources.map((): Collected => ({ count: 0, state: 'going' }));
  // Which token of its sentence each is; -1 behind the end.
  const orders = new Int32Array(tokens.length).fill(-1);
  for (let place = 0; place < tokens.length; place++) {
    const row = rows[place] ?? 0;
    const sentence = sentences[row];
    if (sentence?.state !== 'going') continue;
    if (tokens[place] === EOS) sentence.state = 'ended';
    else if (sentence.count === limits[row]) sentence.state = 'cut';
    if (sentence.state !== 'cut') orders[place] = sentence.count++;
  }
  const starts = startsOf(sentences.map(({ count }) => count));
  const attentionStarts = startsOf(sentences.map(({ count }, row) => count * (sources[row]?.length ?? 0)));
  const total = starts.at(-1) ?? 0;
  const allIds = new Int32Array(total);
  const allScores = scores === null ? null : new Float32Array(total);
  const allAttention = attention === null ? null : new Float32Array(attentionStarts.at(-1) ?? 0);
  const allStates = hidden === null ? null : new Float32Array(total * dim);
  for (let place = 0; place < tokens.length; place++) {
    const order = orders[place] ?? -1;
    if (order < 0) continue;
    const row = rows[place] ?? 0;
    const at = (starts[row] ?? 0) + order;
    const length = sources[row]?.length ?? 0;
    allIds[at] = tokens[place] ?? EOS;
    if (allScores !== null) allScores[at] = scores?.[place] ?? 0;
    if (attention !== null) allAttention?.set(attention.subarray(place * width, place * width + length), (attentionStarts[row] ?? 0) + order * length);
    if (hidden !== null) allStates?.set(hidden.subarray(place * dim, (place + 1) * dim), at * dim);
  }
  return sentences.map(({ count, state }, row) => {
    const start = starts[row] ?? 0;
    const tokenScores = allScores?.subarray(start, start + count) ?? null;
    return {
      ids: allIds.subarray(start, start + (state === 'ended' ? count - 1 : count)),
      score: tokenScores?.reduce((sum, score) => sum + score, 0) ?? null,
      tokenScores,
      attention: allAttention?.subarray(attentionStarts[row], attentionStarts[row + 1]) ?? null,
      ...(allStates === null ? {} : { states: allStates.subarray(start * dim, (start + count) * dim) }),
      sourceLength: sources[row]?.length ?? 0,
      truncated: state !== 'ended',
    };
  });
}

/** Where each of some parts starts that lie one behind the other, then where the last ends. */
function startsOf(lengths: readonly number[]): number[] {
  let end = 0;
  return [0, ...lengths.map((length) => (end += length))];
}

/** Errors: MODEL_BROKEN when a graph yields something else. */
export function int32Data(data: unknown): Int32Array {
  if (data instanceof Int32Array) return data;
  throw new EngineError('MODEL_BROKEN', 'The compiled model yields no token ids.', 'Remove the folder of compiled models and try again.');
}

export function floatData(data: unknown): Float32Array | null {
  return data instanceof Float32Array ? data : null;
}
