/** Sentences by the default rules of Unicode (UAX #29, section 5), as this runtime's ICU has them: for languages without rules of ours. */
import type { SplitSentences } from './split-sentences.ts';

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(Intl.Segmenter.supportedLocalesOf(language).length > 0 ? language : 'en', { granularity: 'sentence' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}

export const splitByUnicode: SplitSentences = (text, language) => {
  const starts: number[] = [];
  for (const { index } of segmenterOf(language).segment(text)) if (index > 0) starts.push(index);
  return starts;
};
