/** TER, the translation edit rate (Snover et al., 2006), with sacreBLEU's definitions. */
import { forEachSegment, type ReferenceSets } from './segment-pairs.ts';
import { signature } from './signature.ts';
import { tercomEdits } from './tercom-edits.ts';
import { type TercomOptions, tercomWords } from './tercom-tokenizer.ts';
import { trimRight } from './white-space.ts';

export interface TerScore {
  /** Percent of the words of the reference, 0 is best; may exceed 100. */
  readonly score: number;
  readonly edits: number;
  /** Words; of several references their mean. */
  readonly referenceLength: number;
  readonly signature: string;
}

/** TER of a corpus; of several references the one with the fewest edits counts. Throws EngineError INVALID_INPUT when the numbers of lines differ. */
export function corpusTer(hypotheses: readonly string[], references: ReferenceSets, options: TercomOptions = {}): TerScore {
  const wordsOf = (text: string): string[] => tercomWords(trimRight(text), options);
  let edits = 0, referenceLength = 0;
  forEachSegment(hypotheses, references, (hypothesis, given) => {
    // sacreBLEU normalizes references twice, which splits what the first time left ("it's," is "it's ,", then "it 's ,").
    const words = wordsOf(hypothesis), refs = given.map((reference) => wordsOf(wordsOf(reference).join(' ')));
    // An empty reference costs the hypothesis away.
    edits += Math.min(...refs.map((reference) => tercomEdits(words, reference)));
    referenceLength += refs.reduce((sum, { length }) => sum + length, 0) / refs.length;
  });
  return {
    score: referenceLength > 0 ? (100 * edits) / referenceLength : edits > 0 ? 100 : 0,
    edits, referenceLength,
    signature: signature(references.length, {
      case: options.caseSensitive ? 'mixed' : 'lc', tok: 'tercom', norm: options.normalized ?? false, punct: !(options.noPunctuation ?? false), asian: options.asianSupport ?? false,
    }),
  };
}

/** TER of one sentence. */
export const sentenceTer = (hypothesis: string, references: readonly string[], options: TercomOptions = {}): TerScore =>
  corpusTer([hypothesis], references.map((reference) => [reference]), options);
