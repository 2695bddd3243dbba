import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { CorpusColumns } from '../../../native-models/training/corpus/read-corpus.ts';
import { describeDropped } from '../../../native-models/training/corpus/corpus-report.ts';
import type { ModelScores } from '../../../native-models/training/trainer/checkpoint-translator.ts';
import { EVALUATION_BEAM, train as trainModel, type TrainInput, type TrainOutcome, type TrainProgress } from '../../../native-models/training/trainer/train-model.ts';
import { readTrainSettings } from '../../../native-models/training/trainer/read-train-settings.ts';
import { TASKS, type TrainingTask, type TrainSettings } from '../../../native-models/training/trainer/train-settings.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeSeconds, type Terminal } from '../terminal/terminal.ts';
import { defaultCache } from '../workspace.ts';

interface Options extends SharedOptions {
  readonly out: string;
  readonly task: string;
  readonly columns?: string;
  readonly from: string;
  readonly to: string;
  readonly config?: string;
  readonly preset?: string;
  readonly run?: string;
  readonly steps?: string;
  readonly seed?: string;
  readonly vocabulary?: readonly string[];
}

/** `bitext train`: a model from a corpus alone. */
export const train: Action<Options> = async ({ terminal, json, signal, device }, [corpus = ''], options) => {
  try {
    const into = resolve(options.out);
    const columns = columnsOf(options), task = taskOf(options.task);
    const outcome = await trainModel({
      corpusFile: resolve(corpus),
      task,
      ...(columns === null ? {} : { columns }),
      from: options.from,
      to: options.to,
      vocabularies: vocabulariesOf(options),
      runFolder: resolve(options.run ?? `${into}.run`),
      into,
      settings: await settingsOf(options),
      threads: options.threads === undefined ? Math.min(2, availableParallelism()) : Number(options.threads),
      device: device === 'auto' ? { fastestIn: join(defaultCache(), 'graphs') } : device,
    }, { signal, report: (progress) => { show(progress, terminal); } });
    if (json) terminal.result(JSON.stringify({ ...outcome, model: outcome.outcome === 'trained' ? into : null }));
    else for (const line of describeOutcome(outcome, into, task)) terminal.result(line);
    return outcome.outcome === 'trained' ? EXIT.done : outcome.outcome === 'cancelled' ? EXIT.cancelled : EXIT.someFailed;
  } catch (error) {
    throw fromEngine(error);
  }
};

function taskOf(name: string): TrainingTask {
  const task = TASKS.find((each) => each === name);
  if (task === undefined) throw new StudioError('INVALID_INPUT', `There is no task ${name}.`, { advice: `Tasks are ${TASKS.join(', ')}.` });
  return task;
}

/** `1,2`: the last column is the target, those before it the source; counted from 1. */
function columnsOf({ columns }: Options): CorpusColumns | null {
  if (columns === undefined) return null;
  const numbers = columns.split(',').map(Number);
  const target = numbers.at(-1);
  if (target === undefined || numbers.length < 2 || numbers.some((number) => !Number.isInteger(number) || number < 1))
    throw new StudioError('INVALID_INPUT', `--columns does not take ${columns}.`, { advice: 'Give numbers from 1, the target last: 1,2 or 1,2,3.' });
  return { source: numbers.slice(0, -1).map((number) => number - 1), target: target - 1 };
}

/** One file for both sides, or two. */
function vocabulariesOf({ vocabulary }: Options): TrainInput['vocabularies'] {
  if (vocabulary === undefined) return null;
  const [source, target] = vocabulary.map((file) => resolve(file));
  if (source === undefined || vocabulary.length > 2) throw new StudioError('INVALID_INPUT', `--vocabulary takes one file or two, not ${vocabulary.length}.`, { advice: 'Give one for both sides, or the source\'s and the target\'s.' });
  return target === undefined ? [source] : [source, target];
}

async function settingsOf({ config, preset, steps, seed }: Options): Promise<TrainSettings> {
  const given = config === undefined ? {} : await configurationIn(config);
  if (typeof given !== 'object' || given === null) return readTrainSettings(given, preset);
  return readTrainSettings({ ...given, ...(steps === undefined ? {} : { steps: Number(steps) }), ...(seed === undefined ? {} : { seed: Number(seed) }) }, preset);
}

async function configurationIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(file), 'utf8'));
  } catch (cause) {
    throw new StudioError('INVALID_INPUT', `The configuration ${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}.`, { advice: 'Give a file with JSON.', cause });
  }
}

const STAGES = { reading: 'read', vocabulary: 'read', evaluating: 'measure' } as const;

function show(progress: TrainProgress, terminal: Terminal): void {
  if (progress.stage === 'measured') {
    const { stage: _, ...measured } = progress;
    terminal.event('measured', measured);
    const { step, heldOutLoss, scores, sample } = progress;
    terminal.note(`  step ${step}: held-out loss ${heldOutLoss.toFixed(3)}${scores === null ? '' : `, ${describeScores(scores)}`}`);
    if (sample !== null) terminal.note(`    ${sample.source}\n    -> ${sample.output}\n    (${sample.reference})`);
    return;
  }
  terminal.progress(asProgress(progress));
}

function asProgress(progress: Exclude<TrainProgress, { stage: 'measured' }>): Progress {
  if (progress.stage !== 'learning') return { phase: STAGES[progress.stage], done: 0 };
  const { step, steps, loss, tokensPerSecond, secondsLeft } = progress;
  return { phase: 'learn', done: step, total: steps, loss, tokensPerSecond, secondsLeft };
}

const describeScores = ({ bleu, chrf, exact }: ModelScores): string => `${bleu.toFixed(1)} BLEU, ${chrf.toFixed(1)} chrF, ${(100 * exact).toFixed(1)} % exact`;

/** How a model of each task is run. */
const COMMANDS: Readonly<Record<TrainingTask, string>> = { 'translation': 'translate FILE', 'summarization': 'summarize FILE', 'question-answering': 'ask FILE --question TEXT' };

function describeOutcome({ outcome, report, pairs, vocabulary, parameters, steps, device, bestStep, greedy, beam, seconds }: TrainOutcome, into: string, task: TrainingTask): string[] {
  const endings: Readonly<Record<TrainOutcome['outcome'], string>> = {
    trained: `Stored in ${into}: bitext ${COMMANDS[task]} --model ${into}`,
    cancelled: 'Stopped. The same command goes on from here.',
    diverged: 'Stopped: the loss was no number. The last good checkpoint is kept; try a lower "rate", and another --run.',
  };
  return [
    ...describeDropped(report),
    `${pairs.training} pairs to learn from${pairs.tooLong === 0 ? '' : ` (${pairs.tooLong} too long)`}, ${pairs.heldOut} held out; ${vocabulary.source} and ${vocabulary.target} pieces, ${(parameters / 1e6).toFixed(1)} million parameters; ${steps} steps on ${device}, ${describeSeconds(seconds)}.`,
    ...(greedy === null ? [] : [`  greedy, as of step ${bestStep ?? steps}: ${describeScores(greedy)}`]),
    ...(beam === null ? [] : [`  beam of ${EVALUATION_BEAM}: ${describeScores(beam)}`]),
    endings[outcome],
  ];
}
