/**
 * Runs a model that need not translate on a device: what it makes of the fixed sentences by its own settings, and how fast, in
 * a process of its own, which a driver may end or hang.
 */
import { askProcess } from '../engine/ask-process.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import type { TrialRun } from './device-trial.ts';
import type { Candidate } from './trial-outcome.ts';

export interface GenerationModel {
  readonly folder: string;
  /** Built from its weights, or its exported graphs. */
  readonly from: 'weights' | 'onnx';
}

export interface GenerationTrial extends GenerationModel, Candidate {
  readonly cacheDir: string;
  readonly threads: number;
}

export type GenerationTrialMessage = { readonly run: TrialRun } | { readonly failure: string };

/** Loading, and compiling shaders, included. */
const PATIENCE_MS = 180_000;

/** Throws an Error with the reason when the model does not run there or does not answer in time. */
export async function runGenerationTrial(model: GenerationModel, candidate: Candidate, { cacheDir, threads }: { readonly cacheDir: string; readonly threads: number }, entry = moduleBeside('generation-trial-child', import.meta.dirname)): Promise<TrialRun> {
  const trial: GenerationTrial = { ...model, ...candidate, cacheDir, threads };
  const answer = await askProcess<GenerationTrialMessage>({ entry, message: trial, patience: PATIENCE_MS });
  if ('ended' in answer) throw new Error(`the process that tried it ${answer.ended}`);
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.run;
}
