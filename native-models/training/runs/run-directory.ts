/**
 * The folder of one training run: `run.json` (what was asked for, with seed and corpus hash), `log.jsonl` (one line an
 * event), `checkpoints/step-N.safetensors`, `best.json` (the checkpoint that measured best), `evaluation.json`. A run that
 * was killed goes on from its last whole checkpoint; nothing but whole files is ever believed.
 */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { readCheckpoint, writeCheckpoint, writeWhole, type Checkpoint } from './checkpoint-file.ts';

/** What decides the outcome of a run: two runs with equal ones give equal weights on one machine. */
export interface RunConfiguration {
  readonly task: 'train' | 'finetune' | 'adapt';
  readonly seed: number;
  /** See `Corpus.hash`. */
  readonly corpusHash: string;
  /** Model, optimizer, batches, schedule: plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
}

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

/** Checkpoints kept beside the best one. */
const CHECKPOINTS_KEPT = 2;
const CHECKPOINT = /^step-(\d+)\.safetensors$/;

/**
 * Opens the folder of a run, a new one or one that was interrupted. Errors: INVALID_INPUT when the folder holds a run with
 * another configuration.
 */
export async function openRunDirectory(folder: string, configuration: RunConfiguration): Promise<RunDirectory> {
  const checkpoints = path.join(folder, 'checkpoints');
  await mkdir(checkpoints, { recursive: true });
  // Of a run that was killed while it wrote.
  for (const name of await readdir(checkpoints)) if (name.endsWith('.part')) await rm(path.join(checkpoints, name), { force: true });
  const file = path.join(folder, 'run.json');
  const wanted = JSON.stringify(configuration, null, 2);
  const known = await readFile(file, 'utf8').catch(() => null);
  if (known === null) await writeWhole(file, [Buffer.from(wanted)]);
  else if (known !== wanted)
    throw new EngineError('INVALID_INPUT', `The folder ${folder} holds another run: its settings, seed or corpus differ.`, 'Choose a new folder, or give the settings of that run to go on with it.');
  return new RunDirectory(folder);
}

export class RunDirectory {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
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

  /** Stores a checkpoint, then removes the oldest beyond those kept; the best one stays. */
  async save(step: number, checkpoint: Checkpoint): Promise<void> {
    await writeCheckpoint(this.#file(step), checkpoint);
    const best = await this.bestStep();
    const old = (await this.steps()).filter((each) => each !== best).slice(0, -CHECKPOINTS_KEPT);
    for (const each of old) await rm(this.#file(each), { force: true });
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
