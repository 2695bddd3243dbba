/** The encoder: layers of recurrences over the source, in one direction or both. S tokens of the longest source, B sentences. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int, ints } from '../../onnx/graph-builder.ts';
import { scan } from '../../onnx/scan.ts';
import { int64 } from '../../onnx/tensors.ts';
import { cellStep, statesOfCell } from './cells.ts';
import type { RecurrentConfiguration } from './configuration.ts';
import { encodedSize } from './configuration.ts';
import { directionsOf, tablesOf } from './parameters.ts';

/** Where the graph gets its weights from; in training also what is dropped. */
export interface RecurrentWeights {
  parameter(name: string): Value;
  /** See `ForwardContext.dropout`; absent outside of training. */
  dropout?(g: GraphBuilder, x: Value, dims: readonly (number | string)[], rate: number): Value;
  /** See `ForwardContext.mask`; absent outside of training. */
  mask?(dims: readonly (number | string)[], rate: number): Value | null;
}

export interface Encoded {
  /** float32 [B, S, encodedSize] */
  readonly states: Value;
  /** float32 [B, encodedSize]: the last state of each direction of the last layer */
  readonly last: Value;
}

/** `source`: token ids [S, B]; `mask`: float32 [S, B, 1], 1 for tokens and 0 for padding, over which states stay as they are. */
export function encode(g: GraphBuilder, c: RecurrentConfiguration, weights: RecurrentWeights, source: Value, mask: Value): Encoded {
  const { parameter } = weights;
  const dropped = (x: Value, size: number): Value => weights.dropout?.(g, x, ['S', 'B', size], c.dropout) ?? x;
  const zero = zeroState(g, source, 1, c.hidden);
  let x = dropped(g.node('Gather', [parameter(tablesOf(c).source), source]), c.embedding);
  let last: Value[] = [];
  for (let layer = 1; layer <= c.encoderLayers; layer++) {
    if (layer > 1) x = dropped(x, encodedSize(c));
    const runs = directionsOf(c).map((direction) => {
      const name = `encoder_l${layer}_${direction}`;
      const prepared = g.node('Add', [g.node('MatMul', [x, parameter(`${name}_Wx`)]), parameter(`${name}_b`)]);
      return scan(g, { states: Array.from({ length: statesOfCell(c.encoderCell) }, () => zero), inputs: [prepared, mask], backwards: direction === 'backward' }, (b, states, [step = '', real = '']) => {
        const kept = cellStep(b, c.encoderCell, step, states, name, parameter).map((next, index) => {
          const old = states[index] ?? '';
          return b.node('Add', [old, b.node('Mul', [real, b.node('Sub', [next, old])])]);
        });
        return { states: kept, outputs: kept.slice(0, 1) };
      });
    });
    x = joined(g, 2, runs.map(({ outputs }) => outputs[0] ?? ''));
    last = runs.map(({ states }) => states[0] ?? '');
  }
  return { states: g.node('Transpose', [x], { attributes: { perm: ints(1, 0, 2) } }), last: joined(g, 1, last) };
}

/** Zeros [n, size], n being a size of a tensor. */
export function zeroState(g: GraphBuilder, like: Value, axis: number, size: number): Value {
  const rows = g.node('Shape', [like], { attributes: { start: int(axis), end: int(axis + 1) } });
  return g.node('ConstantOfShape', [g.node('Concat', [rows, g.constant(int64([1], [size]))], { attributes: { axis: int(0) } })]);
}

const joined = (g: GraphBuilder, axis: number, values: readonly Value[]): Value => (values.length === 1 ? (values[0] ?? '') : g.node('Concat', values, { attributes: { axis: int(axis) } }));
