import { ban, type LogitsProcessor } from './logits-processor.ts';

/** No end before there are `length` decoder tokens, the prompt among them. */
export function minLength(length: number, eosTokenIds: readonly number[]): LogitsProcessor {
  return {
    process(scores, tokens) {
      if (tokens.length < length) ban(scores, eosTokenIds);
    },
  };
}
