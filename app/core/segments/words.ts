/** Counting words. */

/** Scripts that write no space between words: each sign counts as a word, as office programs count them. */
const SIGN_IS_WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const HAS_WORD = /[\p{L}\p{N}]/u;

/** Pieces between white space that hold a letter or a digit; signs of Chinese and Japanese count one each. */
export function countWords(text: string): number {
  let words = 0;
  const rest = text.replace(SIGN_IS_WORD, () => {
    words++;
    return ' ';
  });
  for (const piece of rest.split(/\s+/)) if (HAS_WORD.test(piece)) words++;
  return words;
}
