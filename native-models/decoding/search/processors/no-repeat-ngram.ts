import { ban, type LogitsProcessor } from './logits-processor.ts';

/** No sequence of `size` tokens comes twice; the start token counts as a token. */
export function noRepeatNgram(size: number): LogitsProcessor {
  return {
    process(scores, tokens) {
      const context = size - 1, end = tokens.length - context;
      if (end <= 0) return;
      for (let at = 0; at < end; at++) {
        let same = true;
        for (let i = 0; same && i < context; i++) same = tokens[at + i] === tokens[end + i];
        const next = tokens[at + context];
        if (same && next !== undefined) ban(scores, [next]);
      }
    },
  };
}
