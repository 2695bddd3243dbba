/**
 * A part of a value's gradient, not yet computed. Sums over many rows or rounds stay open as long as possible: in a
 * loop, the products that make a weight's gradient become one large product after the loop, and the gradients of looked
 * up rows are added to a dense gradient in place.
 */
import type { Value } from '../../onnx/graph-builder.ts';
import { CONTRIB, int, string } from '../../onnx/graph-builder.ts';
import type { Dimension } from './dimensions.ts';
import { product, sameDims } from './dimensions.ts';
import type { Emitter } from './emitter.ts';

export type Contribution =
  | { readonly kind: 'dense'; readonly value: Value }
  /** The value summed down to the shape `to`. */
  | { readonly kind: 'sum'; readonly value: Value; readonly to: readonly Dimension[] }
  | MatrixProduct
  /** `rows` [..., n] added at `indices` [...] of axis 0 of zeros of the shape `to` [v, n]. */
  | { readonly kind: 'rows'; readonly indices: Value; readonly rows: Value; readonly to: readonly Dimension[] };

/** The axis of a matrix that a product sums over. */
export type SummedAxis = 'rows' | 'columns';

/**
 * The gradient of a factor of a matrix product: a product again. Over the rows of both it is leftᵀ · right, over the columns
 * of both left · rightᵀ, over the columns of the left and the rows of the right left · right. Leading axes that `to` lacks
 * are summed.
 */
export interface MatrixProduct {
  readonly kind: 'product';
  readonly left: Value;
  readonly leftOver: SummedAxis;
  readonly right: Value;
  readonly rightOver: SummedAxis;
  readonly to: readonly Dimension[];
  /** Both have a leading axis of time, which is summed. */
  readonly overTime: boolean;
}

export const dense = (value: Value): Contribution => ({ kind: 'dense', value });
export const summed = (value: Value, to: readonly Dimension[]): Contribution => ({ kind: 'sum', value, to });

/** The gradient that some contributions make together. */
export function total(e: Emitter, contributions: readonly Contribution[]): Value | null {
  const rows = contributions.filter((part) => part.kind === 'rows');
  const parts = contributions.filter((part) => part.kind !== 'rows').map((part) => computed(e, part));
  const [first] = rows;
  if (first === undefined) return parts.length === 0 ? null : e.sum(parts);
  let gradient = parts.length === 0 ? e.zeros(first.to) : e.sum(parts);
  for (const { indices, rows: values, to } of rows) {
    const width = to.slice(1);
    const flatIndices = e.reshape(indices, [product(e.dims(indices)), 1]);
    const flatRows = e.reshape(values, [product(e.dims(indices)), ...width]);
    gradient = e.node('ScatterND', [gradient, flatIndices, flatRows], { attributes: { reduction: string('add') } });
  }
  return gradient;
}

function computed(e: Emitter, part: Exclude<Contribution, { kind: 'rows' }>): Value {
  switch (part.kind) {
    case 'dense':
      return part.value;
    case 'sum':
      return e.sumTo(part.value, part.to);
    case 'product':
      return matrixProduct(e, part);
  }
}

function matrixProduct(e: Emitter, part: MatrixProduct): Value {
  const { leftOver, rightOver, to } = part;
  if (isWeightGradient(part)) {
    const flat = (value: Value): Value => {
      const dims = e.dims(value);
      return e.reshape(value, [product(dims.slice(0, -1)), dims.at(-1) ?? 1]);
    };
    return e.node('Gemm', [flat(part.left), flat(part.right)], { attributes: { transA: int(1) } });
  }
  const [left, right] = part.overTime ? [timeInto(e, part.left, leftOver), timeInto(e, part.right, rightOver)] : [part.left, part.right];
  const attributes = { ...(leftOver === 'rows' ? { transA: int(1) } : {}), ...(rightOver === 'columns' ? { transB: int(1) } : {}) };
  return e.sumTo(e.node('FusedMatMul', [left, right], { domain: CONTRIB, attributes }), to);
}

/** A matrix's gradient from any number of rows: one product over all of them. */
function isWeightGradient({ leftOver, rightOver, to }: MatrixProduct): boolean {
  return leftOver === 'rows' && rightOver === 'rows' && to.length === 2;
}

/** [t, ..., m, n] -> the summed axis takes up time: [..., t*m, n] or [..., m, t*n]. */
function timeInto(e: Emitter, value: Value, over: SummedAxis): Value {
  const [time = 1, ...rest] = e.dims(value);
  const [rows = 1, columns = 1] = rest.slice(-2);
  const batch = rest.slice(0, -2);
  const last = batch.length + 1;
  const moved = e.transpose(value, [...batch.map((_, index) => index + 1), ...(over === 'rows' ? [0, last] : [last, 0]), last + 1]);
  return e.reshape(moved, over === 'rows' ? [...batch, product([time, rows]), columns] : [...batch, rows, product([time, columns])]);
}

/** Whether the products of all rounds of a loop can become one. */
export function canWaitForTheLoop(e: Emitter, part: MatrixProduct): boolean {
  if (isWeightGradient(part)) return true;
  const batch = (value: Value): readonly Dimension[] => e.dims(value).slice(0, -2);
  const wanted = part.to.slice(0, -2);
  return sameDims(batch(part.left), wanted) && sameDims(batch(part.right), wanted);
}
