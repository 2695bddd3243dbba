/** The cells: a new state from the old one and from the product of the input, which is made outside of the loop where it can be. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int } from '../../onnx/graph-builder.ts';
import { float32 } from '../../onnx/tensors.ts';
import type { Cell } from './configuration.ts';
import { GATES } from './parameters.ts';

/** Added to the forget gate of an LSTM, so that it begins by remembering (Jozefowicz et al. 2015). */
const FORGET_BIAS = 1;

/** How many tensors [n, hidden] a cell hands to the next step; the first is its output. */
export const statesOfCell = (cell: Cell): number => (cell === 'lstm' ? 2 : 1);

/** x: [n, gates * hidden], the input's product with its bias. `parameter` knows `${name}_Wh` and the like. */
export function cellStep(b: GraphBuilder, cell: Cell, x: Value, states: readonly Value[], name: string, parameter: (name: string) => Value): Value[] {
  const [h = '', c = ''] = states;
  const product = b.node('MatMul', [h, parameter(`${name}_Wh`)]);
  const gates = (value: Value): Value[] => b.nodes('Split', [value], GATES[cell], { attributes: { axis: int(-1) } });
  const sum = (left: Value, right: Value): Value => b.node('Add', [left, right]);
  const sigmoid = (value: Value): Value => b.node('Sigmoid', [value]);
  const tanh = (value: Value): Value => b.node('Tanh', [value]);
  switch (cell) {
    case 'tanh':
      return [tanh(sum(x, product))];
    case 'gru': {
      const [xr = '', xz = '', xn = ''] = gates(x);
      const [hr = '', hz = '', hn = ''] = gates(sum(product, parameter(`${name}_bh`)));
      const reset = sigmoid(sum(xr, hr));
      const update = sigmoid(sum(xz, hz));
      const candidate = tanh(sum(xn, b.node('Mul', [reset, hn])));
      // (1 - z) n + z h, with one product less.
      return [sum(candidate, b.node('Mul', [update, b.node('Sub', [h, candidate])]))];
    }
    case 'lstm': {
      const [input = '', forget = '', candidate = '', output = ''] = gates(sum(x, product));
      const remembered = b.node('Mul', [sigmoid(sum(forget, b.constant(float32([], [FORGET_BIAS])))), c]);
      const memory = sum(remembered, b.node('Mul', [sigmoid(input), tanh(candidate)]));
      return [b.node('Mul', [sigmoid(output), tanh(memory)]), memory];
    }
  }
}
