/** Words of a text for comparing texts: folded, without what stands between them. */

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** In order, with repetitions; compatibility forms, case and accents are folded. Works for scripts without spaces, too. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) if (isWordLike === true) words.push(segment.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase());
  return words;
}
