/**
 * Multi-head attention: over the tokens of a text, over the steps that a decoder has taken, over the encoder's output.
 * H heads of D numbers each.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { CONTRIB, float, int, ints } from '../../onnx/graph-builder.ts';
import { int64 } from '../../onnx/tensors.ts';
import type { Attention } from './definition.ts';
import { sideBySide } from './int8-weights.ts';
import { linear, linears, residual } from './layers.ts';

/**
 * Every token of a text looks at all of it. x: [B*S, dim]; textShape: int64 [2], B and S; bias: [.., .., .., S], added to
 * the scores [B, H, S, S].
 */
export function encoderSelfAttention(g: GraphBuilder, x: Value, part: Attention, textShape: Value, bias: Value): Value {
  return residual(g, x, part, (input) => {
    const { query, key, value } = projections(g, input, part, textShape);
    const weights = softmax(g, g.node('Add', [scores(g, query, key, part.scale, true), bias]));
    return linear(g, joinHeads(g, g.node('MatMul', [weights, value]), part), part.output);
  });
}

/** Keys [R, H, P, D] and values [R, H, P, D] of the P steps before. */
export interface StepCache {
  readonly keys: Value;
  readonly values: Value;
}

/** The newest token looks at all steps so far. x: [R, dim]; bias: [.., H, 1, P+1] or null. `cache` has P+1 steps afterwards. */
export function decoderSelfAttention(g: GraphBuilder, x: Value, part: Attention, before: StepCache, bias: Value | null): { x: Value; cache: StepCache } {
  const perHead = g.constant(int64([4], [-1, part.heads, 1, part.headSize]));
  let cache = before;
  const result = residual(g, x, part, (input) => {
    const [query = '', key = '', value = ''] = linears(g, input, [part.query, part.key, part.value]).map((projected) =>
      g.node('Reshape', [projected, perHead]),
    );
    const append = { attributes: { axis: int(2) } };
    cache = { keys: g.node('Concat', [before.keys, key], append), values: g.node('Concat', [before.values, value], append) };
    const raw = scores(g, query, cache.keys, part.scale, true);
    const weights = softmax(g, bias === null ? raw : g.node('Add', [raw, bias]));
    return linear(g, joinHeads(g, g.node('MatMul', [weights, cache.values]), part, true), part.output);
  });
  return { x: result, cache };
}

/**
 * As `decoderSelfAttention`, over a tree: the K beams of a source share one cache of nodes, a node for each beam of each
 * step, and look only at the nodes that they go back to. When beams change places nothing has to be moved. x: [B*K, dim];
 * before: keys and values [B, H, N, D]; bias: [B, .., K, N+K], far below zero where a beam must not look; sources: int64 [1],
 * B. The cache has N+K nodes afterwards.
 */
export function treeSelfAttention(
  g: GraphBuilder,
  x: Value,
  part: Attention,
  before: StepCache,
  bias: Value,
  sources: Value,
): { x: Value; cache: StepCache } {
  const shape = g.node('Concat', [sources, g.constant(int64([1], [-1]))], { attributes: { axis: int(0) } });
  let cache = before;
  const result = residual(g, x, part, (input) => {
    const { query, key, value } = projections(g, input, part, shape);
    const append = { attributes: { axis: int(2) } };
    cache = { keys: g.node('Concat', [before.keys, key], append), values: g.node('Concat', [before.values, value], append) };
    const weights = softmax(g, g.node('Add', [scores(g, query, cache.keys, part.scale, true), bias]));
    return linear(g, joinHeads(g, g.node('MatMul', [weights, cache.values]), part), part.output);
  });
  return { x: result, cache };
}

/** The encoder's output as one decoder layer sees it: keys [B, H, D, S] and values [B, H, S, D]. */
export interface SourceMemory {
  readonly keys: Value;
  readonly values: Value;
}

/** encoded: [B*S, dim] */
export function sourceMemory(g: GraphBuilder, encoded: Value, part: Attention, textShape: Value): SourceMemory {
  const perHead = g.node('Concat', [textShape, g.constant(int64([2], [part.heads, part.headSize]))], { attributes: { axis: int(0) } });
  const [keys = '', values = ''] = linears(g, encoded, [part.key, part.value]).map((projected) => g.node('Reshape', [projected, perHead]));
  return { keys: transposed(g, keys, 0, 2, 3, 1), values: transposed(g, values, 0, 2, 1, 3) };
}

/**
 * Each of the R = B*K rows looks at its source. The K rows of one source are queries of one product, so that the source's
 * keys and values are there once. mask: [B, 1, 1, S], added to the scores; sources: int64 [1], B. weights: [B, H, K, S].
 */
export function crossAttention(
  g: GraphBuilder,
  x: Value,
  part: Attention,
  memory: SourceMemory,
  mask: Value,
  sources: Value,
): { x: Value; weights: Value } {
  const perSource = g.node('Concat', [sources, g.constant(int64([3], [-1, part.heads, part.headSize]))], { attributes: { axis: int(0) } });
  let weights = '';
  const result = residual(g, x, part, (input) => {
    const query = transposed(g, g.node('Reshape', [linear(g, input, part.query), perSource]), 0, 2, 1, 3);
    weights = softmax(g, g.node('Add', [scores(g, query, memory.keys, part.scale, false), mask]));
    return linear(g, joinHeads(g, g.node('MatMul', [weights, memory.values]), part), part.output);
  });
  return { x: result, weights };
}

/** Query, key and value of the same tokens, each [B, H, T, D]. input: [B*T, dim]; shape: int64 [2], B and T. */
function projections(g: GraphBuilder, input: Value, part: Attention, shape: Value): Record<'query' | 'key' | 'value', Value> {
  const { heads, headSize } = part;
  const joined = sideBySide([part.query, part.key, part.value]);
  if (joined === null) {
    const perHead = g.node('Concat', [shape, g.constant(int64([2], [heads, headSize]))], { attributes: { axis: int(0) } });
    const [query = '', key = '', value = ''] = linears(g, input, [part.query, part.key, part.value]).map((projected) =>
      transposed(g, g.node('Reshape', [projected, perHead]), 0, 2, 1, 3),
    );
    return { query, key, value };
  }
  const perHead = g.node('Concat', [shape, g.constant(int64([3], [3, heads, headSize]))], { attributes: { axis: int(0) } });
  const all = transposed(g, g.node('Reshape', [linear(g, input, joined), perHead]), 2, 0, 3, 1, 4);
  const one = (index: number): Value => g.node('Gather', [all, g.constant(int64([], [index]))], { attributes: { axis: int(0) } });
  return { query: one(0), key: one(1), value: one(2) };
}

function scores(g: GraphBuilder, query: Value, keys: Value, scale: number, transB: boolean): Value {
  return g.node('FusedMatMul', [query, keys], { domain: CONTRIB, attributes: { alpha: float(scale), ...(transB ? { transB: int(1) } : {}) } });
}

function softmax(g: GraphBuilder, values: Value): Value {
  return g.node('Softmax', [values], { attributes: { axis: int(-1) } });
}

/** [.., H, T, D] -> [..*T, H*D]; with one query only nothing has to be moved. */
function joinHeads(g: GraphBuilder, mixed: Value, part: Attention, oneQuery = false): Value {
  const ordered = oneQuery ? mixed : transposed(g, mixed, 0, 2, 1, 3);
  return g.node('Reshape', [ordered, g.constant(int64([2], [-1, part.heads * part.headSize]))]);
}

function transposed(g: GraphBuilder, value: Value, ...order: number[]): Value {
  return g.node('Transpose', [value], { attributes: { perm: ints(...order) } });
}
