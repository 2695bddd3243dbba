/**
 * The folder of what a model learned in steps, beside its journal: checkpoints to go on from, and weights as the engine runs
 * them, in folders that are there whole or not at all. Both are named by the last step in them, and can be made again.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { GRAPHS_FOLDER } from '../../runtime/graph-folder.ts';
import { writeWholeFolder } from '../../runtime/whole-folder.ts';
import { readCheckpoint, writeCheckpoint } from '../../training/runs/checkpoint-file.ts';
import type { TrainingSnapshot } from '../../training/session/training-session.ts';

/** Two: the newest step can be taken back at once, and what is read while new ones are written stays. */
const KEPT = 2;
const CHECKPOINT = /^step-(\d+)\.safetensors$/;
const WEIGHTS = /^step-(\d+)$/;

/** The id of a model with its weights as they are behind a step. */
export const adaptedId = (model: string, step: number): string => `${model}.steps-${step}`;

/** The folder with the weights of the newest of these steps that has any; null: none has. `steps`: those that are kept. */
export async function newestWeights(folder: string, steps: readonly number[]): Promise<{ readonly step: number; readonly folder: string } | null> {
  const [step] = await numbersIn(path.join(folder, 'weights'), WEIGHTS, steps);
  return step === undefined ? null : { step, folder: weightsAt(folder, step) };
}

const weightsAt = (folder: string, step: number): string => path.join(folder, 'weights', `step-${step}`);

/** Lets `write` fill a folder, which then has its name at once; older ones beyond those kept go. */
export async function storeWeights(folder: string, step: number, kept: readonly number[], write: (into: string) => Promise<void>): Promise<string> {
  const into = weightsAt(folder, step);
  await writeWholeFolder(into, async (part) => {
    await mkdir(path.join(part, GRAPHS_FOLDER), { recursive: true });
    await write(part);
    await rm(into, { recursive: true, force: true });
  });
  await prune(path.join(folder, 'weights'), WEIGHTS, kept);
  return into;
}

/** The newest checkpoint of these steps that can be read, and which step it is of; null: none. */
export async function newestCheckpoint(folder: string, steps: readonly number[]): Promise<{ readonly step: number; readonly snapshot: TrainingSnapshot } | null> {
  const all = path.join(folder, 'checkpoints');
  for (const step of await numbersIn(all, CHECKPOINT, steps)) {
    try {
      const { tensors, state } = await readCheckpoint(path.join(all, `step-${step}.safetensors`));
      return { step, snapshot: { step: Number(state['updates']), tensors } };
    } catch (error) {
      // Damaged after it was written: the one before it serves.
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return null;
}

export async function storeCheckpoint(folder: string, step: number, kept: readonly number[], { step: updates, tensors }: TrainingSnapshot): Promise<void> {
  const all = path.join(folder, 'checkpoints');
  await mkdir(all, { recursive: true });
  await writeCheckpoint(path.join(all, `step-${step}.safetensors`), { tensors, state: { updates } });
  await prune(all, CHECKPOINT, kept);
}

/** The numbers in the names, the newest first. */
async function numbersIn(folder: string, name: RegExp, steps: readonly number[]): Promise<number[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const wanted = new Set(steps);
  return names.flatMap((each) => Number(name.exec(each)?.[1] ?? NaN)).filter((step) => wanted.has(step)).sort((a, b) => b - a);
}

/** What is not of the kept steps goes, and of these all but the newest; what is in use on Windows goes the next time. */
async function prune(folder: string, name: RegExp, kept: readonly number[]): Promise<void> {
  const stay = new Set((await numbersIn(folder, name, kept)).slice(0, KEPT));
  for (const each of await readdir(folder)) {
    if (stay.has(Number(name.exec(each)?.[1] ?? NaN))) continue;
    await rm(path.join(folder, each), { recursive: true, force: true }).catch(() => undefined);
  }
}
