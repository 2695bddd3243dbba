/**
 * Runs of signs that stand in a translation as they are, because a model can only garble them: what is longer than any word
 * of any language (keys, hashes, encoded files, at a thousand characters a second), a letter or syllable said over and over,
 * and lines made of one sign (to fill in, to lead to a page number, to part). Scripts that write no space between words have
 * no long words.
 */

/** Compounds of German and Finnish reach 80 letters. */
const LONGEST_WORD = 120;
const UNBROKEN = new RegExp(String.raw`\S{${LONGEST_WORD + 1},}`, 'gu');
const WITHOUT_SPACES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}\p{Script=Balinese}]/u;
/** `......`, `______`, `======` */
const ONE_SIGN = /([^\p{L}\p{N}\p{M}\s])\1{5,}/gu;
const WORD = /\p{L}[\p{L}\p{M}\p{N}'’]*/gu;
/** `aaaaaaaa`, `hahahahahahahaha` */
const STUTTER = /(\p{L}{1,3}?)\1{7,}/u;

type Range = readonly [start: number, end: number];

/** Their places, in order and apart from each other. */
export function verbatimRuns(text: string): Range[] {
  if (!mayHaveRuns(text)) return [];
  const found = [
    ...placesOf(text, UNBROKEN).filter(([start, end]) => !WITHOUT_SPACES.test(text.slice(start, end))),
    ...placesOf(text, ONE_SIGN),
    ...placesOf(text, WORD).filter(([start, end]) => STUTTER.test(text.slice(start, end))),
  ].sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  // Whatever overlaps lies within an unbroken run.
  let reached = 0;
  return found.filter(([start, end]) => {
    const apart = start >= reached;
    reached = Math.max(reached, end);
    return apart;
  });
}

/** The text without them. */
export function withoutVerbatimRuns(text: string): string {
  return verbatimRuns(text).reduceRight((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
}

const placesOf = (text: string, pattern: RegExp): Range[] => Array.from(text.matchAll(pattern), ({ index, 0: run }): Range => [index, index + run.length]);

/** One quick pass, and true for all texts with such runs. */
function mayHaveRuns(text: string): boolean {
  let unbroken = 0, one = 0, two = 0, three = 0, first = -1, second = -1, third = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    unbroken = code === 32 || (code >= 9 && code <= 13) ? 0 : unbroken + 1;
    one = code === first && code !== 32 ? one + 1 : 0;
    two = code === second ? two + 1 : 0;
    three = code === third ? three + 1 : 0;
    if (unbroken > LONGEST_WORD || one >= 5 || two >= 14 || three >= 21) return true;
    third = second;
    second = first;
    first = code;
  }
  return false;
}
