/**
 * BM25, how well texts match a question by their words: Robertson and Zaragoza, "The Probabilistic Relevance Framework"
 * (2009), with the idf of Lucene, which is never negative.
 */
import { wordsOf } from './words.ts';

const K1 = 1.2;
const B = 0.75;

/** The score of each text, 0 where it shares no word with the query. */
export function rankByWords(query: string, texts: readonly string[]): number[] {
  const wanted = new Set(wordsOf(query));
  const counted = texts.map((text) => {
    const words = wordsOf(text);
    const counts = new Map<string, number>();
    for (const word of words) if (wanted.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { length: words.length, counts };
  });
  const average = counted.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length);
  const idf = new Map([...wanted].map((word) => {
    const holding = counted.filter(({ counts }) => counts.has(word)).length;
    return [word, Math.log(1 + (texts.length - holding + 0.5) / (holding + 0.5))];
  }));
  return counted.map(({ length, counts }) => {
    let score = 0;
    for (const [word, count] of counts) score += ((idf.get(word) ?? 0) * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
    return score;
  });
}
