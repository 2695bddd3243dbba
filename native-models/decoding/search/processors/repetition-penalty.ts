import type { LogitsProcessor } from './logits-processor.ts';

/** Makes every token that was said less likely (Keskar et al. 2019, section 4.1): a negative score times the penalty, a positive one divided by it. */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  return {
    process(scores, tokens) {
      for (const id of new Set(tokens)) {
        const score = scores[id];
        if (score !== undefined) scores[id] = score < 0 ? score * penalty : score / penalty;
      }
    },
  };
}
