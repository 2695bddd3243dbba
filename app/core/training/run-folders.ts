/**
 * The folders of fine-tuning runs in the workspace. Beside the trainer's own files lie `request.json`, what was asked for, so
 * that a run can go on, and `outcome.json`, how it ended last; a run that was started by the command line has neither.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { StudioError } from '../../contract/errors.ts';
import { TrainingOutcome, TrainingScores, TrainingSettings, type TrainingRun } from '../../contract/shapes/training.ts';
import { writeAtomically } from '../files/atomic-write.ts';

const RunRequest = v.object({
  model: v.object({ id: v.string(), name: v.string(), from: v.string(), to: v.string(), folder: v.string() }),
  /** Shown to the user. */
  corpus: v.string(),
  corpusFile: v.string(),
  generalFile: v.nullable(v.string()),
  settings: TrainingSettings,
  /** The languages of the corpus; absent in runs that were made before models of several could learn. */
  pair: v.exactOptional(v.object({ from: v.string(), to: v.string() })),
  startedAt: v.string(),
});
export type RunRequest = v.InferOutput<typeof RunRequest>;

/** The trainer itself says less where it was stopped before it had begun. */
const LastOutcome = v.union([TrainingOutcome, v.object({ outcome: v.literal('cancelled') })]);

const Evaluation = v.union([
  v.object({ before: TrainingScores, after: TrainingScores, accepted: v.boolean() }),
  // Of a training from scratch: what the best checkpoint scored.
  v.object({ beam: TrainingScores.entries.heldOut }),
]);
const Configuration = v.object({ task: v.picklist(['finetune', 'train']) });

const REQUEST = 'request.json', OUTCOME = 'outcome.json';

export class RunFolders {
  readonly #home: string;
  readonly #beside: string;

  /** `home`: the folder that holds a folder for each run; `beside`: models, beside which `bitext train` leaves runs that end in `.run`. */
  constructor(home: string, beside: string) {
    this.#home = home;
    this.#beside = beside;
  }

  at(id: string): string {
    const own = join(this.#home, id), other = join(this.#beside, id);
    return !existsSync(own) && id.endsWith('.run') && existsSync(other) ? other : own;
  }

  /** Makes the folder of a new run: `enpt.run-1`, `enpt.run-2`, ... */
  async make(model: string): Promise<string> {
    const root = model.replace(/\.tuned-\d+$/u, '').replace(/[^\w.-]/gu, '-');
    for (let number = 1; ; number++) {
      const id = `${root}.run-${number}`;
      if (existsSync(this.at(id))) continue;
      await mkdir(this.at(id), { recursive: true });
      return id;
    }
  }

  async writeRequest(id: string, request: RunRequest): Promise<void> {
    await writeAtomically(join(this.at(id), REQUEST), asJson(request));
  }

  /** Null of a run that the command line started. */
  async request(id: string): Promise<RunRequest | null> {
    return read(join(this.at(id), REQUEST), RunRequest);
  }

  /** Of a run's folder, wherever it lies; null where it does not say. */
  async kindOf(folder: string): Promise<'finetune' | 'train' | null> {
    return (await read(join(folder, 'run.json'), Configuration))?.task ?? null;
  }

  /** How the run ended last; null while it is running, or when its process ended over it. */
  async writeOutcome(id: string, outcome: v.InferOutput<typeof LastOutcome> | null): Promise<void> {
    const file = join(this.at(id), OUTCOME);
    if (outcome === null) await rm(file, { force: true });
    else await writeAtomically(file, asJson(outcome));
  }

  /** Errors: NOT_FOUND. */
  async run(id: string, running: string | null): Promise<TrainingRun> {
    const folder = this.at(id);
    if (!existsSync(join(folder, REQUEST)) && !existsSync(join(folder, 'run.json'))) throw new StudioError('NOT_FOUND', `There is no run ${id}.`, { advice: 'Look at the list again: it may have been removed.' });
    const request = await this.request(id);
    const configuration = await read(join(folder, 'run.json'), Configuration);
    const last = await read(join(folder, OUTCOME), LastOutcome);
    const outcome = last !== null && 'run' in last ? last : null;
    const evaluation = outcome ?? (await evaluationOf(folder));
    const state = running === id ? 'running' : (evaluation?.outcome ?? last?.outcome ?? 'interrupted');
    return {
      id, kind: configuration?.task ?? 'finetune', state,
      model: request === null ? null : { id: request.model.id, name: request.model.name, from: request.model.from, to: request.model.to },
      corpus: request?.corpus ?? null, startedAt: request?.startedAt ?? null,
      canGoOn: request !== null && (state === 'interrupted' || state === 'cancelled'),
      version: outcome?.version ?? null, before: evaluation?.before ?? null, after: evaluation?.after ?? null,
    };
  }

  /** Newest first, by when something was last written. */
  async runs(running: string | null): Promise<TrainingRun[]> {
    const names = [...new Set([...(await foldersIn(this.#home)), ...(await foldersIn(this.#beside)).filter((name) => name.endsWith('.run'))])];
    const found = await Promise.all(names.map(async (name) => {
      try {
        return { run: await this.run(name, running), time: (await stat(this.at(name))).mtimeMs };
      } catch (error) {
        if (error instanceof StudioError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    }));
    return found.filter((each) => each !== null).sort((a, b) => b.time - a.time).map(({ run }) => run);
  }

  async remove(id: string): Promise<void> {
    await rm(this.at(id), { recursive: true, force: true, maxRetries: 5 });
  }

  /** Forgets a run that failed before it had learned anything. */
  async removeUnlessBegun(id: string): Promise<void> {
    if (!existsSync(join(this.at(id), 'run.json'))) await this.remove(id);
  }
}

const asJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 2));

async function evaluationOf(folder: string): Promise<{ outcome: TrainingRun['state'] } & Pick<TrainingRun, 'before' | 'after'> | null> {
  const evaluation = await read(join(folder, 'evaluation.json'), Evaluation);
  if (evaluation === null) return null;
  if ('beam' in evaluation) return { outcome: 'trained', before: null, after: { heldOut: evaluation.beam, general: null } };
  return { outcome: evaluation.accepted ? 'accepted' : 'rejected', before: evaluation.before, after: evaluation.after };
}

const foldersIn = async (folder: string): Promise<string[]> => (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Null where there is no such file, or what is in it is something else. */
async function read<S extends v.GenericSchema>(file: string, schema: S): Promise<v.InferOutput<S> | null> {
  try {
    const result = v.safeParse(schema, JSON.parse(await readFile(file, 'utf8')));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
