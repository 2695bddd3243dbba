/** What stands around the tokens of a text for one pair of languages, and what an output begins with. */
import { EngineError } from './engine-error.ts';
import { languageName } from '../catalog/languages.ts';
import { bestTag } from '../catalog/model-pairs.ts';
import { tagsOfCodes } from '../catalog/language-codes.ts';
import type { DecodedSentence, Hypothesis } from '../runtime/compiled-model.ts';

export interface LanguageFrame {
  /** Before the source: a language code, a `>>deu<<`, the words of a task. */
  readonly before: readonly number[];
  /** Behind it: the end of the sentence, with mBART's first models the language code, too. */
  readonly after: readonly number[];
  /** The token that stands for the target language at the start of an output; null where there is none. */
  readonly firstToken: number | null;
  /** Settings of the search for this pair alone, by the names of Hugging Face's generation config. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** `ids`: the tokens of a text and the end of the sentence. */
export const framed = ({ before, after }: LanguageFrame, ids: readonly number[]): number[] => [...before, ...ids.slice(0, -1), ...after];

/** An output whose attention counts in the tokens of the text again: what stood before them is left out. */
export function unframed({ before }: LanguageFrame, output: DecodedSentence): DecodedSentence {
  if (before.length === 0) return output;
  const sourceLength = output.sourceLength - before.length;
  const cut = (attention: Float32Array | null): Float32Array | null => (attention === null ? null : withoutColumns(attention, output.sourceLength, before.length));
  const hypotheses = output.hypotheses?.map((each): Hypothesis => ({ ...each, attention: cut(each.attention) }));
  return { ...output, sourceLength, attention: cut(output.attention), ...(hypotheses === undefined ? {} : { hypotheses }) };
}

function withoutColumns(attention: Float32Array, columns: number, first: number): Float32Array {
  const rows = attention.length / columns;
  const cut = new Float32Array(rows * (columns - first));
  for (let row = 0; row < rows; row++) cut.set(attention.subarray(row * columns + first, (row + 1) * columns), row * (columns - first));
  return cut;
}

/** The code by which a model knows a language. Throws EngineError PAIR_WITHOUT_MODEL for one that it does not know. */
export function codeOf(codes: readonly string[], language: string): string {
  const tags = tagsOfCodes(codes);
  const best = bestTag([...tags.keys()], language);
  const code = best === null ? undefined : tags.get(best.tag);
  if (code === undefined)
    throw new EngineError('PAIR_WITHOUT_MODEL', `The model does not know ${languageName(language)}.`, `It knows ${[...tags.keys()].join(', ')}.`);
  return code;
}
