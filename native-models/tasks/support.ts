/** Which segment an answer comes from: the one that holds most of its words. */
import { rankByWords } from './lexical-rank.ts';
import { wordsOf } from './words.ts';

export interface Support {
  /** Index of the segment; null where none holds a word of the answer. */
  readonly segment: number | null;
  /** Share of the answer's different words that it holds, 0 to 1. */
  readonly share: number;
}

/**
 * Of segments that hold as many of the answer's words: the one that has them in a row, then the one that matches the
 * question best, then the first.
 */
export function findSupport(answer: string, question: string, segments: readonly string[]): Support {
  const words = wordsOf(answer), different = new Set(words);
  if (different.size === 0) return { segment: null, share: 0 };
  const ranks = rankByWords(question, segments);
  let best = { segment: -1, held: 0, inRow: false, rank: 0 };
  segments.forEach((text, segment) => {
    const own = wordsOf(text), known = new Set(own);
    const held = [...different].filter((word) => known.has(word)).length;
    const inRow = held === different.size && ` ${own.join(' ')} `.includes(` ${words.join(' ')} `);
    const rank = ranks[segment] ?? 0;
    const better = held - best.held || Number(inRow) - Number(best.inRow) || rank - best.rank;
    if (held > 0 && better > 0) best = { segment, held, inRow, rank };
  });
  return best.segment < 0 ? { segment: null, share: 0 } : { segment: best.segment, share: best.held / different.size };
}
