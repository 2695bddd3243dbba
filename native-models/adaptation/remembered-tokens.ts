/**
 * What confirmed translations of similar sentences say about the next token, mixed into what the model says: a datastore of
 * hidden states and the tokens that followed them (kNN-MT: Khandelwal et al. 2021), a small one for each sentence (SK-MT:
 * Dai et al. 2023). It is part of the decoding graph of students that were opened to remember.
 *
 * Inputs   keys          float32 [B, dim, K]  decoder states, a column each
 *          keySquares    float32 [B, K]       their squared lengths; a huge one where a sentence has fewer keys
 *          keyColumns    int64   [B, K]       the column of the candidates that followed each
 *          columnBias    float32 [B, C]       added to the logits
 *          memoryScale   float32 [B, 3]       -1 / temperature, 1 / reach, and the largest share of the datastore
 */
import { int, ints, string, type GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { float32, int64 } from '../onnx/tensors.ts';

/** Squared length of a key that is none. */
export const NO_KEY = 1e9;

export interface RememberedTokens {
  /** What a sentence carries through decoding. */
  readonly sentences: Readonly<Record<string, Value>>;
  /** hidden [n, dim], logits [n, C] -> log-probabilities [n, C]. `sentences`: the same n sentences. */
  mix(b: GraphBuilder, hidden: Value, logits: Value, sentences: Readonly<Record<string, Value>>): Value;
}

/** Adds the inputs to the graph. */
export function rememberedTokens(g: GraphBuilder, dim: number): RememberedTokens {
  const keys = g.input('keys', 'float32', ['B', dim, 'K']);
  const keySquares = g.input('keySquares', 'float32', ['B', 'K']);
  const keyColumns = g.input('keyColumns', 'int64', ['B', 'K']);
  const columnBias = g.input('columnBias', 'float32', ['B', 'C']);
  const scale = g.input('memoryScale', 'float32', ['B', 3]);
  const [closeness = '', nearness = '', most = ''] = g.nodes('Split', [scale], 3, { attributes: { axis: int(1) } });
  const one = g.constant(float32([1], [1]));
  const zero = g.constant(float32([1], [0]));
  const middle = g.constant(int64([1], [1]));
  const alongColumns = { attributes: { axis: int(-1) } };
  return {
    sentences: { keys, keySquares, keyColumns, columnBias, closeness, nearness, most },
    mix(b, hidden, logits, own) {
      const products = b.node('Squeeze', [b.node('MatMul', [b.node('Unsqueeze', [hidden, middle]), own['keys'] ?? '']), middle]);
      const length = b.node('ReduceSumSquare', [hidden], { attributes: { axes: ints(-1), keepdims: int(1) } });
      const squares = b.node('Add', [length, own['keySquares'] ?? '']);
      const distances = b.node('Relu', [b.node('Sub', [squares, b.node('Add', [products, products])])]);
      const weights = b.node('Softmax', [b.node('Mul', [distances, own['closeness'] ?? ''])], alongColumns);
      const nearest = b.node('ReduceMin', [distances], { attributes: { axes: ints(-1), keepdims: int(1) } });
      // The nearer the nearest key, the more the datastore is believed.
      const share = b.node('Mul', [b.node('Max', [b.node('Sub', [one, b.node('Mul', [nearest, own['nearness'] ?? ''])]), zero]), own['most'] ?? '']);
      const biased = b.node('Add', [logits, own['columnBias'] ?? '']);
      const model = b.node('Mul', [b.node('Softmax', [biased], alongColumns), b.node('Sub', [one, share])]);
      const mixed = b.node('ScatterElements', [model, own['keyColumns'] ?? '', b.node('Mul', [weights, share])], { attributes: { axis: int(-1), reduction: string('add') } });
      return b.node('Log', [b.node('Max', [mixed, b.constant(float32([1], [1e-30]))])]);
    },
  };
}
