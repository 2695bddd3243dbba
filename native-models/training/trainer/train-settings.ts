/** What a training from scratch is asked for: plain JSON, checked. */
import { DEFAULT_RECURRENT, readRecurrentConfiguration, type RecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { EngineError } from '../../engine/engine-error.ts';
import type { CorpusColumns } from '../corpus/read-corpus.ts';
import { DEFAULT_TRANSFORMER, readTransformerConfiguration, type TransformerConfiguration } from '../transformer/configuration.ts';

/** What a corpus teaches; it says which columns are the source. */
export const TASKS = ['translation', 'summarization', 'question-answering'] as const;
export type TrainingTask = (typeof TASKS)[number];

/** Columns from 0: source and target; text and summary; question, context and answer. */
export const TASK_COLUMNS: Readonly<Record<TrainingTask, CorpusColumns>> = {
  translation: { source: [0], target: 1 },
  summarization: { source: [0], target: 1 },
  'question-answering': { source: [0, 1], target: 2 },
};

/** The sizes of the vocabularies in the model's own configuration come from the corpus. */
export type ModelConfiguration =
  | ({ readonly kind: 'recurrent' } & RecurrentConfiguration)
  | ({ readonly kind: 'transformer' } & TransformerConfiguration);

export interface TrainSettings {
  readonly model: ModelConfiguration;
  readonly vocabulary: {
    readonly algorithm: 'unigram' | 'bpe';
    /** Pieces of each vocabulary; fewer come out of a small corpus. */
    readonly size: number;
    /** One vocabulary for both sides. */
    readonly joint: boolean;
    readonly characterCoverage: number;
  };
  readonly steps: number;
  /** Target tokens of a batch, padding counted. */
  readonly batchTokens: number;
  /** Longer examples are left out. */
  readonly maxTokens: number;
  readonly rate: number;
  /** Steps over which the rate rises; then it falls along a cosine to a twentieth. */
  readonly warmUp: number;
  readonly smoothing: number;
  readonly clipNorm: number;
  /** Steps between two measurements of the held-out part, with a checkpoint each. */
  readonly measureEvery: number;
  /** Held-out pairs that are translated at a measurement; the loss is that of all. */
  readonly measured: number;
  /** Measurements without a lower loss after which training ends. */
  readonly patience: number;
  readonly heldOut: number;
  readonly seed: number;
}

const BASE: Omit<TrainSettings, 'model'> = {
  vocabulary: { algorithm: 'unigram', size: 8000, joint: false, characterCoverage: 0.9999 },
  steps: 20_000, batchTokens: 1500, maxTokens: 80, rate: 1e-3, warmUp: 400, smoothing: 0.1, clipNorm: 1, measureEvery: 500, measured: 100, patience: 6, heldOut: 500, seed: 1,
};
const recurrent = (model: Partial<RecurrentConfiguration>, rest: Partial<TrainSettings> = {}): TrainSettings => ({ ...BASE, ...rest, model: { kind: 'recurrent', ...DEFAULT_RECURRENT, ...model } });

/** Starting points by name; a configuration file changes single settings of one. */
export const PRESETS: Readonly<Record<string, TrainSettings>> = {
  'gru-attention': recurrent({}),
  'gru-multiplicative': recurrent({ context: 'multiplicative', inputFeeding: true }),
  'gru-multi-head': recurrent({ context: 'multi-head' }),
  'lstm-attention': recurrent({ encoderCell: 'lstm', decoderCell: 'lstm' }),
  'lstm-last': recurrent({ encoderCell: 'lstm', decoderCell: 'lstm', context: 'last', encoderLayers: 2, decoderLayers: 2 }),
  'rnn-attention': recurrent({ encoderCell: 'tanh', decoderCell: 'tanh' }),
  transformer: { ...BASE, model: { kind: 'transformer', ...DEFAULT_TRANSFORMER } },
  /** For trying out: seconds on a small corpus. */
  tiny: recurrent({ embedding: 32, hidden: 64, dropout: 0 }, { vocabulary: { ...BASE.vocabulary, size: 300 }, steps: 400, batchTokens: 600, rate: 3e-3, warmUp: 20, smoothing: 0, measureEvery: 100, measured: 50, heldOut: 200 }),
};
export const DEFAULT_PRESET = 'gru-attention';

/** Checks JSON: { preset, model: { kind, ... }, vocabulary: { ... }, steps, ... }; what it does not name is the preset's. Errors: INVALID_INPUT naming the entry. */
export function readTrainSettings(value: unknown, presetName?: string): TrainSettings {
  const given = record(value, 'a configuration');
  const name = presetName ?? (given.get('preset') === undefined ? DEFAULT_PRESET : String(given.get('preset')));
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset === undefined) throw invalid(`there is no preset "${name}"; there are ${Object.keys(PRESETS).join(', ')}`);
  given.delete('preset');
  const number = (from: Map<string, unknown>, key: string, otherwise: number, fits: (value: number) => boolean, what: string): number => {
    const entry = from.get(key) ?? otherwise;
    from.delete(key);
    if (typeof entry !== 'number' || !fits(entry)) throw invalid(`"${key}" is ${what}`);
    return entry;
  };
  const count = (key: 'steps' | 'batchTokens' | 'maxTokens' | 'measureEvery' | 'measured' | 'patience' | 'heldOut', least = 1): number =>
    number(given, key, preset[key], (entry) => Number.isInteger(entry) && entry >= least && entry <= 1e9, `a whole number from ${least}`);
  const model = readModel(given.get('model'), preset.model);
  const vocabulary = readVocabulary(given.get('vocabulary'), preset.vocabulary, number);
  given.delete('model');
  given.delete('vocabulary');
  const settings: TrainSettings = {
    model, vocabulary,
    steps: count('steps'), batchTokens: count('batchTokens'), maxTokens: count('maxTokens', 2), measureEvery: count('measureEvery'), measured: count('measured', 0), patience: count('patience'), heldOut: count('heldOut'),
    warmUp: number(given, 'warmUp', preset.warmUp, (entry) => Number.isInteger(entry) && entry >= 0, 'a whole number from 0'),
    rate: number(given, 'rate', preset.rate, (entry) => entry > 0 && entry < 10, 'a number above 0'),
    smoothing: number(given, 'smoothing', preset.smoothing, (entry) => entry >= 0 && entry < 1, 'a number from 0 to below 1'),
    clipNorm: number(given, 'clipNorm', preset.clipNorm, (entry) => entry > 0, 'a number above 0'),
    seed: number(given, 'seed', preset.seed, (entry) => Number.isInteger(entry) && entry >= 0 && entry < 2 ** 31, 'a whole number from 0'),
  };
  const [unknown] = given.keys();
  if (unknown !== undefined) throw invalid(`there is no setting "${unknown}"`);
  return settings;
}

function readModel(value: unknown, preset: ModelConfiguration): ModelConfiguration {
  const given = record(value ?? {}, '"model"');
  const kind = given.get('kind') ?? preset.kind;
  given.delete('kind');
  const rest = Object.fromEntries(given);
  if (kind === 'recurrent') return { kind, ...readRecurrentConfiguration(rest, preset.kind === 'recurrent' ? withoutKind(preset) : DEFAULT_RECURRENT) };
  if (kind === 'transformer') return { kind, ...readTransformerConfiguration(rest, preset.kind === 'transformer' ? withoutKind(preset) : DEFAULT_TRANSFORMER) };
  throw invalid('"kind" of the model is recurrent or transformer');
}

function withoutKind<Configuration extends { readonly kind: string }>({ kind: _, ...rest }: Configuration): Omit<Configuration, 'kind'> {
  return rest;
}

type ReadNumber = (from: Map<string, unknown>, key: string, otherwise: number, fits: (value: number) => boolean, what: string) => number;

function readVocabulary(value: unknown, preset: TrainSettings['vocabulary'], number: ReadNumber): TrainSettings['vocabulary'] {
  const given = record(value ?? {}, '"vocabulary"');
  const algorithm = given.get('algorithm') ?? preset.algorithm, joint = given.get('joint') ?? preset.joint;
  if (algorithm !== 'unigram' && algorithm !== 'bpe') throw invalid('"algorithm" of the vocabulary is unigram or bpe');
  if (typeof joint !== 'boolean') throw invalid('"joint" is true or false');
  given.delete('algorithm');
  given.delete('joint');
  const size = number(given, 'size', preset.size, (entry) => Number.isInteger(entry) && entry >= 3 && entry <= 1e6, 'a whole number from 3');
  const characterCoverage = number(given, 'characterCoverage', preset.characterCoverage, (entry) => entry > 0 && entry <= 1, 'a number above 0, at most 1');
  const [unknown] = given.keys();
  if (unknown !== undefined) throw invalid(`there is no setting "${unknown}" of the vocabulary`);
  return { algorithm, size, joint, characterCoverage };
}

function record(value: unknown, what: string): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${what} is an object`);
  return new Map(Object.entries(value));
}

const invalid = (what: string): EngineError => new EngineError('INVALID_INPUT', `The configuration of the training can't be used: ${what}.`, 'Correct the configuration; "bitext train --help" has an example.');
