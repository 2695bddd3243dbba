import { ban, type LogitsProcessor } from './logits-processor.ts';
import { asByteText, type TokenSurfaces } from './text-state.ts';

/**
 * Texts that must not come up in the output, however they are cut into tokens: bans each token that would complete one.
 * Case counts. A text inside a longer word counts, too.
 */
export function forbiddenText(texts: readonly string[], surfaces: TokenSurfaces, promptLength: number): LogitsProcessor {
  const forbidden = texts.map(asByteText).filter((text) => text !== '').map((text) => ({ text, inOne: surfaces.holding(text) }));
  return {
    process(scores, tokens) {
      const said = surfaces.textOf(tokens.slice(promptLength));
      for (const { text, inOne } of forbidden) {
        ban(scores, inOne);
        for (let begun = Math.min(text.length - 1, said.length); begun > 0; begun--)
          if (said.endsWith(text.slice(0, begun))) ban(scores, surfaces.startingWith(text.slice(begun)));
      }
    },
  };
}
