/** Graphs that the gradient of Scan is checked on. */
import type { GraphBuilder, Value } from '../../../onnx/graph-builder.ts';
import { int } from '../../../onnx/graph-builder.ts';
import { float32, int64 } from '../../../onnx/tensors.ts';
import { scan } from '../../../onnx/scan.ts';
import type { CheckedInput, GradientCheck } from './numeric-gradients.ts';

const x = (...dims: number[]): CheckedInput => ({ dims });
const open = (declared: readonly (number | string)[], ...dims: number[]): CheckedInput => ({ dims, declared });

/** h' = tanh(x W + h U + b): weights and a bias from around the loop. */
const plainRecurrence =
  (backwards: boolean): GradientCheck['build'] =>
  (g, [steps = '', initial = '', w = '', u = '', bias = '']) => {
    const { states, outputs } = scan(g, { states: [initial], inputs: [steps], backwards }, (b, [h = ''], [step = '']) => {
      const next = b.node('Tanh', [b.node('Add', [b.node('Add', [b.node('MatMul', [step, w]), b.node('MatMul', [h, u])]), bias])]);
      return { states: [next], outputs: [next] };
    });
    return [...states, ...outputs];
  };

const recurrenceInputs = [open(['T', 'B', 2], 4, 3, 2), open(['B', 3], 3, 3), x(2, 3), x(3, 3), x(3)];

/** Additive attention of a state over a memory from around the loop, as in Bahdanau et al. 2015. */
const attention: GradientCheck['build'] = (g, [steps = '', initial = '', keys = '', memory = '', query = '', score = '']) => {
  const { outputs } = scan(g, { states: [initial], inputs: [steps] }, (b, [h = ''], [step = '']) => {
    const axis = (value: number): Value => b.constant(int64([1], [value]));
    const q = b.node('Unsqueeze', [b.node('MatMul', [h, query]), axis(1)]);
    const energies = b.node('Squeeze', [b.node('MatMul', [b.node('Tanh', [b.node('Add', [keys, q])]), score]), axis(2)]);
    const weights = b.node('Softmax', [energies]);
    const context = b.node('Squeeze', [b.node('MatMul', [b.node('Unsqueeze', [weights, axis(1)]), memory]), axis(1)]);
    return { states: [b.node('Tanh', [b.node('Add', [b.node('Mul', [h, step]), context])])], outputs: [context, weights] };
  });
  return outputs;
};

/** Dot products with a memory from around the loop, in both positions of the product. */
const dotAttention: GradientCheck['build'] = (g, [steps = '', initial = '', memory = '']) =>
  scan(g, { states: [initial], inputs: [steps] }, (b, [h = ''], [step = '']) => {
    const axis = (value: number): Value => b.constant(int64([1], [value]));
    const energies = b.node('MatMul', [memory, b.node('Unsqueeze', [b.node('Mul', [h, step]), axis(2)])]);
    const weights = b.node('Softmax', [b.node('Squeeze', [energies, axis(2)])]);
    const context = b.node('Squeeze', [b.node('MatMul', [b.node('Unsqueeze', [weights, axis(1)]), memory]), axis(1)]);
    return { states: [b.node('Add', [h, context])], outputs: [context] };
  }).states;

/** c' = f c + (1 - f) u, only elementwise: the recurrence of an SSRU (Kim et al. 2019). */
const simpleUnit: GradientCheck['build'] = (g, [gates = '', candidates = '', initial = '']) => {
  const { states, outputs } = scan(g, { states: [initial], inputs: [gates, candidates] }, (b, [c = ''], [f = '', u = '']) => {
    const next = b.node('Add', [b.node('Mul', [f, b.node('Sub', [c, u])]), u]);
    return { states: [next], outputs: [next] };
  });
  return [...states, ...outputs];
};

/** A row of a table looked up in each round by a scanned index, a state that nothing reads, an output of the state before. */
const lookup: GradientCheck['build'] = (g, [table = '', initial = '', other = '']) => {
  const indices = g.constant(int64([3, 2], [1, 0, 3, 1, 1, 2]));
  const { states, outputs } = scan(g, { states: [initial, other], inputs: [{ stacked: indices, type: 'int64' }] }, (b, [h = '', unused = ''], [index = '']) => ({
    states: [b.node('Mul', [h, b.node('Gather', [table, index])]), unused],
    outputs: [h, b.node('ReduceSum', [h])],
  }));
  return [...states, ...outputs];
};

/** A weight that is added to everything, a normalization with weights from around the loop, one scanned input without gradient. */
const normalized: GradientCheck['build'] = (g, [steps = '', initial = '', scale = '', bias = '', shared = '']) => {
  const mask = g.constant(float32([3, 2, 1], [1, 1, 1, 0, 1, 0]));
  const { states } = scan(g, { states: [initial], inputs: [steps, mask] }, (b, [h = ''], [step = '', m = '']) => {
    const next = b.node('LayerNormalization', [b.node('Add', [b.node('Add', [h, step]), shared]), scale, bias]);
    return { states: [b.node('Add', [h, b.node('Mul', [m, b.node('Sub', [next, h])])])], outputs: [] };
  });
  return states;
};

/** The gradient is asked for through a body that stands twice. */
const stacked: GradientCheck['build'] = (g: GraphBuilder, inputs) => {
  const [steps = '', initial = '', w = '', u = '', bias = ''] = inputs;
  const first = plainRecurrence(false)(g, inputs);
  const middle = typeof first === 'string' ? first : (first[1] ?? '');
  return plainRecurrence(true)(g, [g.node('Slice', [middle, ...[0, 2, 2].map((value) => g.constant(int64([1], [value])))]), initial, w, u, g.node('Add', [bias, g.node('ReduceMean', [steps], { attributes: { keepdims: int(0) } })])]);
};

/** A recurrence over the words of a sentence inside one over sentences; the inner weights come from outside of both. */
const nested: GradientCheck['build'] = (g, [sentences = '', initial = '', w = '', u = '']) => {
  const { states, outputs } = scan(g, { states: [initial], inputs: [sentences] }, (b, [outer = ''], [words = '']) => {
    const gate = b.node('Sigmoid', [outer]);
    const inner = scan(b, { states: [outer], inputs: [words] }, (c, [h = ''], [word = '']) => {
      const next = c.node('Mul', [gate, c.node('Tanh', [c.node('Add', [c.node('MatMul', [word, w]), c.node('MatMul', [h, u])])])]);
      return { states: [next], outputs: [next] };
    });
    return { states: [b.node('Add', [outer, inner.states[0] ?? ''])], outputs: [b.node('ReduceMean', [inner.outputs[0] ?? ''], { attributes: { keepdims: int(0) } })] };
  });
  return [...states, ...outputs];
};

export const scanChecks: Readonly<Record<'Scan', readonly GradientCheck[]>> = {
  Scan: [
    { inputs: recurrenceInputs, build: plainRecurrence(false) },
    { inputs: recurrenceInputs, build: plainRecurrence(true) },
    { inputs: [open(['T', 'B', 3], 3, 2, 3), open(['B', 3], 2, 3), open(['B', 'S', 4], 2, 5, 4), open(['B', 'S', 3], 2, 5, 3), x(3, 4), x(4, 1)], build: attention },
    { inputs: [open(['T', 'B', 3], 3, 2, 3), open(['B', 3], 2, 3), open(['B', 'S', 3], 2, 4, 3)], build: dotAttention },
    { inputs: [x(4, 2, 3), x(4, 2, 3), x(2, 3)], build: simpleUnit },
    { inputs: [x(4, 3), x(2, 3), x(2)], build: lookup },
    { inputs: [x(3, 2, 4), x(2, 4), x(4), x(4), x(2, 4)], build: normalized },
    { inputs: recurrenceInputs, build: stacked },
    { inputs: [open(['N', 'T', 'B', 2], 2, 3, 2, 2), open(['B', 3], 2, 3), x(2, 3), x(3, 3)], build: nested },
  ],
};
