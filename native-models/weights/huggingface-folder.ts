/**
 * Opens a Hugging Face folder of an encoder-decoder model by its weights: `config.json` and `model.safetensors` (or the
 * parts that `model.safetensors.index.json` names). The graphs are the project's own.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { bart } from '../architectures/families/bart.ts';
import { m2m100 } from '../architectures/families/m2m100.ts';
import { marian } from '../architectures/families/marian.ts';
import { mbart } from '../architectures/families/mbart.ts';
import { pegasus } from '../architectures/families/pegasus.ts';
import { mt5, t5 } from '../architectures/families/t5.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { inInt8, type Int8Scheme } from '../architectures/transformer/int8-weights.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { WatchedAttention } from '../architectures/transformer/step-graph.ts';
import { int8Scheme } from '../runtime/int8-scheme.ts';
import type { TransformerStepDecoder } from '../runtime/transformer-step-decoder.ts';
import { openTransformer } from '../runtime/transformer-step-decoder.ts';
import type { StoredTensor } from './float-tensors.ts';
import { FloatTensors } from './float-tensors.ts';
import { ModelSettings } from './model-settings.ts';
import { readLargeFile } from './read-large-file.ts';
import { openSafetensors, readSafetensors, type OpenSafetensors } from './safetensors.ts';

export interface WeightsFolderOptions {
  /** Default: 1. */
  readonly threads?: number;
  /** Default: the cpu. */
  readonly device?: EngineDevice;
  /** `int8`: 8 bit weights (int8-weights.ts). Default: float32. */
  readonly precision?: 'float32' | 'int8';
  /** Keep the attention of one head, or of all, to the source for each step. Default: none. */
  readonly alignment?: WatchedAttention | null;
}

interface Family {
  readonly classes: readonly string[];
  readonly define: (settings: ModelSettings, tensors: FloatTensors) => TransformerDefinition;
}

/** By `model_type`. */
const FAMILIES: ReadonlyMap<string, Family> = new Map([
  ['marian', { classes: ['MarianMTModel'], define: marian }],
  ['bart', { classes: ['BartForConditionalGeneration'], define: bart }],
  ['mbart', { classes: ['MBartForConditionalGeneration'], define: mbart }],
  ['m2m_100', { classes: ['M2M100ForConditionalGeneration'], define: m2m100 }],
  ['pegasus', { classes: ['PegasusForConditionalGeneration'], define: pegasus }],
  ['t5', { classes: ['T5ForConditionalGeneration', 'T5WithLMHeadModel'], define: t5 }],
  ['mt5', { classes: ['MT5ForConditionalGeneration', 'T5ForConditionalGeneration'], define: mt5 }],
]);

const CONFIG = 'config.json';
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
/**
 * Errors: MODEL_MISSING without one of the files, MODEL_BROKEN when they don't fit together, MODEL_UNSUPPORTED naming the
 * setting that can't be run.
 */
export async function openWeightsFolder(folder: string, options: WeightsFolderOptions = {}): Promise<TransformerStepDecoder> {
  const definition = await readWeightsFolder(folder, options.precision === 'int8' ? await int8Scheme() : null);
  return openTransformer(definition, { threads: options.threads ?? 1, device: options.device ?? 'cpu', alignment: options.alignment ?? null });
}

/** What a folder says of itself, without reading its weights. Errors: as `openWeightsFolder`, as far as settings and names of files tell. */
export async function checkWeightsFolder(folder: string): Promise<{ readonly architecture: string; readonly files: readonly string[] }> {
  const settings = new ModelSettings(await readJson(folder, CONFIG), path.join(folder, CONFIG));
  familyOf(settings);
  const files = (await exists(path.join(folder, WEIGHTS))) ? [WEIGHTS] : [INDEX, ...partsOf(await readJson(folder, INDEX), path.join(folder, INDEX))];
  for (const name of files) if (!(await exists(path.join(folder, name)))) throw missing(folder, name);
  return { architecture: settings.text('model_type'), files: [CONFIG, ...files] };
}

/**
 * The model of a folder, its weights in memory. With a scheme its matrices come in 8 bit alone: each is brought to 8 bit when
 * it has been read, so that there is never more of the float32 weights than one of them and the embeddings. Errors: as
 * `openWeightsFolder`.
 */
export async function readWeightsFolder(folder: string, scheme: Int8Scheme | null = null): Promise<TransformerDefinition> {
  const settings = new ModelSettings(await readJson(folder, CONFIG), path.join(folder, CONFIG));
  const family = familyOf(settings);
  const files = await openTensors(folder);
  try {
    const tensors = new Map(files.flatMap((file) => [...file.tensors]));
    return family.define(settings, new FloatTensors(tensors, path.join(folder, WEIGHTS), scheme === null ? undefined : (layer) => inInt8(layer, scheme)));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw unreadable(path.join(folder, WEIGHTS), cause);
  } finally {
    for (const file of files) file.close();
  }
}

/** A model with the tensors of its file, to be written again with other values. */
export interface StoredModel {
  readonly definition: TransformerDefinition;
  /** Which array of the definition a tensor of the file became is told by `taken`. */
  readonly tensors: FloatTensors;
  readonly stored: ReadonlyMap<string, StoredTensor>;
}

/** Errors: as `openWeightsFolder`. */
export async function readStoredModel(folder: string): Promise<StoredModel> {
  const settings = new ModelSettings(await readJson(folder, CONFIG), path.join(folder, CONFIG));
  const family = familyOf(settings);
  const stored = await readTensors(folder);
  const tensors = new FloatTensors(stored, path.join(folder, WEIGHTS));
  return { definition: family.define(settings, tensors), tensors, stored };
}

function familyOf(settings: ModelSettings): Family {
  const family = FAMILIES.get(settings.text('model_type'));
  if (family === undefined) throw settings.unsupported('model_type', `${[...FAMILIES.keys()].join(', ')} can be run from weights`);
  settings.require('architectures', ...family.classes.map((name) => [name]));
  settings.require('is_encoder_decoder', true);
  settings.require('position_embedding_type', 'absolute');
  if (settings.get('quantization_config') !== undefined) throw settings.unsupported('quantization_config', 'float weights can be run');
  return family;
}

/** All weights in memory. */
async function readTensors(folder: string): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const name of await weightFiles(folder)) {
    for (const [tensor, stored] of readSafetensors(await readWhole(folder, name), path.join(folder, name))) tensors.set(tensor, stored);
  }
  return tensors;
}

/** The weights where they lie; the caller closes the files. */
async function openTensors(folder: string): Promise<OpenSafetensors[]> {
  const files: OpenSafetensors[] = [];
  try {
    for (const name of await weightFiles(folder)) files.push(await openPart(folder, name));
    return files;
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
}

/** The one file of the weights, or its parts. */
async function weightFiles(folder: string): Promise<readonly string[]> {
  if (await exists(path.join(folder, WEIGHTS))) return [WEIGHTS];
  if (!(await exists(path.join(folder, INDEX)))) throw missing(folder, WEIGHTS);
  return [...partsOf(await readJson(folder, INDEX), path.join(folder, INDEX))];
}

async function openPart(folder: string, name: string): Promise<OpenSafetensors> {
  const file = path.join(folder, name);
  if (!(await exists(file))) throw missing(folder, name);
  try {
    return openSafetensors(file);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw unreadable(file, cause);
  }
}

/** The files that an index names; only such as lie in the folder itself. */
function partsOf(index: unknown, file: string): Set<string> {
  const map = typeof index === 'object' && index !== null && 'weight_map' in index ? index.weight_map : null;
  const names: unknown[] = typeof map === 'object' && map !== null ? Object.values(map) : [];
  if (names.length === 0 || !names.every((name): name is string => typeof name === 'string' && path.basename(name) === name))
    throw new EngineError('MODEL_BROKEN', `${file} does not name the parts of the weights.`, 'Download or import the model again.');
  return new Set(names);
}

async function readJson(folder: string, name: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readWhole(folder, name));
  try {
    // Python writes what JSON doesn't have; no setting that is read here can be one of these.
    const value: unknown = JSON.parse(text.replace(/:\s*(?:NaN|-?Infinity)\b/g, ': null'));
    return value;
  } catch (cause) {
    throw new EngineError('MODEL_BROKEN', `${path.join(folder, name)} is not JSON.`, 'Download or import the model again.', { cause });
  }
}

async function readWhole(folder: string, name: string): Promise<Uint8Array> {
  const file = path.join(folder, name);
  if (!(await exists(file))) throw missing(folder, name);
  try {
    return await readLargeFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('MODEL_BROKEN', `${file} can't be read: ${reason}.`, 'Check the permissions of the file and the free memory.', { cause });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function missing(folder: string, name: string): EngineError {
  return new EngineError('MODEL_MISSING', `The model folder ${folder} lacks ${name}.`, 'Download the model again, or import a complete folder.');
}
