/**
 * Text in capitals only: models have hardly seen any and leave it as it is. It goes to them in sentence case, and the
 * translation is put into capitals again.
 */
import { fixedTokens } from './fixed-tokens.ts';

/** Single words of fewer letters are rather an abbreviation (WHO) than a word. */
const FEWEST_LETTERS = 5;
/** Nearly every text has a word like that, which is no fixed token, and so is not all in capitals. */
const PLAIN_SMALL_WORD = /(?:^|\s)\p{Ll}+(?:\s|$)/u;

/** The text in sentence case, of the same length, when it is all in capitals; null when it is not. */
export function sentenceCase(text: string): string | null {
  if (PLAIN_SMALL_WORD.test(text)) return null;
  const words = overFixedTokens(text, (part) => part, () => ' ');
  if (/\p{Ll}/u.test(words) || (words.match(/\p{Lu}/gu)?.length ?? 0) < FEWEST_LETTERS) return null;
  let first = true;
  return overFixedTokens(text, (part) => Array.from(part, (character) => {
    if (first && /\p{Lu}/u.test(character)) {
      first = false;
      return character;
    }
    return sameLength(character, character.toLowerCase());
  }).join(''), (token) => token, fixedTokens(text));
}

/** The text in capitals, of the same length, addresses and placeholders of `source` left alone. `language`: BCP 47. */
export function capitals(text: string, source: string, language: string): string {
  return overFixedTokens(text, (part) => Array.from(part, (character) => sameLength(character, character.toLocaleUpperCase(language))).join(''), (token) => token, fixedTokens(source));
}

const sameLength = (before: string, after: string): string => (after.length === before.length ? after : before);

/** The text with `ordinary` applied to what is between the tokens, and `fixed` to these. */
function overFixedTokens(text: string, ordinary: (part: string) => string, fixed: (token: string) => string, tokens: readonly string[] = fixedTokens(text)): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    let next = text.length;
    let found = '';
    for (const token of tokens) {
      const place = text.indexOf(token, at);
      if (place >= 0 && (place < next || (place === next && token.length > found.length))) {
        next = place;
        found = token;
      }
    }
    result += ordinary(text.slice(at, next));
    if (found === '') break;
    result += fixed(found);
    at = next + found.length;
  }
  return result;
}
