/** What was learned, as arrays in the place of a definition's own. */
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import type { ChangedArrays } from '../../weights/write-changed-model.ts';
import type { Parameter, ParameterStore } from '../parameters.ts';
import { weightParts, type WeightPart } from './weight-parts.ts';

/**
 * The weights of `model` with `share` of what was learned: 1 for all of it, less to forget less (Wortsman et al. 2022);
 * changes of low rank are added to the matrices that they belong to. Arrays that did not change are left out.
 */
export function changedWeights(model: TransformerDefinition, learned: ParameterStore, share: number): ChangedArrays {
  return new Map(weightParts(model).flatMap((part) => {
    const after = changed(part, learned, share);
    return after === null ? [] : [[part.data, after] as const];
  }));
}

/** The trained parameters with `share` of what was learned from `start`. Of a change of low rank one factor shrinks. */
export function withShare(start: ParameterStore, trained: ParameterStore, share: number): ParameterStore {
  return new Map([...trained].map(([name, { dims, data }]) => {
    const old = start.get(name)?.data;
    if (old === undefined || old === data || name.endsWith('.left')) return [name, { dims, data }];
    return [name, { dims, data: data.map((value, index) => (1 - share) * (old[index] ?? 0) + share * value) }];
  }));
}

function changed({ name, data, layout }: WeightPart, learned: ParameterStore, share: number): Float32Array | null {
  const [left, right] = ['left', 'right'].map((side) => learned.get(name.replace(/weight$/, side)));
  if (layout !== undefined && left !== undefined && right !== undefined) return withProduct(data, layout, left, right, share);
  const own = learned.get(name)?.data;
  if (own === undefined || own === data) return null;
  return data.map((value, index) => value + share * ((own[index] ?? 0) - value));
}

/** values + share * left right, where left is [inputs, rank] and right [rank, outputs]. */
function withProduct(values: Float32Array, layout: 'in-out' | 'out-in', left: Parameter, right: Parameter, share: number): Float32Array {
  const [inputs = 0, rank = 0] = left.dims;
  const outputs = right.dims[1] ?? 0;
  const [row, column] = layout === 'in-out' ? [outputs, 1] : [1, inputs];
  const sum = values.slice();
  for (let input = 0; input < inputs; input++)
    for (let k = 0; k < rank; k++) {
      const factor = share * (left.data[input * rank + k] ?? 0);
      for (let output = 0; output < outputs; output++) {
        const at = input * row + output * column;
        sum[at] = (sum[at] ?? 0) + factor * (right.data[k * outputs + output] ?? 0);
      }
    }
  return sum;
}
