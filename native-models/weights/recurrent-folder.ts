/**
 * The folder of a recurrent model that was trained here: `recurrent.json` (configuration), `recurrent.safetensors` (float32),
 * `source.model` and `target.model`, or `joint.model` for both sides (SentencePiece).
 */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readRecurrentConfiguration, type RecurrentConfiguration } from '../architectures/recurrent/configuration.ts';
import { recurrentParameters } from '../architectures/recurrent/parameters.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { InspectedFolder } from './model-folder.ts';
import { readSafetensors } from './safetensors.ts';

export const RECURRENT_CONFIGURATION = 'recurrent.json';
export const RECURRENT_WEIGHTS = 'recurrent.safetensors';
export const JOINT_VOCABULARY = 'joint.model';
export const SOURCE_VOCABULARY = 'source.model';
export const TARGET_VOCABULARY = 'target.model';

export interface RecurrentFolder {
  readonly configuration: RecurrentConfiguration;
  readonly parameters: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>;
}

/** Errors: MODEL_MISSING naming a file that is absent. */
export function inspectRecurrentFolder(folder: string): InspectedFolder {
  const { source, target } = recurrentVocabularies(folder);
  const files = [...new Set([RECURRENT_CONFIGURATION, RECURRENT_WEIGHTS, source, target])];
  for (const name of files) if (!existsSync(path.join(folder, name))) throw missing(folder, name);
  return { folder, format: 'recurrent', architecture: 'recurrent', files, bytes: files.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0) };
}

/** Names of the vocabulary files; the same name twice where both sides share one. */
export function recurrentVocabularies(folder: string): { readonly source: string; readonly target: string } {
  return existsSync(path.join(folder, JOINT_VOCABULARY)) ? { source: JOINT_VOCABULARY, target: JOINT_VOCABULARY } : { source: SOURCE_VOCABULARY, target: TARGET_VOCABULARY };
}

/** Errors: MODEL_MISSING, MODEL_BROKEN. */
export async function readRecurrentFolder(folder: string): Promise<RecurrentFolder> {
  const configuration = configurationIn(await bytesOf(folder, RECURRENT_CONFIGURATION));
  const stored = readSafetensors(await bytesOf(folder, RECURRENT_WEIGHTS), RECURRENT_WEIGHTS);
  const parameters = new Map([...recurrentParameters(configuration)].map(([name, { dims }]) => {
    const tensor = stored.get(name);
    if (tensor === undefined || tensor.dims.join() !== dims.join())
      throw new EngineError('MODEL_BROKEN', `${RECURRENT_WEIGHTS} does not hold the model that ${RECURRENT_CONFIGURATION} describes: "${name}" is missing or has another shape than [${dims.join(', ')}].`, 'Copy the folder of the model again.');
    return [name, { dims, data: tensor.values() }];
  }));
  return { configuration, parameters };
}

function configurationIn(bytes: Uint8Array): RecurrentConfiguration {
  try {
    return readRecurrentConfiguration(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new EngineError('MODEL_BROKEN', `${RECURRENT_CONFIGURATION} can't be used: ${cause instanceof Error ? cause.message : String(cause)}`, 'Copy the folder of the model again.', { cause });
  }
}

async function bytesOf(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(folder, name));
  } catch (cause) {
    throw missing(folder, name, cause);
  }
}

const missing = (folder: string, name: string, cause?: unknown): EngineError => new EngineError('MODEL_MISSING', `The model folder ${folder} lacks ${name}.`, 'Copy the folder of the model again.', { cause });
