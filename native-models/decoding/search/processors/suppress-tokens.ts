import { ban, type LogitsProcessor } from './logits-processor.ts';

/** Tokens that are never said, or, with `onlyAt`, not as the token with that index. */
export function suppressTokens(ids: readonly number[], onlyAt: number | null = null): LogitsProcessor {
  return {
    process(scores, tokens) {
      if (onlyAt === null || tokens.length === onlyAt) ban(scores, ids);
    },
  };
}
