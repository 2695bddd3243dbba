import { ban, type LogitsProcessor } from './logits-processor.ts';

/** Token sequences that must not be said: the last token of one is banned where its others have just been said. An end token alone can't be banned. */
export function badWords(sequences: readonly (readonly number[])[], eosTokenIds: readonly number[]): LogitsProcessor {
  const banned = sequences.filter((sequence) => !(sequence.length === 1 && eosTokenIds.includes(sequence[0] ?? -1)));
  return {
    process(scores, tokens) {
      for (const sequence of banned) {
        const context = sequence.length - 1;
        // As in transformers, which wants one token more in front than the context needs.
        if (context > 0 && sequence.length > tokens.length) continue;
        let said = true;
        for (let i = 0; said && i < context; i++) said = tokens[tokens.length - context + i] === sequence[i];
        if (said) ban(scores, [sequence[context] ?? -1]);
      }
    },
  };
}
