/** Starting points of a training from scratch, by name; a configuration changes single settings of one. */
import { DEFAULT_RECURRENT, type RecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { DEFAULT_TRANSFORMER } from '../transformer/configuration.ts';
import type { TrainSettings } from './train-settings.ts';

const BASE: Omit<TrainSettings, 'model'> = {
  vocabulary: { algorithm: 'unigram', size: 8000, joint: false, characterCoverage: 0.9999 },
  steps: 20_000, batchTokens: 1500, accumulate: 1, maxTokens: 80,
  optimizer: 'adam', momentum: 0.9, weightDecay: 0.01, rate: 1e-3, schedule: 'cosine', warmUp: 400, clipNorm: 1, average: 0,
  smoothing: 0.1, measureEvery: 500, measured: 100, patience: 6, heldOut: 500, keep: 5, seed: 1,
};

const recurrent = (model: Partial<RecurrentConfiguration>, rest: Partial<TrainSettings> = {}): TrainSettings => ({ ...BASE, ...rest, model: { kind: 'recurrent', ...DEFAULT_RECURRENT, ...model } });

export const PRESETS: Readonly<Record<string, TrainSettings>> = {
  'gru-attention': recurrent({}),
  'gru-multiplicative': recurrent({ context: 'multiplicative', inputFeeding: true }),
  'gru-multi-head': recurrent({ context: 'multi-head' }),
  'lstm-attention': recurrent({ encoderCell: 'lstm', decoderCell: 'lstm' }),
  'lstm-last': recurrent({ encoderCell: 'lstm', decoderCell: 'lstm', context: 'last', encoderLayers: 2, decoderLayers: 2 }),
  'rnn-attention': recurrent({ encoderCell: 'tanh', decoderCell: 'tanh' }),
  transformer: { ...BASE, model: { kind: 'transformer', ...DEFAULT_TRANSFORMER } },
  'transformer-attention': { ...BASE, vocabulary: { ...BASE.vocabulary, joint: true }, model: { kind: 'transformer', ...DEFAULT_TRANSFORMER, decoder: 'self-attention' } },
  /** For trying out: seconds on a small corpus. */
  tiny: recurrent({ embedding: 32, hidden: 64, dropout: 0 }, { vocabulary: { ...BASE.vocabulary, size: 300 }, steps: 400, batchTokens: 600, rate: 3e-3, warmUp: 20, smoothing: 0, measureEvery: 100, measured: 50, heldOut: 200 }),
};
export const DEFAULT_PRESET = 'gru-attention';
