/**
 * T5's relative positions (Raffel et al. 2020, section 2.1): the distance from a query to a key falls into one of a few
 * buckets, exact for near keys, logarithmic further off, and each bucket has a bias for each head.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { ints } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import type { RelativeBias } from './definition.ts';

/**
 * The bucket of `distance` = position of the key - position of the query. `bidirectional`: half of the buckets are for
 * keys behind the query; otherwise these share bucket 0. In float32, as the reference computes it.
 */
export function relativeBucket(distance: number, buckets: number, maxDistance: number, bidirectional: boolean): number {
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const offset = bidirectional && distance > 0 ? side : 0;
  const apart = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = Math.floor(side / 2);
  if (apart < exact) return offset + apart;
  const logarithm = Math.fround(Math.log(Math.fround(apart / exact)));
  const share = Math.fround(Math.fround(logarithm / Math.fround(Math.log(maxDistance / exact))) * (side - exact));
  return offset + Math.min(exact + Math.trunc(share), side - 1);
}

/** length: int64 [] -> [1, heads, length, length], query first. Not bidirectional: for texts that see only what lies behind. */
export function textBias(g: GraphBuilder, bias: RelativeBias, heads: number, length: Value, bidirectional: boolean): Value {
  const range = g.node('Range', [whole(g, 0), length, whole(g, 1)]);
  const keys = g.node('Unsqueeze', [range, g.constant(int64([1], [0]))]);
  const queries = g.node('Unsqueeze', [range, g.constant(int64([1], [1]))]);
  const rows = lookUp(g, bias, heads, g.node('Sub', [keys, queries]), bidirectional);
  return g.node('Unsqueeze', [g.node('Transpose', [rows], { attributes: { perm: ints(2, 0, 1) } }), g.constant(int64([1], [0]))]);
}

/** position: int64 [], of the only query -> [1, heads, 1, position + 1] */
export function stepBias(g: GraphBuilder, bias: RelativeBias, heads: number, position: Value): Value {
  const keys = g.node('Range', [whole(g, 0), g.node('Add', [position, whole(g, 1)]), whole(g, 1)]);
  const rows = lookUp(g, bias, heads, g.node('Sub', [keys, position]), false);
  return g.node('Reshape', [g.node('Transpose', [rows], { attributes: { perm: ints(1, 0) } }), g.constant(int64([4], [1, heads, 1, -1]))]);
}

function lookUp(g: GraphBuilder, bias: RelativeBias, heads: number, distances: Value, bidirectional: boolean): Value {
  const { maxDistance } = bias;
  const bounded = g.node('Clip', [distances, whole(g, -maxDistance), whole(g, maxDistance)]);
  // Of all distances from -maxDistance to maxDistance, beyond which nothing changes.
  const buckets = Array.from({ length: 2 * maxDistance + 1 }, (_, index) => relativeBucket(index - maxDistance, bias.buckets, maxDistance, bidirectional));
  const table = g.constant(float32([bias.buckets, heads], bias.table), 'relative_bias');
  const byDistance = g.node('Gather', [table, g.constant(int64([buckets.length], buckets))]);
  return g.node('Gather', [byDistance, g.node('Add', [bounded, whole(g, maxDistance)])]);
}

function whole(g: GraphBuilder, value: number): Value {
  return g.constant(int64([], [value]));
}
