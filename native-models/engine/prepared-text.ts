/** Makes a part of a text ready for the model, and its answer fit for the part again. */
import type { WordLink } from '../alignment/word-links.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
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
  /** From a translation of `text`, and its links, to one of the part. */
  restore(translation: LinkedText): LinkedText;
}

/** `to`: the target language, for its capitals. */
export function prepareText({ text: part, asSentence = false }: TextPart, tokenizer: Tokenizer, to: string): PreparedText {
  const folded = sentenceCase(part);
  const known = withoutUnknown(folded ?? part, tokenizer);
  const text = known === null ? (folded ?? part) : known.text;
  return {
    text: hasWords(text) ? (asSentence ? `${text}.` : text) : null,
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
