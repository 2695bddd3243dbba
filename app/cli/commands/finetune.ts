import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { chooseModel } from '../../../native-models/catalog/choose-model.ts';
import { findModels, type FoundModels } from '../../../native-models/catalog/find-models.ts';
import { describeVersion, freeVersion } from '../../../native-models/catalog/tuned-models.ts';
import { describeDropped } from '../../../native-models/training/corpus/corpus-report.ts';
import { DEFAULT_FINETUNE, type FinetuneSettings } from '../../../native-models/training/finetune/finetune-settings.ts';
import { finetuneModel } from '../../../native-models/training/finetune/finetune-model.ts';
import type { FinetuneOutcome, FinetuneProgress, LearningSize, MeasuredModel, TuningTask } from '../../../native-models/training/finetune/finetune-job.ts';
import type { ModelDescription } from '../../../native-models/engine/engine.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeSeconds, type Terminal } from '../terminal/terminal.ts';
import { modelFolders } from '../workspace.ts';

interface Options extends SharedOptions {
  readonly task: string;
  readonly from?: string;
  readonly to?: string;
  readonly model?: string;
  readonly general?: string;
  readonly run?: string;
  readonly epochs?: string;
  readonly rate?: string;
  readonly rank?: string;
  readonly seed?: string;
}

/** `bitext finetune`: a new version of a model beside the old one, where it got better on pairs that it never saw. */
export const finetune: Action<Options> = async ({ terminal, workspace, json, signal }, [corpus = ''], options) => {
  try {
    const task = taskOf(options);
    const model = await modelFor(task, await findModels(modelFolders(workspace)), options.model);
    const version = freeVersion(join(workspace, 'models'), model.id);
    const outcome = await finetuneModel({
      modelFolder: model.folder,
      corpusFile: resolve(corpus),
      task,
      generalFile: options.general === undefined ? null : resolve(options.general),
      runFolder: resolve(options.run ?? join(workspace, 'runs', version.id)),
      // A run that ended without a new version may lie there: the next one has another corpus, or other settings.
      ifOtherRun: options.run === undefined ? 'beside' : 'refuse',
      into: version.folder,
      settings: settingsOf(options),
      threads: options.threads === undefined ? Math.min(4, availableParallelism()) : Number(options.threads),
    }, { signal, report: (progress) => { show(progress, terminal); } });
    if (outcome.outcome === 'accepted') describeVersion(version.folder, version.id, model, new Date().toISOString(), task);
    const accepted = outcome.outcome === 'accepted' ? version : null;
    if (json) terminal.result(JSON.stringify({ ...outcome, model: model.id, version: accepted }));
    else for (const line of describeOutcome(outcome, model.id, accepted?.id ?? null)) terminal.result(line);
    return outcome.outcome === 'accepted' ? EXIT.done : outcome.outcome === 'cancelled' ? EXIT.cancelled : EXIT.someFailed;
  } catch (error) {
    throw fromEngine(error);
  }
};

function taskOf({ task, from, to }: Options): TuningTask {
  if (task === 'summarization') return { task: 'summarize' };
  if (task === 'question-answering') return { task: 'answer' };
  if (task !== 'translation') throw new StudioError('INVALID_INPUT', `There is no task ${task}.`, { advice: 'Tasks are translation, summarization and question-answering.' });
  if (from === undefined || to === undefined) throw new StudioError('INVALID_INPUT', 'The languages of the corpus are not named.', { advice: 'Name them: --from en --to pt.' });
  return { task: 'translate', from, to };
}

/** The model that is named; else the one that translates the pair, or the first that does the task. */
async function modelFor(task: TuningTask, found: FoundModels, name: string | undefined): Promise<ModelDescription> {
  if (task.task === 'translate') return chooseModel(found, { from: task.from, to: task.to, ...(name === undefined ? {} : { model: name }) });
  if (name !== undefined) return chooseModel(found, { from: 'und', to: 'und', model: name });
  const first = found.models.find(({ tasks }) => tasks?.includes(task.task) === true);
  if (first === undefined) throw new StudioError('MODEL_MISSING', 'No model for this task is installed.', { advice: 'Import a BART, Pegasus or T5 model, and name it with --model.' });
  return first;
}

function settingsOf({ epochs, rate, rank, seed }: Options): FinetuneSettings {
  const number = (name: string, text: string | undefined, fits: (value: number) => boolean, otherwise: number): number => {
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!fits(value)) throw new StudioError('INVALID_INPUT', `--${name} does not take ${text}.`, { advice: `See "bitext finetune --help".` });
    return value;
  };
  const whole = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 1000;
  return {
    ...DEFAULT_FINETUNE,
    epochs: number('epochs', epochs, whole, DEFAULT_FINETUNE.epochs),
    rate: number('rate', rate, (value) => value > 0 && value < 1, DEFAULT_FINETUNE.rate),
    rank: rank === undefined ? DEFAULT_FINETUNE.rank : rank === 'full' ? 'full' : number('rank', rank, whole, 8),
    seed: number('seed', seed, (value) => Number.isInteger(value) && value >= 0, DEFAULT_FINETUNE.seed),
  };
}

const STAGES = { reading: 'read', measuring: 'measure', general: 'translate', quantizing: 'quantize' } as const;

function show(progress: FinetuneProgress, terminal: Terminal): void {
  if (progress.stage !== 'sized') {
    terminal.progress(shown(progress));
    return;
  }
  const { stage: _, ...size } = progress;
  terminal.event('sized', size);
  terminal.note(describeSize(size));
}

/** Before it begins: what learns, and how much memory that takes. */
function describeSize({ parameters, learned, rank, bytes }: LearningSize): string {
  const million = (count: number): string => (count / 1e6).toFixed(1);
  const gigabytes = (count: number): string => (count / 2 ** 30).toFixed(1);
  const how = rank === 'full' ? '' : ` as changes of rank ${rank}`;
  return `${million(learned)} million of its ${million(parameters)} million numbers learn${how}; about ${gigabytes(bytes)} GiB of memory, ${gigabytes(process.availableMemory())} GiB are free.`;
}

function shown(progress: Exclude<FinetuneProgress, { stage: 'sized' }>): Progress {
  if (progress.stage !== 'learning') return { phase: STAGES[progress.stage], done: 0 };
  const { update, updates, loss, tokensPerSecond, secondsLeft } = progress;
  return { phase: 'learn', done: update, total: updates, loss, tokensPerSecond, secondsLeft };
}

function describeOutcome({ outcome, report, pairs, before, after, share, curve, seconds }: FinetuneOutcome, model: string, version: string | null): string[] {
  const scores = (name: string, measured: MeasuredModel | null): string[] =>
    measured === null ? [] : [`  ${name}  ${measured.heldOut.bleu.toFixed(1)} BLEU  ${measured.heldOut.chrf.toFixed(1)} chrF${measured.general === null ? '' : `  (general text: ${measured.general.bleu.toFixed(1)} BLEU)`}`];
  const endings: Readonly<Record<FinetuneOutcome['outcome'], readonly string[]>> = {
    accepted: [`Stored as ${version ?? ''}; it is used from now on. "bitext models back ${version ?? ''}" goes back to ${model}.`],
    rejected: [`Not stored: it did not get better on the pairs that were held out, or lost too much of the general text. ${model} stays as it was.`],
    cancelled: ['Stopped. The same command goes on from here.'],
    diverged: ['Stopped: the loss was no number. The last good checkpoint is kept; try a lower --rate.'],
  };
  return [
    ...describeDropped(report),
    `${pairs.training} pairs to learn from, ${pairs.validation} to decide by, ${pairs.heldOut} held out, ${pairs.general} general sentences; ${describeSeconds(seconds)}.`,
    ...(pairs.general > 0 ? [] : ['Without --general nothing keeps it from forgetting other texts, and nothing says whether it did.']),
    ...describeCurve(curve),
    ...scores('before', before),
    ...scores('after ', after),
    ...(share === null || share === 1 ? [] : [`  ${Math.round(100 * share)} % of what was learned is kept, against forgetting.`]),
    ...endings[outcome],
  ];
}

/** A line a pass: what the model made of the pairs to decide by. */
function describeCurve(curve: FinetuneOutcome['curve']): string[] {
  return curve.flatMap(({ update, scores: { heldOutLoss, bleu, chrf } }) => (heldOutLoss === undefined || bleu === undefined || chrf === undefined ? [] : [`  after update ${update}: loss ${heldOutLoss.toFixed(3)}, ${bleu.toFixed(1)} BLEU, ${chrf.toFixed(1)} chrF of the pairs to decide by`]));
}
