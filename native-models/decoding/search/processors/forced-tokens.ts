import { force, type LogitsProcessor } from './logits-processor.ts';

/** The token after the start token, e.g. the target language of multilingual models; nothing where a prefix is forced already. */
export function forcedBos(id: number): LogitsProcessor {
  return {
    process(scores, tokens) {
      if (tokens.length === 1) force(scores, [id]);
    },
  };
}

/** The token at the last place that the maximum length leaves. */
export function forcedEos(ids: readonly number[], maxLength: number): LogitsProcessor {
  return {
    process(scores, tokens) {
      if (tokens.length === maxLength - 1) force(scores, ids);
    },
  };
}
