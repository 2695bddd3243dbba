/** Any checkpoint of a training's run, opened to translate: what the model said then, and what it looked at. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import type { ParameterStore } from '../parameters.ts';
import { matchingParameter } from '../parameters.ts';
import { RunDirectory } from '../runs/run-directory.ts';
import { averageName, parameterName } from '../session/training-graph.ts';
import { CheckpointTranslator } from './checkpoint-translator.ts';
import { modelFamily } from './model-families.ts';
import { readTrainSettings } from './read-train-settings.ts';
import type { TrainSettings } from './train-settings.ts';
import { vocabulariesOf } from './vocabularies.ts';

/** Errors: INVALID_INPUT for a folder that holds no such run or a step without a checkpoint; MODEL_BROKEN for damaged files. */
export async function openCheckpoint(runFolder: string, step: number | 'best' | 'latest', { threads }: { readonly threads: number }): Promise<CheckpointTranslator> {
  const settings = await settingsOf(runFolder);
  const run = new RunDirectory(runFolder);
  const steps = await run.steps();
  const wanted = step === 'latest' ? steps.at(-1) : step === 'best' ? await run.bestStep() : step;
  if (wanted === undefined || wanted === null || !steps.includes(wanted))
    throw new EngineError('INVALID_INPUT', `The run in ${runFolder} has no checkpoint ${step}${steps.length === 0 ? ' yet' : `; it has ${steps.join(', ')}`}.`, 'Name one that is there.');
  const vocabularies = await vocabulariesOf(runFolder);
  const family = modelFamily(settings, vocabularies.sizes);
  const { tensors } = await run.load(wanted);
  const stateName = settings.average === 0 ? parameterName : averageName;
  const parameters: ParameterStore = new Map(family.trainable.parameters.map(({ name, dims }) => [name, matchingParameter(tensors, { name: stateName(name), dims })]));
  return new CheckpointTranslator(await family.open(parameters, threads), vocabularies);
}

async function settingsOf(runFolder: string): Promise<TrainSettings> {
  let run: unknown;
  try {
    run = JSON.parse(await readFile(path.join(runFolder, 'run.json'), 'utf8'));
  } catch (cause) {
    throw new EngineError('INVALID_INPUT', `${runFolder} holds no run.`, 'Choose the folder of a training.', { cause });
  }
  if (typeof run !== 'object' || run === null || !('task' in run) || run.task !== 'train' || !('settings' in run) || typeof run.settings !== 'object' || run.settings === null)
    throw new EngineError('INVALID_INPUT', `The run in ${runFolder} is no training from scratch.`, 'Choose the folder of a training.');
  return readTrainSettings(Object.fromEntries(Object.entries(run.settings).filter(([name]) => name !== 'task')));
}
