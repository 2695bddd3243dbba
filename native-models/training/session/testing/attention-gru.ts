/**
 * A small translator for tests and the benchmark: a bidirectional GRU encoder, additive attention (Bahdanau et al. 2015), a GRU
 * decoder and a readout to tied target embeddings. It is what shared/reference/training_prototype computes, by Scan.
 */
import type { GraphBuilder, Value } from '../../../onnx/graph-builder.ts';
import { int, ints } from '../../../onnx/graph-builder.ts';
import { scan } from '../../../onnx/scan.ts';
import { float32, int64 } from '../../../onnx/tensors.ts';
import { crossEntropy } from '../../losses/cross-entropy.ts';
import { glorot, normal, zeros } from '../../parameters.ts';
import type { ParameterDefinition } from '../../parameters.ts';
import type { Batch, ForwardContext, TrainableModel } from '../../trainable-model.ts';

export interface AttentionGruSettings {
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly smoothing: number;
  readonly dropout: number;
}

export function attentionGru(settings: AttentionGruSettings): TrainableModel {
  const { sourceVocabulary, targetVocabulary, embedding: E, hidden: H } = settings;
  const matrix = (name: string, rows: number, columns: number): ParameterDefinition => ({ name, dims: [rows, columns], initial: glorot });
  const vector = (name: string, size: number): ParameterDefinition => ({ name, dims: [size], initial: zeros });
  const gru = (name: string, input: number): ParameterDefinition[] => [matrix(`${name}_wx`, input, 3 * H), matrix(`${name}_wh`, H, 3 * H), vector(`${name}_b`, 3 * H), vector(`${name}_bh`, 3 * H)];
  return {
    parameters: [
      { name: 'emb_s', dims: [sourceVocabulary, E], initial: normal(0.1) },
      { name: 'emb_t', dims: [targetVocabulary, E], initial: normal(0.1) },
      ...gru('ef', E),
      ...gru('eb', E),
      matrix('init_w', H, H),
      vector('init_b', H),
      matrix('att_k', 2 * H, H),
      matrix('att_q', H, H),
      matrix('att_v', H, 1),
      ...gru('d', E + 2 * H),
      matrix('o_w', 3 * H + E, E),
      vector('o_b', E),
      vector('out_b', targetVocabulary),
    ],
    // Time first: a Scan runs over the first axis.
    inputs: [
      { name: 'source', type: 'int64', dims: ['S', 'B'] },
      { name: 'source-mask', type: 'float32', dims: ['S', 'B', 1] },
      { name: 'previous', type: 'int64', dims: ['T', 'B'] },
      { name: 'target', type: 'int64', dims: ['T', 'B'] },
      { name: 'target-mask', type: 'float32', dims: ['T', 'B'] },
    ],
    loss: (g, context) => forward(g, context, settings),
  };
}

function forward(g: GraphBuilder, context: ForwardContext, { embedding: E, hidden: H, targetVocabulary, smoothing, dropout }: AttentionGruSettings): ReturnType<TrainableModel['loss']> {
  const { parameter: p, input } = context;
  const list = (...values: number[]): Value => g.constant(int64([values.length], values));
  const size = (value: Value, axis: number): Value => g.node('Shape', [value], { attributes: { start: int(axis), end: int(axis + 1) } });
  const joined = (axis: number, ...values: Value[]): Value => g.node('Concat', values, { attributes: { axis: int(axis) } });
  const batch = size(input('source'), 1);
  const none = g.node('ConstantOfShape', [joined(0, batch, list(H))]);
  const mask = input('source-mask');

  const embedded = context.dropout(g, g.node('Gather', [p('emb_s'), input('source')]), ['S', 'B', E], dropout);
  const encoder = (name: string, backwards: boolean): { states: Value[]; outputs: Value[] } => {
    const prepared = g.node('Add', [g.node('MatMul', [embedded, p(`${name}_wx`)]), p(`${name}_b`)]);
    return scan(g, { states: [none], inputs: [prepared, mask], backwards }, (b, [h = ''], [x = '', m = '']) => {
      const next = gruCell(b, x, h, p(`${name}_wh`), p(`${name}_bh`));
      const kept = b.node('Add', [h, b.node('Mul', [m, b.node('Sub', [next, h])])]);
      return { states: [kept], outputs: [kept] };
    });
  };
  const [forwards, backwards] = [encoder('ef', false), encoder('eb', true)];
  const encoded = g.node('Transpose', [joined(2, forwards.outputs[0] ?? '', backwards.outputs[0] ?? '')], { attributes: { perm: ints(1, 0, 2) } });
  const keys = g.node('MatMul', [encoded, p('att_k')]);
  const hidden = g.node('Mul', [g.node('Sub', [g.node('Transpose', [g.node('Squeeze', [mask, list(2)])], { attributes: { perm: ints(1, 0) } }), g.constant(float32([], [1]))]), g.constant(float32([], [1e9]))]);
  const initial = g.node('Tanh', [g.node('Add', [g.node('MatMul', [backwards.states[0] ?? '', p('init_w')]), p('init_b')])]);

  const previous = context.dropout(g, g.node('Gather', [p('emb_t'), input('previous')]), ['T', 'B', E], dropout);
  // The product of [embedding, context] with one matrix is the sum of two products, one of them outside of the loop.
  const [forEmbedding = '', forContext = ''] = g.nodes('Split', [p('d_wx'), list(E, 2 * H)], 2, { attributes: { axis: int(0) } });
  const prepared = g.node('Add', [g.node('MatMul', [previous, forEmbedding]), p('d_b')]);
  const decoder = scan(g, { states: [initial], inputs: [prepared] }, (b, [h = ''], [x = '']) => {
    const query = b.node('Unsqueeze', [b.node('MatMul', [h, p('att_q')]), list(1)]);
    const energies = b.node('Squeeze', [b.node('MatMul', [b.node('Tanh', [b.node('Add', [keys, query])]), p('att_v')]), list(2)]);
    const attention = b.node('Softmax', [b.node('Add', [energies, hidden])], { attributes: { axis: int(-1) } });
    const mixed = b.node('Squeeze', [b.node('MatMul', [b.node('Unsqueeze', [attention, list(1)]), encoded]), list(1)]);
    const next = gruCell(b, b.node('Add', [x, b.node('MatMul', [mixed, forContext])]), h, p('d_wh'), p('d_bh'));
    return { states: [next], outputs: [next, mixed] };
  });
  const [states = '', contexts = ''] = decoder.outputs;
  const features = context.dropout(g, joined(2, states, contexts, previous), ['T', 'B', 3 * H + E], dropout);
  const readout = g.node('Tanh', [g.node('Add', [g.node('MatMul', [features, p('o_w')]), p('o_b')])]);
  return crossEntropy(g, {
    hidden: g.node('Reshape', [readout, list(-1, E)]),
    table: p('emb_t'),
    vocabulary: targetVocabulary,
    bias: p('out_b'),
    targets: g.node('Reshape', [input('target'), list(-1)]),
    weights: g.node('Reshape', [input('target-mask'), list(-1)]),
    smoothing,
  });
}

/** A GRU as PyTorch and cuDNN have it: the reset gate after the product. x: [B, 3H] with its bias, h: [B, H]. */
function gruCell(b: GraphBuilder, x: Value, h: Value, weight: Value, bias: Value): Value {
  const recurrent = b.node('Add', [b.node('MatMul', [h, weight]), bias]);
  const thirds = (value: Value): Value[] => b.nodes('Split', [value], 3, { attributes: { axis: int(-1) } });
  const [xr = '', xz = '', xn = ''] = thirds(x);
  const [hr = '', hz = '', hn = ''] = thirds(recurrent);
  const reset = b.node('Sigmoid', [b.node('Add', [xr, hr])]);
  const update = b.node('Sigmoid', [b.node('Add', [xz, hz])]);
  const candidate = b.node('Tanh', [b.node('Add', [xn, b.node('Mul', [reset, hn])])]);
  return b.node('Add', [candidate, b.node('Mul', [update, b.node('Sub', [h, candidate])])]);
}

/** Pairs of token ids as a batch: 0 begins and ends a target, and fills up what is shorter than the longest. */
export function pairBatch(pairs: readonly { readonly source: readonly number[]; readonly target: readonly number[] }[]): Batch {
  const longest = (side: 'source' | 'target'): number => Math.max(...pairs.map((pair) => pair[side].length));
  const [S, T, B] = [longest('source'), longest('target') + 1, pairs.length];
  const source = new BigInt64Array(S * B);
  const sourceMask = new Float32Array(S * B);
  const previous = new BigInt64Array(T * B);
  const target = new BigInt64Array(T * B);
  const targetMask = new Float32Array(T * B);
  for (const [row, pair] of pairs.entries()) {
    for (const [time, token] of pair.source.entries()) [source[time * B + row], sourceMask[time * B + row]] = [BigInt(token), 1];
    for (const [time, token] of pair.target.entries()) [target[time * B + row], previous[(time + 1) * B + row]] = [BigInt(token), BigInt(token)];
    for (let time = 0; time <= pair.target.length; time++) targetMask[time * B + row] = 1;
  }
  return {
    source: { type: 'int64', dims: [S, B], data: source },
    'source-mask': { type: 'float32', dims: [S, B, 1], data: sourceMask },
    previous: { type: 'int64', dims: [T, B], data: previous },
    target: { type: 'int64', dims: [T, B], data: target },
    'target-mask': { type: 'float32', dims: [T, B], data: targetMask },
  };
}
