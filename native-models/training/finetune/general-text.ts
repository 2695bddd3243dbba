/**
 * General sentences against forgetting: what the old model makes of them is learned again beside the new corpus (sequence-
 * level self-distillation: Kim and Rush 2016). Pairs with references serve to measure what was forgotten, too.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { EngineError } from '../../engine/engine-error.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import { seededRandom } from '../seeded-random.ts';
import type { PairTranslator } from './pair-translator.ts';
import type { TunableModel } from './tunable-model.ts';

export interface GeneralText {
  readonly sentences: readonly string[];
  /** With a reference; never trained on. */
  readonly measured: readonly SentencePair[];
}

const FEWEST_CHARACTERS = 20;
const MOST_CHARACTERS = 300;
const MOST_MEASURED = 200;
const MOST_LINES = 1_000_000;

/**
 * A text file with a sentence a line, or a source and its translation with a tab between them; of these a tenth, at most
 * 200, is kept to measure with. Errors: INVALID_INPUT when the file can't be read or has no sentence.
 */
export async function readGeneralText(file: string): Promise<GeneralText> {
  const sentences: string[] = [];
  const measured: SentencePair[] = [];
  let lines = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      if (++lines > MOST_LINES) break;
      const [source = '', target = ''] = line.split('\t').map((cell) => cell.trim());
      if (source.length < FEWEST_CHARACTERS || source.length > MOST_CHARACTERS) continue;
      if (target !== '' && lines % 10 === 0 && measured.length < MOST_MEASURED) measured.push({ source, target });
      else sentences.push(source);
    }
  } catch (cause) {
    throw new EngineError('INVALID_INPUT', `The general text ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Give a text file with a sentence a line.', { cause });
  }
  if (sentences.length === 0) throw new EngineError('INVALID_INPUT', `The general text ${file} has no sentence of ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} characters.`, 'Give a text file with a sentence a line.');
  return { sentences, measured };
}

/** So many of the sentences, chosen by the seed, with the old model's translations; those that it did not finish are left out. */
export async function generalExamples(sentences: readonly string[], count: number, seed: number, model: TunableModel, translator: PairTranslator, signal?: AbortSignal): Promise<TrainingExample[]> {
  const chosen = seededRandom(seed, 77).shuffled(sentences).slice(0, count);
  const translated = await translator.translate(chosen, signal);
  return chosen.flatMap((text, index) => {
    const translation = translated[index];
    return translation === undefined || translation.truncated ? [] : [model.exampleOf(text, translation.ids)];
  });
}
