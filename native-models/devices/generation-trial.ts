/**
 * Runs a model that need not translate on a device: what it makes of the fixed sentences by its own settings, and how fast, in
 * a process of its own, which a driver may end or hang.
 */
import { fork } from 'node:child_process';
import { nodeEnvironment } from '../engine/child-process-link.ts';
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
  const message = await new Promise<GenerationTrialMessage>((resolve) => {
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [], env: nodeEnvironment() });
    const timer = setTimeout(() => {
      resolve({ failure: `it did not finish within ${PATIENCE_MS / 1000} seconds` });
      child.kill('SIGKILL');
    }, PATIENCE_MS);
    const end = (outcome: GenerationTrialMessage): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    child.on('message', (outcome: GenerationTrialMessage) => end(outcome));
    child.on('error', (error) => end({ failure: `the process that tries it could not be started: ${error.message}` }));
    child.on('exit', (code, signal) => end({ failure: `the process that tried it ended (${signal === null ? `exit code ${code}` : `signal ${signal}`})` }));
    child.send(trial);
  });
  if ('failure' in message) throw new Error(message.failure);
  return message.run;
}
