/** The weights of a Marian student as float32 parameters that can be trained, by Marian's own names. */
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import type { MarianWeights } from '../../weights/marian-weights.ts';
import type { Parameter } from '../parameters.ts';

export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

/** Every parameter of the architecture and its shape; matrices are [rows, columns] as the formulas use them. */
export function studentParameterShapes(a: StudentArchitecture): ParameterShapes {
  const shapes = new Map<string, readonly number[]>();
  const { dim, ffnDim } = a;
  const linear = (matrix: string, bias: string | null, rows: number, columns: number): void => {
    shapes.set(matrix, [rows, columns]);
    if (bias !== null) shapes.set(bias, [columns]);
  };
  const norm = (name: string): void => {
    shapes.set(`${name}_ln_scale`, [dim]).set(`${name}_ln_bias`, [dim]);
  };
  const attention = (name: string): void => {
    for (const part of ['q', 'k', 'v', 'o']) linear(`${name}_W${part}`, `${name}_b${part}`, dim, dim);
    norm(`${name}_Wo`);
  };
  const feedForward = (name: string): void => {
    linear(`${name}_W1`, `${name}_b1`, dim, ffnDim);
    linear(`${name}_W2`, `${name}_b2`, ffnDim, dim);
    norm(`${name}_ffn`);
  };
  if (a.sharedEmbeddings) shapes.set('Wemb', [a.targetVocabulary, dim]);
  else shapes.set('encoder_Wemb', [a.sourceVocabulary, dim]).set('decoder_Wemb', [a.targetVocabulary, dim]);
  for (let layer = 1; layer <= a.encoderLayers; layer++) {
    attention(`encoder_l${layer}_self`);
    feedForward(`encoder_l${layer}_ffn`);
  }
  for (let layer = 1; layer <= a.decoderLayers; layer++) {
    linear(`decoder_l${layer}_rnn_Wf`, `decoder_l${layer}_rnn_bf`, dim, dim);
    linear(`decoder_l${layer}_rnn_W`, null, dim, dim);
    norm(`decoder_l${layer}_rnn_ffn`);
    attention(`decoder_l${layer}_context`);
    feedForward(`decoder_l${layer}_ffn`);
  }
  return shapes.set('decoder_ff_logit_out_b', [a.targetVocabulary]);
}

/** The weights of a model, int8 ones as the numbers that they stand for. Errors: MODEL_BROKEN where one is missing or of another shape. */
export function readStudentParameters(weights: MarianWeights, architecture: StudentArchitecture): Map<string, Parameter> {
  return new Map([...studentParameterShapes(architecture)].map(([name, dims]) => {
    const [rows = 0, columns] = dims;
    const data = columns === undefined ? weights.vector(name, rows) : weights.matrix(name, rows, columns).values;
    return [name, { dims, data }];
  }));
}
