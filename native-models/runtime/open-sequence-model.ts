/** Opens the models that are no Marian students, from what their folders hold, as the engine takes models. */
import { alignmentHeadOf } from '../catalog/manifest.ts';
import type { StepDecoder } from '../decoding/step-decoder.ts';
import { EngineError, type EngineDevice, type Precision } from '../engine/engine.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { withInt8Weights } from '../architectures/transformer/int8-weights.ts';
import type { AttentionHead } from '../architectures/transformer/step-graph.ts';
import { isObject, readJsonObject, type JsonObject } from '../tokenizers/huggingface/json-values.ts';
import { readWeightsFolder } from '../weights/huggingface-folder.ts';
import { readMarianTeacher } from '../weights/marian-teacher-folder.ts';
import type { ModelFormat } from '../weights/model-folder.ts';
import { findExportedGraphs } from '../weights/onnx-folder/graph-files.ts';
import { openExportedModel } from './exported-step-decoder.ts';
import { SequenceModel } from './sequence-model.ts';
import { SequenceSearch } from './sequence-search.ts';
import { factsOf } from './transformer-facts.ts';
import { openTransformerSearch } from './transformer-search.ts';
import { openTransformer } from './transformer-step-decoder.ts';

export interface OpenSequenceOptions {
  readonly folder: string;
  readonly format: Exclude<ModelFormat, 'marian-bin'>;
  /** Where compiled graphs are kept; created when absent. */
  readonly cacheDir: string;
  readonly precision: Precision;
  /** Threads inside one operator. */
  readonly threads: number;
  readonly device: EngineDevice;
  /** Told what the user should know of how the model is run. */
  readonly notice?: (text: string) => void;
}

/** Errors: MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED naming the file or the setting; DEVICE_UNAVAILABLE. */
export async function openSequenceModel(options: OpenSequenceOptions): Promise<SequenceModel> {
  switch (options.format) {
    case 'safetensors':
      return openWeights(options);
    case 'marian-npz':
      return openTeacher(options);
    case 'onnx':
      return openExported(options);
  }
}

async function openWeights({ folder, precision, threads, device }: OpenSequenceOptions): Promise<SequenceModel> {
  const read = async (): Promise<TransformerDefinition> => inPrecision(await readWeightsFolder(folder), precision);
  const definition = await read();
  const alignment = alignmentOf(folder, definition);
  const graph = await openTransformerSearch(definition, { threads, device, alignment, halfPrecision: precision === 'float16' });
  const facts = factsOf(definition);
  const search = new SequenceSearch({ graph, openSteps: async () => openTransformer(await read(), { threads, device, alignment }), marian: null });
  return new SequenceModel({
    search, settings: settingsOf(folder), vocabularySize: facts.sourceVocabulary, maxSourceTokens: facts.maxSourceLength, maxTargetTokens: facts.maxTargetLength,
  });
}

async function openTeacher({ folder, precision, threads, device }: OpenSequenceOptions): Promise<SequenceModel> {
  const { definition: read, search: marian, alignment: own } = await readMarianTeacher(folder);
  const definition = inPrecision(read, precision);
  const alignment = alignmentHeadOf(folder) ?? own;
  const search = new SequenceSearch({ graph: null, openSteps: () => openTransformer(definition, { threads, device, alignment }), marian });
  await search.steps();
  const { beamSize, normalize, startId, eosId, unkId } = marian;
  const facts = factsOf(definition);
  return new SequenceModel({
    search,
    settings: { decoder_start_token_id: startId, eos_token_id: eosId, pad_token_id: eosId, num_beams: beamSize, length_penalty: normalize, suppress_tokens: [unkId] },
    vocabularySize: facts.sourceVocabulary, maxSourceTokens: facts.maxSourceLength, maxTargetTokens: facts.maxTargetLength,
  });
}

async function openExported({ folder, precision, threads, device, notice }: OpenSequenceOptions): Promise<SequenceModel> {
  const settings = settingsOf(folder);
  const padTokenId = numberIn(settings, 'pad_token_id') ?? 0;
  const maxSourceTokens = numberIn(settings, 'max_position_embeddings');
  const decoder: StepDecoder = await openExportedModel(findExportedGraphs(folder, precision === 'int8' ? 'int8' : 'float32'), { padTokenId, maxSourceLength: maxSourceTokens }, { threads, device });
  if (!decoder.batchIndependent) notice?.('The graphs of this model measure a whole batch at once, so that a sentence would depend on its neighbours. It is run sentence by sentence instead, which is exact and slower. With its float weights (model.safetensors) beside the graphs it is faster.');
  const search = new SequenceSearch({ graph: null, openSteps: () => Promise.resolve(decoder), marian: null });
  await search.steps();
  return new SequenceModel({ search, settings, vocabularySize: decoder.vocabularySize, maxSourceTokens, maxTargetTokens: maxSourceTokens });
}

const inPrecision = (definition: TransformerDefinition, precision: Precision): TransformerDefinition => (precision === 'int8' ? withInt8Weights(definition) : definition);

/** Of the manifest; else the first head of the last layer, which Marian trains on alignments. Throws MODEL_BROKEN for a head that the model does not have. */
export function alignmentOf(folder: string, { decoder }: TransformerDefinition): AttentionHead {
  const head = alignmentHeadOf(folder) ?? { layer: decoder.layers.length - 1, head: 0 };
  const heads = decoder.layers[head.layer]?.crossAttention.heads;
  if (heads === undefined || (head.head !== 'mean' && head.head >= heads))
    throw new EngineError('MODEL_BROKEN', `The manifest of ${folder} names the head ${head.head} of layer ${head.layer} for alignment, which the model does not have.`, 'Take "alignment" out of its bitext.json, or import the model again.');
  return head;
}

/** The folder's generation config; older folders keep it in config.json. */
function settingsOf(folder: string): JsonObject {
  const config = readJsonObject(folder, 'config.json') ?? {};
  const own = readJsonObject(folder, 'generation_config.json');
  const ids = Object.fromEntries(Object.entries(config).filter(([, value]) => !isObject(value)));
  return { ...ids, ...own };
}

function numberIn(object: JsonObject, key: string): number | null {
  const value = object[key];
  return typeof value === 'number' ? value : null;
}
