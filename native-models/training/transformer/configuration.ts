/**
 * What a transformer that is trained from scratch is like: norms behind each part (Vaswani et al. 2017), in the decoder either
 * self-attention or an SSRU in its place (Kim et al. 2019).
 */
import { EngineError } from '../../engine/engine-error.ts';

export const DECODERS = ['ssru', 'self-attention'] as const;

export interface TransformerConfiguration {
  readonly decoder: (typeof DECODERS)[number];
  readonly dim: number;
  readonly heads: number;
  readonly ffnDim: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly dropout: number;
}

export const DEFAULT_TRANSFORMER: TransformerConfiguration = { decoder: 'ssru', dim: 256, heads: 4, ffnDim: 1024, encoderLayers: 3, decoderLayers: 2, dropout: 0.1 };

const LARGEST_SIZE = 8192;
const MOST_LAYERS = 48;

/** Checks JSON; what it does not name is as in `base`. Errors: INVALID_INPUT naming the entry. */
export function readTransformerConfiguration(value: Readonly<Record<string, unknown>>, base: TransformerConfiguration = DEFAULT_TRANSFORMER): TransformerConfiguration {
  const given: Readonly<Record<string, unknown>> = { ...base, ...value };
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(DEFAULT_TRANSFORMER, key));
  if (unknown !== undefined) throw invalid(`there is no setting "${unknown}"`);
  const decoder = DECODERS.find((each) => each === given['decoder']);
  if (decoder === undefined) throw invalid(`"decoder" is one of ${DECODERS.join(', ')}`);
  const whole = (name: Exclude<keyof TransformerConfiguration, 'decoder'>, most: number): number => {
    const entry = given[name];
    if (typeof entry !== 'number' || !Number.isInteger(entry) || entry < 1 || entry > most) throw invalid(`"${name}" is a whole number from 1 to ${most}`);
    return entry;
  };
  const { dropout } = given;
  if (typeof dropout !== 'number' || !(dropout >= 0 && dropout < 1)) throw invalid('"dropout" is a number from 0 to below 1');
  const configuration = { decoder, dim: whole('dim', LARGEST_SIZE), heads: whole('heads', LARGEST_SIZE), ffnDim: whole('ffnDim', 4 * LARGEST_SIZE), encoderLayers: whole('encoderLayers', MOST_LAYERS), decoderLayers: whole('decoderLayers', MOST_LAYERS), dropout };
  if (configuration.dim % 2 !== 0 || configuration.dim % configuration.heads !== 0) throw invalid(`${configuration.dim} numbers can't be shared by ${configuration.heads} heads`);
  return configuration;
}

const invalid = (what: string): EngineError => new EngineError('INVALID_INPUT', `The configuration of the transformer can't be used: ${what}.`, 'Correct the configuration.');
