/** Trains an encoder-decoder from a corpus and nothing else, into a model folder that the engine opens like any other. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST_NAME } from '../../catalog/manifest.ts';
import type { EngineDevice } from '../../engine/engine.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { writeWholeFolder } from '../../runtime/whole-folder.ts';
import { batchesOf } from '../corpus/batches.ts';
import type { CorpusReport } from '../corpus/corpus-report.ts';
import type { CorpusColumns } from '../corpus/read-corpus.ts';
import { chooseTrainingDevice, realTrainingDeviceTools } from '../devices/choose-training-device.ts';
import type { ParameterStore } from '../parameters.ts';
import { openRunDirectory, type RunDirectory } from '../runs/run-directory.ts';
import { CheckpointTranslator, type ModelScores } from './checkpoint-translator.ts';
import { modelFamily, type ModelFamily, type VocabularySizes } from './model-families.ts';
import type { TrainingTask, TrainSettings } from './train-settings.ts';
import { encodeTexts, readTexts, type EncodedTexts, type SplitTexts } from './training-data.ts';
import { batchRuleOf, runTraining, type TrainingRunProgress } from './training-run.ts';
import { openVocabularies, readVocabularies, type GivenVocabularies, type Vocabularies } from './vocabularies.ts';

export interface TrainInput {
  /** Tab-separated text, see `readCorpus`. */
  readonly corpusFile: string;
  readonly task: TrainingTask;
  readonly columns?: CorpusColumns;
  /** BCP 47; `und` where there is none to tell. */
  readonly from: string;
  readonly to: string;
  /** SentencePiece models, one for both sides or one for each; learned from the corpus when null. */
  readonly vocabularies: readonly [joint: string] | readonly [source: string, target: string] | null;
  /** Of the run: a run that was interrupted goes on here. */
  readonly runFolder: string;
  /** Where the model goes; must not exist. */
  readonly into: string;
  readonly settings: TrainSettings;
  readonly threads: number;
  /** Where steps are computed: a device, or the fastest that says what the cpu says, as remembered in a folder; the cpu when absent. */
  readonly device?: EngineDevice | { readonly fastestIn: string };
}

export type TrainProgress = { readonly stage: 'reading' | 'vocabulary' | 'evaluating' } | TrainingRunProgress;

export interface TrainOptions {
  readonly signal?: AbortSignal;
  readonly report?: (progress: TrainProgress) => void;
}

export interface TrainOutcome {
  readonly outcome: 'trained' | 'cancelled' | 'diverged';
  readonly report: CorpusReport;
  readonly pairs: { readonly training: number; readonly heldOut: number; readonly tooLong: number };
  readonly vocabulary: { readonly source: number; readonly target: number };
  readonly parameters: number;
  readonly device: EngineDevice;
  readonly steps: number;
  /** The step whose parameters were kept; null where the run did not come so far. */
  readonly bestStep: number | null;
  /** On all held-out pairs. */
  readonly greedy: ModelScores | null;
  readonly beam: ModelScores | null;
  readonly seconds: number;
}

/** Hypotheses of the last evaluation. */
export const EVALUATION_BEAM = 6;
/** Steps of a device's trial. */
const TRIED_BATCHES = 3;

/**
 * Errors: INVALID_INPUT for a corpus that can't be used, a folder that exists, or the run of another training. When the
 * signal is aborted the outcome is `cancelled`, and the same call goes on later.
 */
export async function train(input: TrainInput, options: TrainOptions = {}): Promise<TrainOutcome> {
  const { signal, report } = options;
  const { settings, threads, into } = input;
  if (await exists(into)) throw new EngineError('INVALID_INPUT', `${into} exists already.`, 'Choose another folder for the model.');
  report?.({ stage: 'reading' });
  const texts = await readTexts({ file: input.corpusFile, task: input.task, ...(input.columns === undefined ? {} : { columns: input.columns }) }, settings, signal);
  const given = input.vocabularies === null ? null : await readVocabularies(input.vocabularies);
  const run = await openRunDirectory(
    input.runFolder,
    { task: 'train', seed: settings.seed, corpusHash: texts.hash, columns: [...texts.columns.source, texts.columns.target], vocabulary: given?.hash ?? null, threads, settings: { ...settings, task: input.task } },
    { keep: settings.keep },
  );
  try {
    return await trainIn(run, texts, given, input, options);
  } finally {
    await run.close();
  }
}

async function trainIn(run: RunDirectory, texts: SplitTexts, given: GivenVocabularies | null, input: TrainInput, options: TrainOptions): Promise<TrainOutcome> {
  const since = performance.now();
  const { signal, report } = options;
  const { settings, threads, into } = input;
  report?.({ stage: 'vocabulary' });
  const vocabularies = await openVocabularies(run.folder, texts, settings, given, signal);
  const encoded = encodeTexts(texts, vocabularies, settings);
  const family = modelFamily(settings, vocabularies.sizes);
  const outcome = (rest: Pick<TrainOutcome, 'outcome' | 'steps'> & Partial<TrainOutcome>): TrainOutcome => ({
    report: texts.report,
    pairs: { training: encoded.training.length, heldOut: texts.heldOut.length, tooLong: encoded.tooLong },
    vocabulary: { source: vocabularies.sizes.source, target: vocabularies.sizes.target },
    device,
    parameters: family.trainable.parameters.reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0),
    bestStep: null, greedy: null, beam: null, seconds: (performance.now() - since) / 1000, ...rest,
  });
  const measured = texts.heldOut.slice(0, settings.measured);
  const device = await deviceOf(input, encoded, vocabularies.sizes);
  const learned = await runTraining({ family, texts: encoded, vocabularies, measured, settings, run, threads, device }, options);
  if (learned.outcome !== 'trained') return outcome({ outcome: learned.outcome, steps: learned.steps });
  report?.({ stage: 'evaluating' });
  const translator = new CheckpointTranslator(await family.open(learned.parameters, threads), vocabularies);
  try {
    const { scores: greedy } = await translator.measure(texts.heldOut, signal === undefined ? {} : { signal });
    const { scores: beam } = await translator.measure(texts.heldOut, { beam: EVALUATION_BEAM, ...(signal === undefined ? {} : { signal }) });
    await run.writeEvaluation({ greedy, beam, bestStep: learned.bestStep, heldOutLoss: learned.heldOutLoss, steps: learned.steps });
    await writeModelFolder(into, family, vocabularies, learned.parameters, input);
    return outcome({ outcome: 'trained', steps: learned.steps, bestStep: learned.bestStep, greedy, beam });
  } catch (error) {
    if (signal?.aborted === true) return outcome({ outcome: 'cancelled', steps: learned.steps });
    throw error;
  } finally {
    await translator.close();
  }
}

/** `auto` tries the first batches. */
async function deviceOf({ device = 'cpu', settings, threads }: TrainInput, { training }: EncodedTexts, sizes: VocabularySizes): Promise<EngineDevice> {
  if (typeof device === 'string') return device;
  const batches = batchesOf(training, batchRuleOf(settings), 0).slice(0, TRIED_BATCHES).map((indices) => indices.flatMap((index) => training[index] ?? []));
  return chooseTrainingDevice({ settings, sizes, batches }, device.fastestIn, realTrainingDeviceTools(threads));
}

function writeModelFolder(into: string, family: ModelFamily, vocabularies: Vocabularies, parameters: ParameterStore, { from, to, task }: Pick<TrainInput, 'from' | 'to' | 'task'>): Promise<void> {
  const manifest = { id: path.basename(into), from, to, ...(task === 'translation' ? {} : { tasks: [task === 'summarization' ? 'summarize' : 'answer'] }), architecture: family.architecture, precision: 'float32', source: `trained here for ${task}` };
  return writeWholeFolder(into, async (part) => {
    await mkdir(part);
    for (const [side, name] of family.vocabularies.entries()) await writeFile(path.join(part, name), vocabularies.files[side] ?? new Uint8Array());
    await family.write(part, parameters, Array.from({ length: vocabularies.target.size }, (_, id) => vocabularies.target.pieceOf(id)));
    await writeFile(path.join(part, MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
  });
}

const exists = (file: string): Promise<boolean> => stat(file).then(() => true, () => false);
