/** Makes a part of a text ready for the model, and its answer fit for the part again. */
import type { WordLink } from '../alignment/word-links.ts';
import type { WordConfidence } from '../confidence/word-confidence.ts';
import type { TokenizedText, Tokenizer } from '../tokenizers/tokenizer.ts';
import { capitals, sentenceCase } from './letter-case.ts';
import { hasWords, type TextPart } from './text-plan.ts';
import { withoutUnknown, withUnknown } from './unknown-characters.ts';

interface LinkedText {
  readonly text: string;
  readonly links: readonly WordLink[];
  /** How sure the model was of its words. */
  readonly words?: readonly WordConfidence[];
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
export function prepareText({ text: part, asSentence = false, smallFirst = false }: TextPart, tokenizer: Pick<Tokenizer, 'encodeWithOffsets' | 'unkId'>, to: string): PreparedText {
  const folded = sentenceCase(part);
  const cased = smallFirst ? withFirst(folded ?? part, (letter) => letter.toLowerCase()) : (folded ?? part);
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
      const small = known === null ? translation : withUnknown(known, translation);
      const whole = smallFirst ? { ...small, text: withFirst(small.text, (letter) => letter.toLocaleUpperCase(to)) } : small;
      return folded === null ? whole : { ...whole, text: capitals(whole.text, part, to) };
    },
  };
}

function withoutFullStop({ text, links, words }: LinkedText, sourceLength: number): LinkedText {
  const shorter = text.replace(/\s*[.。]$/u, '');
  return { text: shorter, links: links.filter(({ source, target }) => source[1] <= sourceLength && target[1] <= shorter.length), ...(words === undefined ? {} : { words: words.filter(({ target }) => target[1] <= shorter.length) }) };
}

/** The text with another first letter, of the same length. */
function withFirst(text: string, change: (letter: string) => string): string {
  return text.replace(/^([^\p{L}\p{N}]*)(\p{L})/u, (all, signs: string, letter: string) => (change(letter).length === letter.length ? signs + change(letter) : all));
}
