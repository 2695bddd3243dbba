/** The rules of one search, in the order of transformers' `_get_logits_processor`: the order decides what they give together. */
import type { GenerationOptions } from '../generation-options.ts';
import { badWords } from './bad-words.ts';
import { forcedBos, forcedEos } from './forced-tokens.ts';
import type { LogitsProcessor } from './logits-processor.ts';
import { minLength } from './min-length.ts';
import { noRepeatNgram } from './no-repeat-ngram.ts';
import { renormalize } from './renormalize.ts';
import { repetitionPenalty } from './repetition-penalty.ts';
import { suppressTokens } from './suppress-tokens.ts';

/** `own`: rules of the engine (prefix, terms), where transformers has the caller's. */
export function processorList(options: GenerationOptions, promptLength: number, maxLength: number, own: readonly LogitsProcessor[]): LogitsProcessor[] {
  const { eosTokenIds, forcedBosTokenId, forcedEosTokenIds } = options;
  const beginsAt = promptLength > 1 || forcedBosTokenId === null ? promptLength : promptLength + 1;
  const least = options.minNewTokens > 0 ? promptLength + options.minNewTokens : options.minLength;
  const list: (LogitsProcessor | null)[] = [
    options.repetitionPenalty === 1 ? null : repetitionPenalty(options.repetitionPenalty),
    options.noRepeatNgramSize === 0 ? null : noRepeatNgram(options.noRepeatNgramSize),
    options.badWordsIds.length === 0 ? null : badWords(options.badWordsIds, eosTokenIds),
    least === 0 ? null : minLength(least, eosTokenIds),
    ...own,
    forcedBosTokenId === null ? null : forcedBos(forcedBosTokenId),
    forcedEosTokenIds.length === 0 ? null : forcedEos(forcedEosTokenIds, maxLength),
    options.suppressTokens.length === 0 ? null : suppressTokens(options.suppressTokens),
    options.beginSuppressTokens.length === 0 ? null : suppressTokens(options.beginSuppressTokens, beginsAt),
    options.renormalizeLogits ? renormalize : null,
  ];
  return list.filter((processor) => processor !== null);
}
