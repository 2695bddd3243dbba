/** Settings of a training from scratch out of JSON: a preset, and what differs from it. */
import { DEFAULT_RECURRENT, readRecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { DEFAULT_TRANSFORMER, readTransformerConfiguration } from '../transformer/configuration.ts';
import { DEFAULT_PRESET, PRESETS } from './presets.ts';
import { OPTIMIZERS, SCHEDULES, type ModelConfiguration, type TrainSettings } from './train-settings.ts';

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
  const count = (key: 'steps' | 'batchTokens' | 'maxTokens' | 'measureEvery' | 'measured' | 'patience' | 'heldOut' | 'accumulate' | 'keep', least = 1): number =>
    number(given, key, preset[key], (entry) => Number.isInteger(entry) && entry >= least && entry <= 1e9, `a whole number from ${least}`);
  const oneOf = <Value extends string>(key: string, values: readonly Value[], otherwise: Value): Value => {
    const entry = given.get(key) ?? otherwise;
    given.delete(key);
    const known = values.find((value) => value === entry);
    if (known === undefined) throw invalid(`"${key}" is one of ${values.join(', ')}`);
    return known;
  };
  const share = (key: 'smoothing' | 'momentum' | 'average'): number => number(given, key, preset[key], (entry) => entry >= 0 && entry < 1, 'a number from 0 to below 1');
  const model = readModel(given.get('model'), preset.model);
  const vocabulary = readVocabulary(given.get('vocabulary'), preset.vocabulary, number);
  given.delete('model');
  given.delete('vocabulary');
  const settings: TrainSettings = {
    model, vocabulary,
    steps: count('steps'), batchTokens: count('batchTokens'), maxTokens: count('maxTokens', 2), measureEvery: count('measureEvery'), measured: count('measured', 0), patience: count('patience'), heldOut: count('heldOut'), accumulate: count('accumulate'), keep: count('keep', 2),
    optimizer: oneOf('optimizer', OPTIMIZERS, preset.optimizer),
    schedule: oneOf('schedule', SCHEDULES, preset.schedule),
    weightDecay: number(given, 'weightDecay', preset.weightDecay, (entry) => entry >= 0 && entry < 10, 'a number from 0'),
    momentum: share('momentum'), average: share('average'), smoothing: share('smoothing'),
    warmUp: number(given, 'warmUp', preset.warmUp, (entry) => Number.isInteger(entry) && entry >= 0, 'a whole number from 0'),
    rate: number(given, 'rate', preset.rate, (entry) => entry > 0 && entry < 10, 'a number above 0'),
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

const invalid = (what: string): EngineError => new EngineError('INVALID_INPUT', `The configuration of the training can't be used: ${what}.`, 'Correct the configuration; docs/training.md lists the settings.');
