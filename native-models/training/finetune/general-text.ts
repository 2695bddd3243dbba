/**
 * General sentences against forgetting: what the old model makes of them is learned again beside the new corpus, the words it
 * chose and how likely it held others (self-distillation: Kim and Rush 2016, Hinton et al. 2015). Some are kept apart, to see
 * how far the model moves; pairs with references serve to measure what was forgotten.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { EngineError } from '../../engine/engine-error.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import { seededRandom } from '../seeded-random.ts';
import type { FinetuneSettings } from './finetune-settings.ts';
import type { PairTranslator } from './pair-translator.ts';
import type { TunableModel } from './tunable-model.ts';

export interface GeneralText {
  readonly sentences: readonly string[];
  /** With a reference; never trained on. */
  readonly measured: readonly SentencePair[];
  /** sha256 of both, in hexadecimal. */
  readonly hash: string;
}

const FEWEST_CHARACTERS = 20;
const MOST_CHARACTERS = 300;
const MOST_MEASURED = 200;
const MOST_LINES = 1_000_000;
/** Control characters, and bytes that are not UTF-8. */
const NO_TEXT = /[\p{Cc}\ufffd]/u;

/**
 * A text file with a sentence a line, or a source and its translation with a tab between them; of these a tenth, at most
 * 200, is kept to measure with. Errors: INVALID_INPUT when the file can't be read or has no sentence.
 */
export async function readGeneralText(file: string): Promise<GeneralText> {
  const sentences: string[] = [];
  const measured: SentencePair[] = [];
  const hash = createHash('sha256');
  let lines = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      if (++lines > MOST_LINES) break;
      const [source = '', target = ''] = line.split('\t').map((cell) => cell.trim());
      if (source.length < FEWEST_CHARACTERS || source.length > MOST_CHARACTERS || NO_TEXT.test(source + target)) continue;
      hash.update(`${source}\t${target}\n`);
      if (target !== '' && lines % 10 === 0 && measured.length < MOST_MEASURED) measured.push({ source, target });
      else sentences.push(source);
    }
  } catch (cause) {
    throw new EngineError('INVALID_INPUT', `The general text ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Give a text file with a sentence a line.', { cause });
  }
  if (sentences.length === 0) throw new EngineError('INVALID_INPUT', `The general text ${file} has no sentence of ${FEWEST_CHARACTERS} to ${MOST_CHARACTERS} characters.`, 'Give a text file with a sentence a line.');
  return { sentences, measured, hash: hash.digest('hex') };
}

export interface GeneralExamples {
  /** To be learned beside the corpus. */
  readonly mixed: readonly TrainingExample[];
  /** Never learned. */
  readonly kept: readonly TrainingExample[];
}

/** Of the sentences kept apart: one for so many, and at most. */
const A_KEPT = 10;
const MOST_KEPT = 150;

/**
 * `count` of the sentences, chosen by the seed, with the old model's translations, and some more that are kept apart; those
 * that it did not finish or that are too long are left out.
 */
export async function generalExamples(sentences: readonly string[], count: number, { seed, distilled, maxTokens }: Pick<FinetuneSettings, 'seed' | 'distilled' | 'maxTokens'>, model: TunableModel, translator: PairTranslator, options: { readonly threads: number; readonly signal?: AbortSignal }): Promise<GeneralExamples> {
  const apart = Math.min(MOST_KEPT, Math.ceil(Math.min(sentences.length, count) / A_KEPT));
  const chosen = seededRandom(seed, 77).shuffled(sentences).slice(0, count + apart);
  const translated = await translator.translate(chosen, options.signal);
  const examplesOf = async (from: number, to: number): Promise<readonly TrainingExample[]> => {
    const whole = chosen.slice(from, to).flatMap((text, index) => {
      const translation = translated[from + index];
      return translation === undefined || translation.truncated ? [] : [model.exampleOf(text, translation.ids)];
    });
    const fitting = whole.filter(({ source, target }) => Math.max(source.length, target.length) <= maxTokens);
    return distilled === 1 || model.withDistributions === undefined ? fitting : model.withDistributions(fitting, distilled, options);
  };
  return { kept: await examplesOf(0, apart), mixed: await examplesOf(apart, chosen.length) };
}
