/**
 * Walks back through what a beam search chose (decoding/beam-loop.ts) and ranks the translations that it found.
 */
import type { DecodedSentence, Hypothesis } from './compiled-model.ts';
import { floatData, int32Data } from './collect-sentences.ts';

const EOS = 0;
const NO_HYPOTHESIS = -1;

export interface BeamSettings {
  readonly beam: number;
  readonly lengthPenalty: number;
}

/**
 * `fetched`: `tokens`, `parents` (int32 [T, B, beam]), `scores` (float32, the same) and, where asked for, `attention`
 * (float32 [T, B*beam, S]). `limits`: most tokens of each sentence; hypotheses that are still open there are translations
 * too, marked as truncated.
 */
export function collectBeams(
  sources: readonly (readonly number[])[],
  limits: readonly number[],
  { beam, lengthPenalty }: BeamSettings,
  fetched: Readonly<Record<string, { readonly data: unknown } | undefined>>,
): DecodedSentence[] {
  const tokens = int32Data(fetched['tokens']?.data);
  const parents = int32Data(fetched['parents']?.data);
  const scores = floatData(fetched['scores']?.data) ?? new Float32Array();
  const attention = floatData(fetched['attention']?.data);
  const width = Math.max(...sources.map((source) => source.length));
  const stride = sources.length * beam;
  const steps = tokens.length / stride;

  return sources.map((source, row) => {
    const limit = limits[row] ?? 0;
    const found: Hypothesis[] = [];
    for (let step = 0; step < Math.min(steps, limit + 1); step++) {
      for (let rank = 0; rank < beam; rank++) {
        const token = tokens[step * stride + row * beam + rank];
        const ends = token === EOS;
        if (token === NO_HYPOTHESIS || (step === limit && !ends) || !(ends || step === limit - 1)) continue;
        // At the limit an open hypothesis counts only if the next step does not end it.
        if (!ends && endsNext(step, rank, row)) continue;
        found.push(hypothesis(source.length, step, rank, row, ends));
      }
    }
    found.sort((a, b) => b.normalizedScore - a.normalizedScore);
    const [best] = found;
    if (best === undefined)
      return {
        ids: new Int32Array(),
        score: 0,
        attention: attention === null ? null : new Float32Array(),
        sourceLength: source.length,
        truncated: true,
        hypotheses: [],
      };
    return { ids: best.ids, score: best.score, tokenScores: best.tokenScores ?? null, attention: best.attention, sourceLength: source.length, truncated: best.truncated, hypotheses: found };
  });

  function endsNext(step: number, rank: number, row: number): boolean {
    const next = (step + 1) * stride + row * beam;
    for (let other = 0; other < beam; other++) if (tokens[next + other] === EOS && parents[next + other] === rank) return true;
    return false;
  }

  function hypothesis(sourceLength: number, lastStep: number, lastRank: number, row: number, ends: boolean): Hypothesis {
    const ids: number[] = [];
    const attended: number[] = [];
    const tokenScores = new Float32Array(lastStep + 1);
    let rank = lastRank;
    for (let step = lastStep; step >= 0; step--) {
      const place = step * stride + row * beam + rank;
      const token = tokens[place] ?? EOS;
      if (token !== EOS) ids.push(token);
      rank = parents[place] ?? 0;
      tokenScores[step] = (scores[place] ?? 0) - (step === 0 ? 0 : (scores[(step - 1) * stride + row * beam + rank] ?? 0));
      attended.push(step * stride + row * beam + rank);
    }
    const score = scores[lastStep * stride + row * beam + lastRank] ?? 0;
    return {
      ids: Int32Array.from(ids.reverse()),
      score,
      normalizedScore: score / (lastStep + 1) ** lengthPenalty,
      tokenScores,
      attention: attention === null ? null : joinRows(attention, attended.reverse(), width, sourceLength),
      truncated: !ends,
    };
  }
}

/** Rows `places` of `attention` ([any, width]), each cut to `sourceLength`. */
function joinRows(attention: Float32Array, places: readonly number[], width: number, sourceLength: number): Float32Array {
  const joined = new Float32Array(places.length * sourceLength);
  for (const [step, place] of places.entries()) joined.set(attention.subarray(place * width, place * width + sourceLength), step * sourceLength);
  return joined;
}
