/** The parameters of a recurrent model, by name. Matrices are [inputs, outputs]. */
import type { Cell, RecurrentConfiguration } from './configuration.ts';
import { attends, encodedSize } from './configuration.ts';

export interface RecurrentParameter {
  readonly dims: readonly number[];
  /** What it is before training: random, or zero. */
  readonly role: 'matrix' | 'embedding' | 'bias';
}

/** How many gates a cell computes from its input and its state. */
export const GATES: Readonly<Record<Cell, number>> = { tanh: 1, gru: 3, lstm: 4 };

/** The names of the tables, of which some may be one. */
export function tablesOf({ tied }: Pick<RecurrentConfiguration, 'tied'>): { readonly source: string; readonly target: string; readonly output: string } {
  const target = 'target_embedding';
  return { source: tied === 'all' ? target : 'source_embedding', target, output: tied === 'none' ? 'output_table' : target };
}

/** Encoder directions, of which the first runs forwards. */
export const directionsOf = ({ bidirectional }: Pick<RecurrentConfiguration, 'bidirectional'>): readonly ('forward' | 'backward')[] => (bidirectional ? ['forward', 'backward'] : ['forward']);

export function recurrentParameters(c: RecurrentConfiguration): ReadonlyMap<string, RecurrentParameter> {
  const parameters = new Map<string, RecurrentParameter>();
  const matrix = (name: string, rows: number, columns: number): void => void parameters.set(name, { dims: [rows, columns], role: 'matrix' });
  const bias = (name: string, size: number): void => void parameters.set(name, { dims: [size], role: 'bias' });
  const table = (name: string, rows: number): void => void parameters.set(name, { dims: [rows, c.embedding], role: 'embedding' });
  const recurrence = (name: string, cell: Cell): void => {
    matrix(`${name}_Wh`, c.hidden, GATES[cell] * c.hidden);
    bias(`${name}_b`, GATES[cell] * c.hidden);
    // The candidate of a GRU needs the state's own bias, behind which the reset gate stands.
    if (cell === 'gru') bias(`${name}_bh`, GATES[cell] * c.hidden);
  };
  const { source, target, output } = tablesOf(c);
  const encoded = encodedSize(c);
  for (const [name, rows] of [[source, c.sourceVocabulary], [target, c.targetVocabulary], [output, c.targetVocabulary]] as const) table(name, rows);
  for (let layer = 1; layer <= c.encoderLayers; layer++) {
    for (const direction of directionsOf(c)) {
      const name = `encoder_l${layer}_${direction}`;
      matrix(`${name}_Wx`, layer === 1 ? c.embedding : encoded, GATES[c.encoderCell] * c.hidden);
      recurrence(name, c.encoderCell);
    }
  }
  if (attends(c)) {
    matrix('attention_Wk', encoded, c.hidden);
    if (c.context !== 'multiplicative') matrix('attention_Wq', c.hidden, c.hidden);
    if (c.context === 'additive') {
      bias('attention_b', c.hidden);
      matrix('attention_v', c.hidden, 1);
    }
    if (c.context === 'multi-head') {
      matrix('attention_Wv', encoded, c.hidden);
      matrix('attention_Wo', c.hidden, encoded);
    }
  }
  const gates = GATES[c.decoderCell] * c.hidden;
  for (let layer = 1; layer <= c.decoderLayers; layer++) {
    const name = `decoder_l${layer}`;
    matrix(`${name}_start_W`, encoded, c.hidden);
    bias(`${name}_start_b`, c.hidden);
    if (layer > 1) matrix(`${name}_Wx`, c.hidden, gates);
    else {
      matrix(`${name}_Wy`, c.embedding, gates);
      matrix(`${name}_Wc`, encoded, gates);
      if (c.inputFeeding) matrix(`${name}_Wr`, c.embedding, gates);
    }
    recurrence(name, c.decoderCell);
  }
  matrix('readout_Wh', c.hidden, c.embedding);
  matrix('readout_Wc', encoded, c.embedding);
  matrix('readout_Wy', c.embedding, c.embedding);
  bias('readout_b', c.embedding);
  bias('output_b', c.targetVocabulary);
  return parameters;
}
