/** A text that the output begins with: whole words as the tokenizer spells them, the last one open to be completed. */
import type { ModelTokenizer } from '../../tokenizers/huggingface/model-tokenizer.ts';
import type { LogitsProcessor } from './processors/logits-processor.ts';
import { prefixText } from './processors/prefix-text.ts';
import type { TokenSurfaces } from './processors/text-state.ts';

export interface ForcedPrefix {
  /** Tokens after the start token (and the language token). */
  readonly tokens: readonly number[];
  readonly rule: LogitsProcessor | null;
}

/** `promptLength`: decoder tokens in front of the prefix. */
export function forcedPrefix(text: string, tokenizer: ModelTokenizer, surfaces: TokenSurfaces, promptLength: number): ForcedPrefix {
  const open = /\S*$/.exec(text)?.[0] ?? '';
  const closed = text.slice(0, text.length - open.length);
  const whole = closed.trimEnd();
  const tokens = whole === '' ? [] : tokenizer.encodeTarget(whole);
  const spaced = whole !== '' || tokenizer.spaceBeforeFirstWord;
  const required = open === '' ? (closed === '' || whole === '' ? '' : ' ') : `${spaced ? ' ' : ''}${open}`;
  if (required === '') return { tokens, rule: null };
  const rule = prefixText(required, surfaces, promptLength + tokens.length);
  // A word with characters that the vocabulary can't spell is said as far as it can be.
  return rule === null ? { tokens: tokenizer.encodeTarget(text.trimEnd()), rule: null } : { tokens, rule };
}
