/**
 * What a recurrent encoder-decoder is like, as plain JSON: s_t' = g(s_t'-1, y_t'-1, c) over h_t = f(h_t±1, x_t), with the
 * context c = m(h, s) by one of six mappings. Every combination is a configuration; there is one graph for all.
 */
import { EngineError } from '../../engine/engine-error.ts';

/** Elman 1990; Cho et al. 2014 with the reset gate behind the product, as cuDNN has it; Hochreiter and Schmidhuber 1997 with forget gates. */
export const CELLS = ['tanh', 'gru', 'lstm'] as const;
export type Cell = (typeof CELLS)[number];

/**
 * From the encoder's states to what the decoder sees of them. `last` (Sutskever et al. 2014), `mean` and `max` are one vector
 * for all steps; `additive` (Bahdanau et al. 2015), `multiplicative` (Luong et al. 2015, "general") and `multi-head` (Vaswani
 * et al. 2017) look anew in each step, with the decoder's last state.
 */
export const CONTEXTS = ['last', 'mean', 'max', 'additive', 'multiplicative', 'multi-head'] as const;
export type ContextMapping = (typeof CONTEXTS)[number];

/** Tables that are one: the target's embeddings and the output layer (Press and Wolf 2017), or the source's too. */
export const TIED = ['none', 'output', 'all'] as const;
export type TiedTables = (typeof TIED)[number];

export interface RecurrentConfiguration {
  readonly encoderCell: Cell;
  readonly decoderCell: Cell;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly bidirectional: boolean;
  readonly context: ContextMapping;
  /** Of `multi-head`; a divisor of `hidden`. */
  readonly heads: number;
  readonly embedding: number;
  /** Units of each cell. */
  readonly hidden: number;
  readonly tied: TiedTables;
  /** What a step read out is seen by the next (Luong et al. 2015, section 3.3). */
  readonly inputFeeding: boolean;
  /** Of embeddings, between layers and before the output, in training; 0 to below 1. */
  readonly dropout: number;
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
}

export const DEFAULT_RECURRENT: RecurrentConfiguration = {
  encoderCell: 'gru', decoderCell: 'gru', encoderLayers: 1, decoderLayers: 1, bidirectional: true, context: 'additive', heads: 4,
  embedding: 256, hidden: 256, tied: 'output', inputFeeding: false, dropout: 0.2, sourceVocabulary: 8000, targetVocabulary: 8000,
};

export const attends = ({ context }: Pick<RecurrentConfiguration, 'context'>): boolean => context === 'additive' || context === 'multiplicative' || context === 'multi-head';

/** Numbers in a state of the encoder, both directions together. */
export const encodedSize = ({ hidden, bidirectional }: Pick<RecurrentConfiguration, 'hidden' | 'bidirectional'>): number => (bidirectional ? 2 : 1) * hidden;

const LARGEST_SIZE = 8192;
const MOST_LAYERS = 16;

/** Checks JSON; what it does not name is as in `base`. Errors: INVALID_INPUT naming the entry. */
export function readRecurrentConfiguration(value: unknown, base: RecurrentConfiguration = DEFAULT_RECURRENT): RecurrentConfiguration {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('a model is an object of settings');
  const given = new Map<string, unknown>(Object.entries(value));
  const take = (name: keyof RecurrentConfiguration): unknown => {
    const entry = given.get(name) ?? base[name];
    given.delete(name);
    return entry;
  };
  const among = <Name extends string>(name: keyof RecurrentConfiguration, names: readonly Name[]): Name => {
    const entry = take(name);
    const found = names.find((each) => each === entry);
    if (found === undefined) throw invalid(`"${name}" is one of ${names.join(', ')}`);
    return found;
  };
  const whole = (name: keyof RecurrentConfiguration, most: number): number => {
    const entry = take(name);
    if (typeof entry !== 'number' || !Number.isInteger(entry) || entry < 1 || entry > most) throw invalid(`"${name}" is a whole number from 1 to ${most}`);
    return entry;
  };
  const flag = (name: keyof RecurrentConfiguration): boolean => {
    const entry = take(name);
    if (typeof entry !== 'boolean') throw invalid(`"${name}" is true or false`);
    return entry;
  };
  const configuration: RecurrentConfiguration = {
    encoderCell: among('encoderCell', CELLS), decoderCell: among('decoderCell', CELLS),
    encoderLayers: whole('encoderLayers', MOST_LAYERS), decoderLayers: whole('decoderLayers', MOST_LAYERS),
    bidirectional: flag('bidirectional'), context: among('context', CONTEXTS), heads: whole('heads', LARGEST_SIZE),
    embedding: whole('embedding', LARGEST_SIZE), hidden: whole('hidden', LARGEST_SIZE),
    tied: among('tied', TIED), inputFeeding: flag('inputFeeding'), dropout: shareIn(take('dropout')),
    sourceVocabulary: whole('sourceVocabulary', 2 ** 24), targetVocabulary: whole('targetVocabulary', 2 ** 24),
  };
  const [unknown] = given.keys();
  if (unknown !== undefined) throw invalid(`there is no setting "${unknown}"`);
  if (configuration.context === 'multi-head' && configuration.hidden % configuration.heads !== 0) throw invalid(`${configuration.hidden} units can't be shared by ${configuration.heads} heads`);
  if (configuration.tied === 'all' && configuration.sourceVocabulary !== configuration.targetVocabulary) throw invalid('one table for source and target needs one vocabulary');
  return configuration;
}

function shareIn(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value < 1)) throw invalid('"dropout" is a number from 0 to below 1');
  return value;
}

const invalid = (what: string): EngineError => new EngineError('INVALID_INPUT', `The configuration of the recurrent model can't be used: ${what}.`, 'Correct the configuration.');
