/** Fine-tuning by the names of the contract: what is asked of the engine, where runs lie, and what becomes of a better model. */
import { basename, join } from 'node:path';
import type { Handlers, Input, JobContext, Output } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import type { TrainingOutcome } from '../../contract/shapes/training.ts';
import { pairFit } from '../../../native-models/catalog/model-pairs.ts';
import { describeVersion, freeVersion, retireVersion } from '../../../native-models/catalog/tuned-models.ts';
import type { ModelDescription } from '../../../native-models/engine/engine.ts';
import { describeDropped } from '../../../native-models/training/corpus/corpus-report.ts';
import { RunDirectory } from '../../../native-models/training/runs/run-directory.ts';
import type { FinetuneRequest, Training } from '../../../native-models/training/training-tasks.ts';
import type { StudioEngine } from '../engine-status.ts';
import { writeAtomically } from '../files/atomic-write.ts';
import type { GrantedPaths } from '../files/granted-paths.ts';
import { fromEngine } from '../jobs/engine-errors.ts';
import type { OpenProjects } from '../projects/open-projects.ts';
import { projectMeta } from '../projects/project-table.ts';
import { confirmedPairs } from './confirmed-pairs.ts';
import { RunFolders } from './run-folders.ts';

export interface TrainingDeps {
  readonly engine: StudioEngine;
  readonly paths: GrantedPaths;
  readonly projects: OpenProjects;
  /** The folder of the studio's own models. */
  readonly store: string;
  /** The folder that holds a folder for each run. */
  readonly runs: string;
  now(): string;
  /** Called when a run was started, has ended or is gone; and when models came or went. */
  changed(what: 'training' | 'models'): void;
}

type TrainingCalls = 'models.retire' | 'training.finetune' | 'training.runs' | 'training.run' | 'training.discard' | 'training.attention';
type NewRun = Extract<Input<'training.finetune'>, { model: string }>;
type EngineProgress = Parameters<NonNullable<NonNullable<Parameters<Training['finetune']>[1]>['report']>>[0];

const PHASES = { reading: 'read', sized: 'read', measuring: 'measure', general: 'translate', quantizing: 'quantize' } as const;

export function trainingHandlers(deps: TrainingDeps): Pick<Handlers, TrainingCalls> {
  const { engine, store, now, changed } = deps;
  const folders = new RunFolders(deps.runs, store);
  let running: string | null = null;

  /** Makes the run that was asked for; throws before anything is written where it can't be. */
  const begin = async (wanted: NewRun): Promise<string> => {
    const model = await learnerOf(engine, wanted.model);
    const pair = pairOf(wanted, model, deps);
    const corpus = await corpusOf(wanted.corpus, deps);
    if (wanted.general !== undefined) deps.paths.require(wanted.general);
    const id = await folders.make(model.id);
    const own = join(folders.at(id), 'corpus.tsv');
    if (corpus.lines !== null) await writeAtomically(own, Buffer.from(corpus.lines.join('\n')));
    const { id: modelId, name, from, to, folder } = model;
    await folders.writeRequest(id, { model: { id: modelId, name, from, to, folder }, corpus: corpus.name, corpusFile: corpus.file ?? own, generalFile: wanted.general ?? null, settings: wanted.settings ?? {}, pair, startedAt: now() });
    return id;
  };

  const go = async (id: string, { signal, report }: JobContext<Progress>): Promise<TrainingOutcome> => {
    const request = await folders.request(id);
    if (request === null) throw new StudioError('NOT_FOUND', `The run ${id} can't go on from here: it does not say what it was started with.`, { advice: 'Start it again with the command that it was started with.' });
    const model = await learnerOf(engine, request.model.id);
    const task = request.pair === undefined ? undefined : { task: 'translate' as const, ...request.pair };
    await folders.writeOutcome(id, null);
    const version = freeVersion(store, model.id);
    const wish: FinetuneRequest = { modelFolder: model.folder, corpusFile: request.corpusFile, generalFile: request.generalFile, runFolder: folders.at(id), into: version.folder, ...(task === undefined ? {} : { task }), settings: request.settings };
    report({ phase: 'read', done: 0, item: id });
    const { report: lines, outcome, pairs, before, after, share, seconds } = await trainingOf(engine).finetune(wish, { signal, report: (progress) => { report(shown(progress, id)); } });
    if (outcome === 'accepted') describeVersion(version.folder, version.id, model, now(), task);
    const told = { run: id, outcome, version: outcome === 'accepted' ? version.id : null, dropped: describeDropped(lines), pairs: { training: pairs.training, heldOut: pairs.heldOut, general: pairs.general }, before, after, share, seconds };
    await folders.writeOutcome(id, told);
    return told;
  };

  return {
    'models.retire': async ({ id, retired }) => {
      try {
        return { ...retireVersion(await engine.models(), id, retired) };
      } catch (error) {
        throw fromEngine(error);
      } finally {
        await engine.models().catch(() => undefined);
        changed('models');
      }
    },
    'training.finetune': async (wanted, context) => {
      if (running !== null) throw new StudioError('CONFLICT', `The run ${running} is under way.`, { advice: 'Stop it, or wait until it has ended.' });
      // From now on, before the first wait: nobody else may begin.
      running = 'run' in wanted ? wanted.run : '';
      let id = running;
      try {
        if ('model' in wanted) running = id = await begin(wanted);
        changed('training');
        const outcome = await go(id, context);
        if (outcome.outcome === 'accepted') {
          // Whoever translates from now on finds it.
          await engine.models();
          changed('models');
        }
        return outcome;
      } catch (error) {
        if (id !== '' && context.signal.aborted && (await folders.request(id)) !== null) await folders.writeOutcome(id, { outcome: 'cancelled' });
        else if ('model' in wanted && id !== '') await folders.removeUnlessBegun(id);
        throw fromEngine(error);
      } finally {
        running = null;
        changed('training');
      }
    },
    'training.runs': () => folders.runs(running),
    'training.run': async ({ id }) => logOf(folders, id, running),
    'training.discard': async ({ id }) => {
      if (running === id) throw new StudioError('CONFLICT', `The run ${id} is under way.`, { advice: 'Stop it first.' });
      await folders.run(id, running);
      await folders.remove(id);
      changed('training');
      return {};
    },
    'training.attention': async ({ run: id, checkpoint, sentence }, { signal, report }) => {
      const { kind } = await folders.run(id, running);
      const request = kind === 'train' ? null : await folders.request(id);
      if (kind === 'finetune' && request === null) throw new StudioError('NOT_FOUND', `The run ${id} does not say which model it was started with.`, { advice: 'Choose a run that was started in the window.' });
      report({ phase: 'load-model', done: 0 });
      const modelFolder = request === null ? null : (await learnerOf(engine, request.model.id)).folder;
      const { text, source, target, weights } = await trainingOf(engine).attention({ modelFolder, runFolder: folders.at(id), checkpoint, sentence }, { signal }).catch((error: unknown) => { throw fromEngine(error); });
      return { text, source: [...source], target: [...target], weights: weights.map((row) => [...row]) };
    },
  };
}

/** Errors: MODEL_MISSING, MODEL_UNSUPPORTED; which weights can learn on finds out the trainer. */
async function learnerOf(engine: StudioEngine, id: string): Promise<ModelDescription> {
  const { models } = await engine.models().catch((error: unknown) => { throw fromEngine(error); });
  const model = models.find((known) => known.id === id);
  if (model === undefined) throw new StudioError('MODEL_MISSING', `There is no model ${id}.`, { advice: 'Look at the list of installed models again: it may have been removed.' });
  if (model.tasks?.includes('translate') === false) throw new StudioError('MODEL_UNSUPPORTED', `The model ${id} does not translate.`, { advice: 'Choose one that does.' });
  return model;
}

/** The languages that a model is to learn: of the project, else those that were named, else its own. Throws INVALID_INPUT. */
function pairOf({ corpus, pair }: NewRun, model: ModelDescription, { projects }: TrainingDeps): { from: string; to: string } {
  if ('projectId' in corpus) {
    const { name, from, to } = projectMeta(projects.get(corpus.projectId).db);
    if (pairFit(model, { from, to }) === 0) throw new StudioError('INVALID_INPUT', `The model ${model.id} does not translate from ${from} to ${to}, as ${name} does.`, { advice: 'Choose a model of the project\u2019s languages.' });
    return { from, to };
  }
  if (pair === undefined && model.languages !== undefined) throw new StudioError('INVALID_INPUT', `The model ${model.id} has several languages.`, { advice: 'Say which ones the corpus is in.' });
  const named = pair ?? { from: model.from, to: model.to };
  if (pairFit(model, named) === 0) throw new StudioError('INVALID_INPUT', `The model ${model.id} does not translate from ${named.from} to ${named.to}.`, { advice: 'Choose languages that it has.' });
  return { from: named.from, to: named.to };
}

async function corpusOf(corpus: NewRun['corpus'], { paths, projects }: TrainingDeps): Promise<{ name: string; file: string | null; lines: string[] | null }> {
  if ('path' in corpus) {
    paths.require(corpus.path);
    return { name: basename(corpus.path), file: corpus.path, lines: null };
  }
  const { db } = projects.get(corpus.projectId);
  const { name } = projectMeta(db);
  const lines = await confirmedPairs(db);
  if (lines.length === 0) throw new StudioError('INVALID_INPUT', `${name} has no confirmed segment yet.`, { advice: 'Confirm some hundreds of segments first, or choose a file of sentence pairs.' });
  return { name, file: null, lines };
}

function trainingOf({ training }: StudioEngine): Training {
  if (training === undefined) throw new StudioError('MODEL_UNSUPPORTED', 'This engine does not train.', { advice: 'Use the engine that comes with the studio.' });
  return training;
}

function shown(progress: EngineProgress, item: string): Progress {
  if (progress.stage !== 'learning') return { phase: PHASES[progress.stage], done: 0, item };
  const { update, updates, loss, tokensPerSecond, secondsLeft } = progress;
  return { phase: 'learn', done: update, total: updates, loss, tokensPerSecond, secondsLeft: Math.max(0, secondsLeft), item };
}

async function logOf(folders: RunFolders, id: string, running: string | null): Promise<Output<'training.run'>> {
  const run = await folders.run(id, running);
  const directory = new RunDirectory(folders.at(id));
  const events = (await directory.log()).map(({ event }) => event);
  const measured = events.flatMap((event) => (event.kind === 'measured' ? [event] : []));
  return {
    run,
    // A loss that was no number is null in the log.
    losses: events.flatMap((event) => (event.kind === 'step' && typeof event.loss === 'number' ? [{ step: event.step, loss: event.loss, rate: event.rate, tokensPerSecond: event.tokensPerSecond }] : [])),
    heldOut: measured.flatMap(({ step, scores: { heldOutLoss, share } }) => (typeof heldOutLoss === 'number' && share === undefined ? [{ step, loss: heldOutLoss }] : [])),
    general: measured.flatMap(({ step, scores: { generalLoss, share } }) => (typeof generalLoss === 'number' && share === undefined ? [{ step, loss: generalLoss }] : [])),
    scores: measured.flatMap(({ step, scores: { bleu, chrf, share } }) => (bleu === undefined || chrf === undefined || share !== undefined ? [] : [{ step, bleu, chrf }])),
    shares: measured.flatMap(({ scores: { share, bleu, chrf, generalBleu } }) => (share === undefined || bleu === undefined || chrf === undefined ? [] : [{ share, bleu, chrf, generalBleu: generalBleu ?? null }])),
    // Each share that is tried translates them anew.
    samples: [...new Map(events.flatMap((event) => (event.kind === 'sample' ? [[event.source, { source: event.source, output: event.output, reference: event.reference }] as const] : []))).values()],
    checkpoints: await directory.steps(),
  };
}
