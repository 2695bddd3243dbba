/**
 * Opens a Marian teacher's folder as OPUS-MT publishes them: `decoder.yml` naming the `.npz` model and its vocabularies,
 * the settings of the search, and `source.spm`/`target.spm`, whose pieces the vocabularies number.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { marianTeacher } from '../architectures/families/marian-teacher.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { withInt8Weights } from '../architectures/transformer/int8-weights.ts';
import type { AttentionHead, WatchedAttention } from '../architectures/transformer/step-graph.ts';
import type { MarianSearchOptions } from '../decoding/search/marian-beams.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { TransformerStepDecoder } from '../runtime/transformer-step-decoder.ts';
import { int8Scheme } from '../runtime/int8-scheme.ts';
import { openTransformer } from '../runtime/transformer-step-decoder.ts';
import { FloatTensors, type StoredTensor } from './float-tensors.ts';
import { readMarianNpz } from './marian-npz.ts';
import type { PieceVocabulary } from './marian-vocabulary.ts';
import { readPieceVocabulary } from './marian-vocabulary.ts';
import { ModelSettings } from './model-settings.ts';

export interface MarianTeacher {
  readonly definition: TransformerDefinition;
  readonly decoder: TransformerStepDecoder;
  readonly source: PieceVocabulary;
  readonly target: PieceVocabulary;
  /** As `decoder.yml` has them, Marian's defaults where it is silent. */
  readonly search: MarianSearchOptions;
}

export interface MarianTeacherOptions {
  /** Default: 1. */
  readonly threads?: number;
  /** Default: the cpu. */
  readonly device?: EngineDevice;
  /** `int8`: 8 bit weights (int8-weights.ts). Default: float32. */
  readonly precision?: 'float32' | 'int8';
  /** Keep the attention of the head that Marian trains as word alignment (`true`), of another one or of all. Default: false. */
  readonly alignment?: boolean | WatchedAttention;
}

const DECODER = 'decoder.yml';
/** Of a vocabulary whose model was not looked at. */
const ANY_SIZE = 2 ** 31;

/** Errors: MODEL_MISSING naming the file, MODEL_BROKEN, MODEL_UNSUPPORTED naming the setting. */
export async function openMarianTeacher(folder: string, options: MarianTeacherOptions = {}): Promise<MarianTeacher> {
  const teacher = await readMarianTeacher(folder);
  const { source, target, search, alignment: own } = teacher;
  const { threads = 1, device = 'cpu', precision, alignment: wish = false } = options;
  const definition = precision === 'int8' ? withInt8Weights(teacher.definition, await int8Scheme()) : teacher.definition;
  const alignment = wish === false ? null : wish === true ? own : wish;
  return { source, target, search, definition, decoder: await openTransformer(definition, { threads, device, alignment }) };
}

/** A teacher's weights and settings in memory. */
export interface TeacherDefinition extends Pick<MarianTeacher, 'source' | 'target' | 'search'> {
  readonly definition: TransformerDefinition;
  /** The head that Marian trains as word alignment. */
  readonly alignment: AttentionHead;
}

/** A teacher with the file that its weights lie in, to be written again with other values. */
export interface StoredTeacher extends TeacherDefinition {
  readonly modelFile: string;
  /** Which array of the definition a tensor of the file became is told by `taken`. */
  readonly tensors: FloatTensors;
  readonly stored: ReadonlyMap<string, StoredTensor>;
  /** The text of `special:model.yml`. */
  readonly config: string;
}

/** Errors: as `openMarianTeacher`. */
export async function readMarianTeacher(folder: string): Promise<StoredTeacher> {
  const settings = await readDecoderSettings(folder);
  const [model = '', ...ensemble] = names(settings, 'models');
  if (ensemble.length > 0) throw settings.unsupported('models', 'one model can be run, not an ensemble');
  const [sourceFile = '', targetFile = sourceFile] = names(settings, 'vocabs');
  const { tensors, config } = await readMarianNpz(await readBytes(folder, model), path.join(folder, model));
  const modelSettings = new ModelSettings(parsed(new TextEncoder().encode(config), path.join(folder, model)), path.join(folder, model));
  const floats = new FloatTensors(tensors, path.join(folder, model));
  const definition = marianTeacher(modelSettings, floats);
  const source = readPieceVocabulary(await readBytes(folder, sourceFile), path.join(folder, sourceFile), definition.encoder.embedding.rows);
  const target = readPieceVocabulary(await readBytes(folder, targetFile), path.join(folder, targetFile), definition.decoder.embedding.rows);
  return { definition, source, target, search: searchOf(settings, target), alignment: { layer: alignmentLayer(modelSettings, definition.decoder.layers.length), head: 0 }, modelFile: model, tensors: floats, stored: tensors, config };
}

/** How Marian would search with the model; its target vocabulary has `size` pieces. Errors: as `openMarianTeacher`. */
export async function readTeacherSearch(folder: string, size: number): Promise<MarianSearchOptions> {
  const settings = await readDecoderSettings(folder);
  const file = names(settings, 'vocabs').at(-1) ?? '';
  return searchOf(settings, readPieceVocabulary(await readBytes(folder, file), path.join(folder, file), size));
}

function searchOf(settings: ModelSettings, { size, eosId, unkId }: PieceVocabulary): MarianSearchOptions {
  return {
    beamSize: settings.positive('beam-size', 12),
    normalize: settings.number('normalize', 0),
    wordPenalty: settings.number('word-penalty', 0),
    maxLengthFactor: settings.number('max-length-factor', 3),
    // One beyond the vocabulary: Marian's decoder starts from zeros.
    startId: size,
    eosId,
    unkId,
  };
}

async function readDecoderSettings(folder: string): Promise<ModelSettings> {
  const settings = new ModelSettings(parsed(await readBytes(folder, DECODER), path.join(folder, DECODER)), path.join(folder, DECODER));
  settings.require('relative-paths', true);
  return settings;
}

/** The vocabularies of a teacher, numbered as far as they go. Errors: as `openMarianTeacher`. */
export async function readTeacherVocabularies(folder: string): Promise<{ readonly source: PieceVocabulary; readonly target: PieceVocabulary }> {
  const settings = await readDecoderSettings(folder);
  const [sourceFile = '', targetFile = sourceFile] = names(settings, 'vocabs');
  const read = async (file: string): Promise<PieceVocabulary> => readPieceVocabulary(await readBytes(folder, file), path.join(folder, file), ANY_SIZE);
  return { source: await read(sourceFile), target: await read(targetFile) };
}

/** The files of a teacher. Errors: as `openMarianTeacher`, as far as `decoder.yml` and names of files tell. */
export async function inspectTeacherFolder(folder: string): Promise<string[]> {
  const settings = await readDecoderSettings(folder);
  const files = [DECODER, ...names(settings, 'models'), ...names(settings, 'vocabs'), 'source.spm', 'target.spm'];
  for (const name of files) {
    if (!existsSync(path.join(folder, name))) throw new EngineError('MODEL_MISSING', `The model folder ${folder} lacks ${name}.`, 'Download the model again, or import a complete folder.');
  }
  return [...new Set(files)];
}

/** Counted from 0; Marian counts from 1. */
function alignmentLayer(settings: ModelSettings, layers: number): number {
  const key = 'transformer-guided-alignment-layer';
  const value = settings.get(key) ?? 'last';
  const layer = value === 'last' ? layers : Number(value);
  if (!Number.isInteger(layer) || layer < 1 || layer > layers) throw settings.unsupported(key, `"last" or 1 to ${layers} is needed`);
  return layer - 1;
}

/** File names inside the folder. */
function names(settings: ModelSettings, key: string): string[] {
  const value = settings.get(key);
  const list: unknown[] = Array.isArray(value) ? value : [];
  if (list.length === 0 || !list.every((name): name is string => typeof name === 'string' && path.basename(name) === name))
    throw settings.unsupported(key, 'names of files in the same folder are needed');
  return list;
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    const value: unknown = parse(new TextDecoder().decode(bytes), { maxAliasCount: 0 });
    return value;
  } catch (cause) {
    throw new EngineError('MODEL_BROKEN', `${file} is not readable YAML.`, 'Download or import the model again.', { cause });
  }
}

async function readBytes(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(folder, name));
  } catch (cause) {
    throw new EngineError(
      'MODEL_MISSING',
      `The model folder ${folder} lacks ${name}, or it can't be read.`,
      'Download the model again, or import a complete folder.',
      { cause },
    );
  }
}
