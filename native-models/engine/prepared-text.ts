/** Makes a part of a text ready for the model, and its answer fit for the part again. */
import type { WordLink } from '../alignment/word-links.ts';
import type { TokenizedText, Tokenizer } from '../tokenizers/tokenizer.ts';
import { capitals, sentenceCase } from './letter-case.ts';
import { hasWords, type TextPart } from './text-plan.ts';
import { withoutUnknown, withUnknown } from './unknown-characters.ts';

interface LinkedText {
  readonly text: string;
  readonly links: readonly WordLink[];
}

export interface PreparedText {
  /** What the model is to translate; null when it knows no word of it. */
  readonly text: string | null;
  /** Tokens of `text`, without EOS. */
  readonly tokens: TokenizedText;
  /** Whether `restore` needs the links. */
  readonly needsLinks: boolean;
  /** From a translation of `text`, and its links, to one of the part. */
  restore(translation: LinkedText): LinkedText;
}

/** `to`: the target language, for its capitals. */
export function prepareText({ text: part, asSentence = false }: TextPart, tokenizer: Tokenizer, to: string): PreparedText {
  const folded = sentenceCase(part);
  const cased = folded ?? part;
  const casedTokens = tokenizer.encodeWithOffsets(cased);
  const known = withoutUnknown(cased, casedTokens, tokenizer.unkId);
  const text = known === null ? cased : known.text;
  const shown = asSentence ? `${text}.` : text;
  return {
    text: known === null || hasWords(text) ? shown : null,
    tokens: shown === cased ? casedTokens : tokenizer.encodeWithOffsets(shown),
    needsLinks: known !== null,
    restore(answer) {
      const translation = asSentence ? withoutFullStop(answer, text.length) : answer;
      const whole = known === null ? translation : withUnknown(known, translation.text, translation.links);
      return folded === null ? whole : { text: capitals(whole.text, part, to), links: whole.links };
    },
  };
}

function withoutFullStop({ text, links }: LinkedText, sourceLength: number): LinkedText {
  const shorter = text.replace(/\s*[.。]$/u, '');
  return { text: shorter, links: links.filter(({ source, target }) => source[1] <= sourceLength && target[1] <= shorter.length) };
}
