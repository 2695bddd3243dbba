/**
 * The folder of one training run: `run.json` (what was asked for, with seed and corpus hash), `log.jsonl` (one line an
 * event), `checkpoints/step-N.safetensors`, `best.json` (the checkpoint that measured best), `evaluation.json`. A run that
 * was killed goes on from its last whole checkpoint; nothing but whole files is ever believed.
 */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { takeLock, type LockTaken } from '../../catalog/process-lock.ts';
import { readCheckpoint, writeCheckpoint, writeWhole, type Checkpoint } from './checkpoint-file.ts';
import { differences, type RunConfiguration } from './run-configuration.ts';

/** A line of the log; `at` is added. */
export type RunEvent =
  | { readonly kind: 'step'; readonly step: number; readonly epoch: number; readonly loss: number; readonly rate: number; readonly tokensPerSecond: number }
  | { readonly kind: 'measured'; readonly step: number; readonly scores: Readonly<Record<string, number>> }
  | { readonly kind: 'sample'; readonly step: number; readonly source: string; readonly output: string; readonly reference: string }
  | { readonly kind: 'note'; readonly step: number; readonly text: string };

export interface LoggedEvent {
  readonly at: string;
  readonly event: RunEvent;
}

/** The last one, and the one before it, which serves where the last is damaged. */
const FEWEST_KEPT = 2;
const CHECKPOINT = /^step-(\d+)\.safetensors$/;
const CONFIGURATION = 'run.json', LOCK = 'run.lock';

/**
 * Opens the folder of a run, a new one or one that was interrupted; `keep` checkpoints stay in it beside the best one. It is
 * this process's until it is closed. Errors: INVALID_INPUT when the folder holds a run with another configuration, naming what
 * differs, or while another process is at it; the file system's.
 */
export async function openRunDirectory(folder: string, configuration: RunConfiguration, { keep = FEWEST_KEPT }: { readonly keep?: number } = {}): Promise<RunDirectory> {
  const checkpoints = path.join(folder, 'checkpoints');
  await mkdir(checkpoints, { recursive: true });
  const run = new RunDirectory(folder, keep, await lockOf(folder));
  try {
    const different = await differencesIn(folder, configuration);
    if (different === null) await writeWhole(path.join(folder, CONFIGURATION), [Buffer.from(JSON.stringify(configuration, null, 2))]);
    else if (different.length > 0) throw new EngineError('INVALID_INPUT', `The folder ${folder} holds another run: ${different.join('; ')}.`, 'Choose a new folder, or give what that run was started with to go on with it.');
    // Of a run that was killed while it wrote.
    for (const name of await readdir(checkpoints)) if (name.endsWith('.part')) await rm(path.join(checkpoints, name), { force: true });
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** As `openRunDirectory`; where the folder holds another run, in the next one beside it that does not: `enpt-2`, `enpt-3`, ... */
export async function openRunBeside(folder: string, configuration: RunConfiguration): Promise<RunDirectory> {
  let free = folder;
  for (let number = 2; ((await differencesIn(free, configuration)) ?? []).length > 0; number++) free = `${folder}-${number}`;
  return openRunDirectory(free, configuration);
}

/** Null where the folder holds no run yet. */
async function differencesIn(folder: string, configuration: RunConfiguration): Promise<string[] | null> {
  try {
    return differences(configurationIn(await readFile(path.join(folder, CONFIGURATION), 'utf8')), configuration);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function lockOf(folder: string): Promise<LockTaken | null> {
  const file = path.join(folder, LOCK);
  const lock = await takeLock(file);
  if ('release' in lock) return lock;
  // Opened twice by this process, which closes it twice.
  if (lock.holder === process.pid) return null;
  throw new EngineError('INVALID_INPUT', `Another process (${lock.holder}) is at the run in ${folder}.`, `Stop it, or wait until it has ended. If nothing trains there, delete ${file}.`);
}

function configurationIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export class RunDirectory {
  readonly folder: string;
  readonly #keep: number;
  readonly #lock: LockTaken | null;

  /** Without a lock: to read what is there. */
  constructor(folder: string, keep = FEWEST_KEPT, lock: LockTaken | null = null) {
    this.folder = folder;
    this.#keep = Math.max(FEWEST_KEPT, keep);
    this.#lock = lock;
  }

  /** Another process may open it from now on. */
  async close(): Promise<void> {
    await this.#lock?.release();
  }

  async append(event: RunEvent): Promise<void> {
    await appendFile(path.join(this.folder, 'log.jsonl'), `${JSON.stringify({ at: new Date().toISOString(), event })}\n`);
  }

  /** The log without what a crash made void: a line cut short, and steps that were made again from a checkpoint before them. */
  async log(): Promise<LoggedEvent[]> {
    const text = await readFile(path.join(this.folder, 'log.jsonl'), 'utf8').catch(() => '');
    const kept: LoggedEvent[] = [];
    for (const line of text.split('\n')) {
      const logged = loggedIn(line);
      if (logged === null) continue;
      if (logged.event.kind === 'step') while ((kept.at(-1)?.event.step ?? -1) >= logged.event.step) kept.pop();
      kept.push(logged);
    }
    return kept;
  }

  /** Stores a checkpoint, then removes what is too many: what is left is spread over the run, with the last ones and the best. */
  async save(step: number, checkpoint: Checkpoint): Promise<void> {
    await writeCheckpoint(this.#file(step), checkpoint);
    const best = await this.bestStep();
    const kept = (await this.steps()).filter((each) => each !== best);
    while (kept.length > this.#keep) {
      const gap = (index: number): number => (kept[index + 1] ?? 0) - (kept[index - 1] ?? 0);
      const free = kept.map((_, index) => index).slice(0, -FEWEST_KEPT);
      const closest = free.reduce((least, index) => (gap(index) < gap(least) ? index : least), 0);
      for (const each of kept.splice(closest, 1)) await rm(this.#file(each), { force: true });
    }
  }

  /** Steps that have a checkpoint, ascending. */
  async steps(): Promise<number[]> {
    const names = await readdir(path.join(this.folder, 'checkpoints')).catch((): string[] => []);
    return names.flatMap((name) => Number(CHECKPOINT.exec(name)?.[1] ?? NaN)).filter(Number.isFinite).sort((a, b) => a - b);
  }

  load(step: number): Promise<Checkpoint> {
    return readCheckpoint(this.#file(step));
  }

  /** The newest checkpoint that is whole; null at the start of a run. */
  async latest(): Promise<Checkpoint | null> {
    for (const step of (await this.steps()).reverse()) {
      try {
        return await this.load(step);
      } catch (error) {
        // Damaged after it was written: the one before it serves.
        if (!(error instanceof EngineError)) throw error;
      }
    }
    return null;
  }

  async markBest(step: number, scores: Readonly<Record<string, number>>): Promise<void> {
    await writeWhole(path.join(this.folder, 'best.json'), [Buffer.from(JSON.stringify({ step, scores }))]);
  }

  async bestStep(): Promise<number | null> {
    try {
      const value: unknown = JSON.parse(await readFile(path.join(this.folder, 'best.json'), 'utf8'));
      return typeof value === 'object' && value !== null && 'step' in value && typeof value.step === 'number' ? value.step : null;
    } catch {
      return null;
    }
  }

  async writeEvaluation(evaluation: Readonly<Record<string, unknown>>): Promise<void> {
    await writeWhole(path.join(this.folder, 'evaluation.json'), [Buffer.from(JSON.stringify(evaluation, null, 2))]);
  }

  #file(step: number): string {
    return path.join(this.folder, 'checkpoints', `step-${step}.safetensors`);
  }
}

function loggedIn(line: string): LoggedEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    return isLogged(value) ? value : null;
  } catch {
    return null;
  }
}

const isLogged = (value: unknown): value is LoggedEvent =>
  typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'string' && 'event' in value && typeof value.event === 'object' && value.event !== null && 'kind' in value.event;
