/** Opens the models that are no Marian students, from what their folders hold, as the engine takes models. */
import type { EngineDevice, Precision } from '../engine/engine.ts';
import { isObject, readJsonObject, type JsonObject } from '../tokenizers/huggingface/json-values.ts';
import { readTeacherSearch } from '../weights/marian-teacher-folder.ts';
import type { ModelFormat } from '../weights/model-folder.ts';
import { findExportedGraphs } from '../weights/onnx-folder/graph-files.ts';
import { openCachedSearch, openCachedSteps } from './cached-transformer.ts';
import { openExportedModel } from './exported-step-decoder.ts';
import { SequenceModel, type SequenceModelParts } from './sequence-model.ts';
import { SequenceSearch } from './sequence-search.ts';
import type { TransformerFacts } from './transformer-facts.ts';
import { teacherSource, weightsSource } from './transformer-folders.ts';

export interface OpenSequenceOptions {
  readonly folder: string;
  readonly format: Exclude<ModelFormat, 'marian-bin' | 'recurrent'>;
  /** Where compiled graphs are kept; created when absent. Null: they are made each time. */
  readonly cacheDir: string | null;
  readonly precision: Precision;
  /** Threads inside one operator. */
  readonly threads: number;
  readonly device: EngineDevice;
  /** Told what the user should know of how the model is run. */
  readonly notice?: (text: string) => void;
}

/** Errors: MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED naming the file or the setting; DEVICE_UNAVAILABLE. */
export async function openSequenceModel(options: OpenSequenceOptions): Promise<SequenceModel> {
  return new SequenceModel(await openSequenceParts(options));
}

/** The model's search and settings. Errors: as `openSequenceModel`. */
export async function openSequenceParts(options: OpenSequenceOptions): Promise<SequenceModelParts> {
  switch (options.format) {
    case 'safetensors':
      return openWeights(options);
    case 'marian-npz':
      return openTeacher(options);
    case 'onnx':
      return openExported(options);
  }
}

async function openWeights({ folder, cacheDir, precision, threads, device }: OpenSequenceOptions): Promise<SequenceModelParts> {
  const source = await weightsSource(folder, cacheDir, precision);
  const graph = await openCachedSearch(source, { threads, device });
  const search = new SequenceSearch({ graph, openSteps: () => openCachedSteps(source, { threads, device }), marian: null });
  return { search, settings: generationSettings(folder), ...limitsOf(graph.facts) };
}

async function openTeacher({ folder, cacheDir, precision, threads, device }: OpenSequenceOptions): Promise<SequenceModelParts> {
  const steps = await openCachedSteps(await teacherSource(folder, cacheDir, precision), { threads, device });
  const marian = await readTeacherSearch(folder, steps.vocabularySize);
  const search = new SequenceSearch({ graph: null, openSteps: () => Promise.resolve(steps), marian });
  const { beamSize, normalize, startId, eosId, unkId } = marian;
  const settings = { decoder_start_token_id: startId, eos_token_id: eosId, pad_token_id: eosId, num_beams: beamSize, length_penalty: normalize, suppress_tokens: [unkId] };
  return { search, settings, ...limitsOf(steps.facts) };
}

async function openExported({ folder, precision, threads, device, notice }: OpenSequenceOptions): Promise<SequenceModelParts> {
  const settings = generationSettings(folder);
  const padTokenId = numberIn(settings, 'pad_token_id') ?? 0;
  const maxSourceTokens = numberIn(settings, 'max_position_embeddings');
  const decoder = await openExportedModel(findExportedGraphs(folder, precision === 'int8' ? 'int8' : 'float32'), { padTokenId, maxSourceLength: maxSourceTokens }, { threads, device });
  if (!decoder.batchIndependent) notice?.('The graphs of this model measure a whole batch at once, so that a sentence would depend on its neighbours. It is run sentence by sentence instead, which is exact and slower. With its float weights (model.safetensors) beside the graphs it is faster.');
  const search = new SequenceSearch({ graph: null, openSteps: () => Promise.resolve(decoder), marian: null });
  return { search, settings, vocabularySize: decoder.vocabularySize, maxSourceTokens, maxTargetTokens: maxSourceTokens };
}

const limitsOf = ({ sourceVocabulary, maxSourceLength, maxTargetLength }: TransformerFacts): { vocabularySize: number; maxSourceTokens: number | null; maxTargetTokens: number | null } =>
  ({ vocabularySize: sourceVocabulary, maxSourceTokens: maxSourceLength, maxTargetTokens: maxTargetLength });

/** The folder's generation config; older folders keep it in config.json. */
export function generationSettings(folder: string): JsonObject {
  const config = readJsonObject(folder, 'config.json') ?? {};
  const own = readJsonObject(folder, 'generation_config.json');
  const ids = Object.fromEntries(Object.entries(config).filter(([, value]) => !isObject(value)));
  return { ...ids, ...own };
}

function numberIn(object: JsonObject, key: string): number | null {
  const value = object[key];
  return typeof value === 'number' ? value : null;
}
