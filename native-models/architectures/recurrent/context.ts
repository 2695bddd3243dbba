/**
 * The context mappings m: what the decoder sees of the source. What does not depend on the decoder's state is computed once
 * for a sentence ("memory"), the rest in each step.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int, ints } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import type { RecurrentConfiguration } from './configuration.ts';
import { attends } from './configuration.ts';
import type { Encoded } from './encoder.ts';

/** What stays the same for a sentence, by name, all [n, ...]. `fixed`: a context that is the same in each step. */
export type Memory = Readonly<Record<string, Value>>;

const FAR = 1e9;

/** `mask`: float32 [S, B, 1] as the encoder takes it. */
export function rememberSource(g: GraphBuilder, c: RecurrentConfiguration, parameter: (name: string) => Value, encoded: Encoded, mask: Value): Memory {
  const list = (...values: number[]): Value => g.constant(int64([values.length], values));
  // [B, S, 1]
  const real = g.node('Transpose', [mask], { attributes: { perm: ints(1, 0, 2) } });
  const hidden = g.node('Mul', [g.node('Sub', [real, g.constant(float32([], [1]))]), g.constant(float32([], [FAR]))]);
  const { states, last } = encoded;
  if (!attends(c)) {
    switch (c.context) {
      case 'mean': {
        const count = g.node('ReduceSum', [real, list(1)], { attributes: { keepdims: int(0) } });
        return { fixed: g.node('Div', [g.node('ReduceSum', [g.node('Mul', [states, real]), list(1)], { attributes: { keepdims: int(0) } }), count]) };
      }
      case 'max':
        return { fixed: g.node('ReduceMax', [g.node('Add', [states, hidden])], { attributes: { axes: ints(1), keepdims: int(0) } }) };
      default:
        return { fixed: last };
    }
  }
  const keys = g.node('MatMul', [states, parameter('attention_Wk')]);
  if (c.context === 'additive') return { states, keys: g.node('Add', [keys, parameter('attention_b')]), hidden: g.node('Squeeze', [hidden, list(2)]) };
  if (c.context === 'multiplicative') return { states, keys, hidden: g.node('Transpose', [hidden], { attributes: { perm: ints(0, 2, 1) } }) };
  const perHead = (value: Value, ...order: number[]): Value => g.node('Transpose', [g.node('Reshape', [value, list(0, 0, c.heads, c.hidden / c.heads)])], { attributes: { perm: ints(...order) } });
  return {
    keys: perHead(keys, 0, 2, 3, 1),
    values: perHead(g.node('MatMul', [states, parameter('attention_Wv')]), 0, 2, 1, 3),
    hidden: g.node('Unsqueeze', [g.node('Transpose', [hidden], { attributes: { perm: ints(0, 2, 1) } }), list(1)]),
  };
}

/** The context of a step of the mappings that attend: [n, encodedSize], and the attention [n, S]. `state`: [n, hidden]. */
export function attend(b: GraphBuilder, c: RecurrentConfiguration, parameter: (name: string) => Value, state: Value, memory: Memory): { context: Value; attention: Value } {
  const { states = '', keys = '', values = '', hidden = '' } = memory;
  const list = (...numbers: number[]): Value => b.constant(int64([numbers.length], numbers));
  const softmax = (energies: Value): Value => b.node('Softmax', [b.node('Add', [energies, hidden])], { attributes: { axis: int(-1) } });
  const query = (): Value => b.node('MatMul', [state, parameter('attention_Wq')]);
  if (c.context === 'multi-head') {
    const size = c.hidden / c.heads;
    const scaled = b.node('Mul', [b.node('Reshape', [query(), list(-1, c.heads, 1, size)]), b.constant(float32([], [1 / Math.sqrt(size)]))]);
    const weights = softmax(b.node('MatMul', [scaled, keys]));
    const mixed = b.node('Reshape', [b.node('MatMul', [weights, values]), list(-1, c.hidden)]);
    const ofHeads = b.node('Squeeze', [weights, list(2)]);
    return { context: b.node('MatMul', [mixed, parameter('attention_Wo')]), attention: b.node('ReduceMean', [ofHeads], { attributes: { axes: ints(1), keepdims: int(0) } }) };
  }
  if (c.context === 'multiplicative') {
    // [n, 1, hidden] x [n, S, hidden] -> [n, 1, S]
    const energies = b.node('MatMul', [b.node('Unsqueeze', [state, list(1)]), b.node('Transpose', [keys], { attributes: { perm: ints(0, 2, 1) } })]);
    const weights = softmax(energies);
    return { context: b.node('Squeeze', [b.node('MatMul', [weights, states]), list(1)]), attention: b.node('Squeeze', [weights, list(1)]) };
  }
  const compared = b.node('Tanh', [b.node('Add', [keys, b.node('Unsqueeze', [query(), list(1)])])]);
  const weights = softmax(b.node('Squeeze', [b.node('MatMul', [compared, parameter('attention_v')]), list(2)]));
  return { context: b.node('Squeeze', [b.node('MatMul', [b.node('Unsqueeze', [weights, list(1)]), states]), list(1)]), attention: weights };
}
