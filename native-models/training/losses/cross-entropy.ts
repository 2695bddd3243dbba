/**
 * Cross-entropy of a softmax over the vocabulary, with label smoothing (Szegedy et al. 2016, section 7) and weights.
 *
 * For a token of target y with logits z: -Σ q log softmax(z), q = (1 - ε) at y plus ε/V everywhere; where a token has several
 * targets, each has its share of 1 - ε (distillation: Hinton et al. 2015). Tokens x vocabulary is by
 * far the largest array of training, so it is touched as seldom as possible: one product writes the logits, one
 * softmax reads them, and the gradients are two products of that; masks, smoothing and scales are applied to rows of the
 * hidden states instead.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int, ints, string } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import type { Contribution } from '../autodiff/contribution.ts';
import { dense } from '../autodiff/contribution.ts';
import { defineGradient } from '../autodiff/custom-gradient.ts';
import type { Emitter } from '../autodiff/emitter.ts';
import type { SummedLoss } from '../trainable-model.ts';

export interface CrossEntropy {
  /** float32 [N, E] */
  readonly hidden: Value;
  /** float32 [V, E]: the rows of the output layer, which are the target embeddings where these are tied. */
  readonly table: Value;
  readonly vocabulary: number;
  /** float32 [V] */
  readonly bias: Value | null;
  /** int64 [N]; [N, K] with `shares`. */
  readonly targets: Value;
  /** float32 [N, K], each row's sum 1: how much each of a token's K targets counts. Absent: one target counts whole. */
  readonly shares?: Value;
  /** float32 [N]: 0 for padding, 1 for tokens. */
  readonly weights: Value;
  /** ε: 0 for none. */
  readonly smoothing: number;
}

/** The loss of the softmax of `hidden` · `table`ᵀ + `bias`. Only for the outermost level of a model's graph, not inside a Scan. */
export function crossEntropy(g: GraphBuilder, { hidden, table, vocabulary, bias, targets, shares, weights, smoothing }: CrossEntropy): SummedLoss {
  const scalar = (value: number): Value => g.constant(float32([], [value]));
  const logits = g.node('Gemm', bias === null ? [hidden, table] : [hidden, table, bias], { attributes: { transB: int(1) } });
  const likely = g.node('Softmax', [logits], { attributes: { axis: int(-1) } });
  const column = g.constant(int64([1], [1]));
  const target = shares === undefined ? g.node('Unsqueeze', [targets, column]) : targets;
  const weight = g.node('Unsqueeze', [weights, column]);
  // log Σ exp z, from the largest logit and its probability: no second exponential of everything.
  const largest = (value: Value): Value => g.node('ReduceMax', [value], { attributes: { axes: ints(1), keepdims: int(1) } });
  const normalizer = g.node('Sub', [largest(logits), g.node('Log', [largest(likely)])]);
  const ofEach = g.node('GatherElements', [logits, target], { attributes: { axis: int(1) } });
  const ofTarget = shares === undefined ? ofEach : g.node('ReduceSum', [g.node('Mul', [ofEach, shares]), column], { attributes: { keepdims: int(1) } });
  let expected = ofTarget;
  if (smoothing > 0) {
    // The mean of a row of logits is the product with the mean of the table's rows.
    const meanRow = g.node('ReduceMean', [table], { attributes: { axes: ints(0), keepdims: int(1) } });
    const product = g.node('Gemm', [hidden, meanRow], { attributes: { transB: int(1) } });
    const mean = bias === null ? product : g.node('Add', [product, g.node('ReduceMean', [bias], { attributes: { keepdims: int(0) } })]);
    expected = g.node('Add', [g.node('Mul', [ofTarget, scalar(1 - smoothing)]), g.node('Mul', [mean, scalar(smoothing)])]);
  }
  const losses = g.node('Mul', [g.node('Sub', [normalizer, expected]), weight]);
  const sum = g.node('ReduceSum', [losses], { attributes: { keepdims: int(0) } });
  const count = g.node('ReduceSum', [weights], { attributes: { keepdims: int(0) } });

  // d sum / d z = w (softmax - q); w stands at the rows of the hidden states, and ε/V is one row.
  defineGradient(g, sum, (e: Emitter, d: Value): Iterable<readonly [Value, Contribution]> => {
    const scaled = e.node('Mul', [weight, d]);
    // Made from the normalizer, of which it takes nothing, so that the softmax has no reader left and is changed in place.
    const minus = e.node('Add', [e.node('Mul', [normalizer, e.scalar(0)]), shares === undefined ? e.scalar(smoothing - 1) : e.node('Mul', [shares, e.scalar(smoothing - 1)])]);
    const excess = e.node('ScatterElements', [likely, target, minus], { attributes: { axis: int(1), reduction: string('add') } });
    const uniform = smoothing / vocabulary;
    const weighted = e.node('Mul', [hidden, scaled]);
    const sumOfRows = (value: Value, factor: number): Value => e.node('Mul', [e.node('ReduceSum', [value, e.ints(0)], { attributes: { keepdims: int(1) } }), e.scalar(factor)]);
    const byHidden = e.node('Gemm', smoothing > 0 ? [excess, table, sumOfRows(table, -uniform)] : [excess, table]);
    const byTable = e.node('Gemm', smoothing > 0 ? [excess, weighted, sumOfRows(weighted, -uniform)] : [excess, weighted], { attributes: { transA: int(1) } });
    const gradients: [Value, Contribution][] = [
      [hidden, dense(e.node('Mul', [byHidden, scaled]))],
      [table, dense(byTable)],
    ];
    if (bias !== null) {
      const row = e.node('MatMul', [e.node('Reshape', [scaled, e.ints(1, -1)]), excess]);
      const byBias = smoothing > 0 ? e.node('Add', [row, sumOfRows(scaled, -uniform)]) : row;
      gradients.push([bias, dense(e.reshape(byBias, [vocabulary]))]);
    }
    return gradients;
  });
  return { sum, count };
}
