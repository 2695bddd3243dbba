/**
 * The architecture of a Marian model, from the text that its weights carry as `special:model.yml`.
 * Everything that changes the arithmetic is read or must have the one value that is implemented; nothing is assumed.
 */
import { parse } from 'yaml';
import { EngineError } from '../engine/engine-error.ts';
import type { MarianTensor } from './marian-binary.ts';

export const CONFIG_TENSOR = 'special:model.yml';

/** A student: transformer encoder, decoder with an SSRU in place of self-attention. */
export interface StudentArchitecture {
  readonly dim: number;
  readonly heads: number;
  readonly ffnDim: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  /** One embedding matrix for source, target and output (`Wemb`), or one a side (`encoder_Wemb`, `decoder_Wemb`). */
  readonly sharedEmbeddings: boolean;
  /** Decoder layer (from 1) whose first cross-attention head was trained as word alignment. */
  readonly alignmentLayer: number;
}

type Settings = Readonly<Record<string, unknown>>;

/** Keys that must have exactly this value where they are given. */
const REQUIRED: Readonly<Record<string, unknown>> = {
  type: 'transformer',
  'transformer-decoder-autoreg': 'rnn',
  'dec-cell': 'ssru',
  'transformer-ffn-activation': 'relu',
  'transformer-ffn-depth': 2,
  'transformer-preprocess': '',
  'transformer-postprocess': 'dan',
  'transformer-postprocess-top': '',
  'transformer-train-position-embeddings': false,
  'transformer-no-projection': false,
  'transformer-pool': false,
  'transformer-tied-layers': [],
  'layer-normalization': false,
  'right-left': false,
  'output-omit-bias': false,
  'lemma-dim-emb': 0,
  'lemma-dependency': '',
  'factors-combine': 'sum',
  'input-types': [],
  skip: false,
  ulr: false,
};

/** Keys whose default in Marian is another value, so that their absence is no agreement. */
const MUST_BE_GIVEN: readonly string[] = ['type', 'transformer-decoder-autoreg', 'dec-cell', 'transformer-ffn-activation'];

/** Postprocessing of the embeddings that changes nothing at translation: none, or dropout. */
const EMBEDDING_POSTPROCESS: readonly unknown[] = ['', 'd'];

/**
 * Of all tensors only `special:model.yml` is looked at. Errors: MODEL_BROKEN without a readable configuration,
 * MODEL_UNSUPPORTED naming the key and its value.
 */
export function readStudentArchitecture(tensors: ReadonlyMap<string, Pick<MarianTensor, 'bytes'>>, file: string): StudentArchitecture {
  const settings = readSettings(tensors, file);
  for (const [key, required] of Object.entries(REQUIRED)) {
    const value = settings[key];
    if (value === undefined && !MUST_BE_GIVEN.includes(key)) continue;
    if (JSON.stringify(value) !== JSON.stringify(required)) throw unsupported(file, key, value, `${JSON.stringify(required)} can be run`);
  }
  const postprocess = settings['transformer-postprocess-emb'] ?? '';
  if (!EMBEDDING_POSTPROCESS.includes(postprocess)) throw unsupported(file, 'transformer-postprocess-emb', postprocess, '"" and "d" can be run');

  const dim = positive(settings, 'dim-emb', file);
  const heads = positive(settings, 'transformer-heads', file);
  if (dim % 2 !== 0 || dim % heads !== 0) throw unsupported(file, 'transformer-heads', heads, `dim-emb (${dim}) must be even and a multiple of it`);
  const ffnDim = positive(settings, 'transformer-dim-ffn', file);
  const decoderFfn = settings['transformer-decoder-dim-ffn'] ?? 0;
  if (decoderFfn !== 0 && decoderFfn !== ffnDim) throw unsupported(file, 'transformer-decoder-dim-ffn', decoderFfn, `the encoder's ${ffnDim} can be run`);
  const decoderLayers = positive(settings, 'dec-depth', file);
  const [sourceVocabulary, targetVocabulary] = vocabularies(settings, file);
  const sharedEmbeddings = settings['tied-embeddings-all'] === true;
  if (!sharedEmbeddings && settings['tied-embeddings'] !== true)
    throw unsupported(file, 'tied-embeddings', settings['tied-embeddings'], 'true can be run, or "tied-embeddings-all: true"');
  if (sharedEmbeddings && sourceVocabulary !== targetVocabulary)
    throw unsupported(file, 'dim-vocabs', [sourceVocabulary, targetVocabulary], 'shared embeddings need two equal sizes');
  return {
    dim,
    heads,
    ffnDim,
    encoderLayers: positive(settings, 'enc-depth', file),
    decoderLayers,
    sourceVocabulary,
    targetVocabulary,
    sharedEmbeddings,
    alignmentLayer: alignmentLayer(settings['transformer-guided-alignment-layer'] ?? 'last', decoderLayers, file),
  };
}

function readSettings(tensors: ReadonlyMap<string, Pick<MarianTensor, 'bytes'>>, file: string): Settings {
  const tensor = tensors.get(CONFIG_TENSOR);
  if (tensor === undefined)
    throw new EngineError('MODEL_BROKEN', `${file} does not say what it is: "${CONFIG_TENSOR}" is missing.`, 'Use a model that Marian 1.9 or newer wrote.');
  const text = new TextDecoder().decode(tensor.bytes).replace(/\0+$/, '');
  let settings: unknown;
  try {
    settings = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new EngineError('MODEL_BROKEN', `${file}: its "${CONFIG_TENSOR}" is not readable YAML.`, 'Download or import the model again.', { cause });
  }
  if (!isSettings(settings)) throw new EngineError('MODEL_BROKEN', `${file}: its "${CONFIG_TENSOR}" holds no settings.`, 'Download or import the model again.');
  return settings;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function positive(settings: Settings, key: string, file: string): number {
  const value = settings[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 1_000_000)
    throw unsupported(file, key, value, 'a positive whole number is needed');
  return value;
}

function vocabularies(settings: Settings, file: string): [number, number] {
  const sizes = settings['dim-vocabs'];
  if (!Array.isArray(sizes) || sizes.length !== 2) throw unsupported(file, 'dim-vocabs', sizes, 'two sizes, source and target, are needed');
  const [source, target] = sizes.map((size: unknown) => positive({ 'dim-vocabs': size }, 'dim-vocabs', file));
  return [source ?? 0, target ?? 0];
}

function alignmentLayer(value: unknown, decoderLayers: number, file: string): number {
  if (value === 'last') return decoderLayers;
  const layer = Number(value);
  if (!Number.isInteger(layer) || layer < 1 || layer > decoderLayers)
    throw unsupported(file, 'transformer-guided-alignment-layer', value, `"last" or 1 to ${decoderLayers} is needed`);
  return layer;
}

function unsupported(file: string, key: string, value: unknown, instead: string): EngineError {
  return new EngineError(
    'MODEL_UNSUPPORTED',
    `${file} sets "${key}: ${value === undefined ? '(nothing)' : JSON.stringify(value)}"; ${instead}.`,
    'Choose a tiny, base or base-memory student of Firefox Translations or Bergamot.',
  );
}
