/**
 * One step of a transformer's decoder for R = B*K rows: K beams of each of B sources.
 *
 * Inputs   tokens        int32   [R]           the last token of each row
 *          positions     int32   [R]           rows of the table of positions, where the model has one
 *          from          int32   [R]           the row of the caches that each row continues
 *          mask          float32 [B, 1, 1, S]  0 for tokens of the source, MASKED for what lies behind
 *          keys.N        float32 [B, H, D, S]  what the encoder's graph gave for decoder layer N
 *          values.N      float32 [B, H, S, D]
 *          pastKeys.N    float32 [., H, P, D]  of the P steps before
 *          pastValues.N  float32 [., H, P, D]
 * Outputs  logits        float32 [R, V]
 *          newKeys.N     float32 [R, H, P+1, D]
 *          newValues.N   float32 [R, H, P+1, D]
 *          attention     float32 [R, S]        if asked for: what one head of the attention to the source looked at
 *                                              ([R, heads of all layers, S] if all are asked for)
 */
import type { Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder, int, ints } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { ELEMENT_TYPES, float32, int32, int64 } from '../../onnx/tensors.ts';
import type { SourceMemory, StepCache } from './attention.ts';
import { crossAttention, decoderSelfAttention, treeSelfAttention } from './attention.ts';
import type { Attention, TransformerDefinition } from './definition.ts';
import { embedded } from './encoder-graph.ts';
import { feedForward, linear, normalize } from './layers.ts';
import { stepBias } from './relative-bias.ts';

/** One head of the decoder's attention to the source, both counted from 0, or the mean of a layer's heads. */
export interface AttentionHead {
  readonly layer: number;
  readonly head: number | 'mean';
}

/** What of the attention to the source a graph tells; `all`: every head, to find out which one to watch. */
export type WatchedAttention = AttentionHead | 'all';

export function stepGraph(model: TransformerDefinition, alignment: WatchedAttention | null): ModelDefinition {
  const { decoder } = model;
  const g = new GraphBuilder(`${model.family}-step`);
  const tokens = g.input('tokens', 'int32', ['R']);
  const positions = decoder.positions === null ? null : g.input('positions', 'int32', ['R']);
  const from = g.input('from', 'int32', ['R']);
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S']);
  const caches = decoder.layers.map((layer, index) => pastOf(g, index, layer.selfAttention, from));
  const memory = decoder.layers.map((layer, index) => memoryOf(g, index, layer.crossAttention));
  const sources = g.node('Shape', [mask], { attributes: { start: int(0), end: int(1) } });
  const steps = g.node('Squeeze', [g.node('Shape', [caches[0]?.keys ?? ''], { attributes: { start: int(2), end: int(3) } })]);
  const taken = decoderStep(g, model, { tokens, positions, steps, tree: null, caches, memory, mask, sources }, alignment);
  for (const [index, cache] of taken.caches.entries()) {
    const { heads = 1, headSize = 1 } = decoder.layers[index]?.selfAttention ?? {};
    g.namedOutput(`newKeys.${index}`, cache.keys, 'float32', ['R', heads, 'T', headSize]);
    g.namedOutput(`newValues.${index}`, cache.values, 'float32', ['R', heads, 'T', headSize]);
  }
  if (alignment !== null) g.namedOutput('attention', taken.attention, 'float32', alignment === 'all' ? ['R', 'A', 'S'] : ['R', 'S']);
  g.namedOutput('logits', linear(g, taken.hidden, model.output), 'float32', ['R', model.output.outputs]);
  return g.model('bitext-studio');
}

export interface StepInputs {
  /** int32 [R] */
  readonly tokens: Value;
  /** int32 [R]; null where the model has no table of positions */
  readonly positions: Value | null;
  /** int64 []: steps taken before */
  readonly steps: Value;
  /** Where the beams of a source share their caches: what each may look at, float32 [B, 1, K, N+K]. Null: caches of each row. */
  readonly tree: Value | null;
  readonly caches: readonly StepCache[];
  readonly memory: readonly SourceMemory[];
  /** float32 [B, 1, 1, S] */
  readonly mask: Value;
  /** int64 [1], B */
  readonly sources: Value;
}

export interface StepOutputs {
  /** float32 [R, dim], what the output layer takes */
  readonly hidden: Value;
  readonly caches: readonly StepCache[];
  /** float32 [R, S], [R, heads of all layers, S] for `all`; '' unless asked for */
  readonly attention: Value;
}

/** One step of the decoder, in the graph `g` or the body of a loop. */
export function decoderStep(g: GraphBuilder, model: TransformerDefinition, inputs: StepInputs, alignment: WatchedAttention | null): StepOutputs {
  const { decoder } = model;
  const bias = selfAttentionBias(g, model, inputs);
  let x = normalize(g, decoderTokens(g, model, inputs.tokens, inputs.positions, 'int32'), decoder.embeddingNorm);
  const watched: Value[] = [];
  const caches: StepCache[] = [];
  for (const [index, layer] of decoder.layers.entries()) {
    const [past, memory] = [inputs.caches[index], inputs.memory[index]];
    if (past === undefined || memory === undefined) continue;
    const self =
      inputs.tree === null || bias === null
        ? decoderSelfAttention(g, x, layer.selfAttention, past, bias)
        : treeSelfAttention(g, x, layer.selfAttention, past, bias, inputs.sources);
    caches.push(self.cache);
    const cross = crossAttention(g, self.x, layer.crossAttention, memory, inputs.mask, inputs.sources);
    if (alignment === 'all') watched.push(allHeads(g, cross.weights, inputs.mask, layer.crossAttention.heads));
    else if (alignment?.layer === index) watched.push(oneHead(g, cross.weights, inputs.mask, alignment.head));
    x = feedForward(g, cross.x, layer.feedForward);
  }
  const [first = ''] = watched;
  const attention = watched.length < 2 ? first : g.node('Concat', watched, { attributes: { axis: int(1) } });
  return { hidden: decoderOutput(g, model, x), caches, attention };
}

/** What comes out of the last layer -> what the output layer takes. */
export function decoderOutput(g: GraphBuilder, { decoder, outputFactor }: TransformerDefinition, x: Value): Value {
  const hidden = normalize(g, x, decoder.finalNorm);
  return outputFactor === 1 ? hidden : g.node('Mul', [hidden, g.constant(float32([], [outputFactor]))]);
}

/** What is added to the scores of the attention to the steps before; null for nothing. */
function selfAttentionBias(g: GraphBuilder, { decoder }: TransformerDefinition, { tree, steps }: StepInputs): Value | null {
  const [layer] = decoder.layers;
  if (decoder.relativeBias === null || layer === undefined) return tree;
  const { heads } = layer.selfAttention;
  const perStep = stepBias(g, decoder.relativeBias, heads, steps);
  if (tree === null) return perStep;
  // The nodes of a step, one a beam, all have its distance.
  const beams = g.node('Shape', [tree], { attributes: { start: int(2), end: int(3) } });
  const repeats = g.node('Concat', [g.constant(int64([4], [1, 1, 1, 1])), beams], { attributes: { axis: int(0) } });
  const perNode = g.node('Expand', [g.node('Unsqueeze', [perStep, g.constant(int64([1], [4]))]), repeats]);
  return g.node('Add', [g.node('Reshape', [perNode, g.constant(int64([4], [1, heads, 1, -1]))]), tree]);
}

/**
 * Tokens and positions, of one type and of any one shape -> [..., dim]. Ids without a row of their own are embedded as zeros; their
 * positions are added all the same.
 */
export function decoderTokens(g: GraphBuilder, model: TransformerDefinition, tokens: Value, positions: Value | null, type: 'int32' | 'int64'): Value {
  const { decoder, dim, zeroEmbedding } = model;
  if (zeroEmbedding === null) return embedded(g, decoder, dim, tokens, positions);
  const token = (id: number): Value => g.constant(type === 'int32' ? int32([], [id]) : int64([], [id]));
  const isToken = g.node('Not', [g.node('Equal', [tokens, token(zeroEmbedding)])]);
  const known = g.node('Where', [isToken, tokens, token(0)]);
  const factor = g.node('Unsqueeze', [g.node('Cast', [isToken], { attributes: { to: int(ELEMENT_TYPES.float32) } }), g.constant(int64([1], [-1]))]);
  const x = g.node('Mul', [embedded(g, { ...decoder, positions: null }, dim, known, null), factor]);
  if (decoder.positions === null || positions === null) return x;
  return g.node('Add', [x, g.node('Gather', [g.constant(float32([decoder.positions.rows, dim], decoder.positions.table), 'positions'), positions])]);
}

function pastOf(g: GraphBuilder, layer: number, part: Attention, from: Value): StepCache {
  const shape = ['past', part.heads, 'P', part.headSize];
  const [keys = '', values = ''] = ['pastKeys', 'pastValues'].map((name) => g.node('Gather', [g.input(`${name}.${layer}`, 'float32', shape), from]));
  return { keys, values };
}

function memoryOf(g: GraphBuilder, layer: number, part: Attention): SourceMemory {
  return {
    keys: g.input(`keys.${layer}`, 'float32', ['B', part.heads, part.headSize, 'S']),
    values: g.input(`values.${layer}`, 'float32', ['B', part.heads, 'S', part.headSize]),
  };
}

/** [B, H, K, S] -> [B*K, S] */
function oneHead(g: GraphBuilder, weights: Value, mask: Value, head: number | 'mean'): Value {
  const one = head === 'mean'
    ? g.node('ReduceMean', [weights], { attributes: { axes: ints(1), keepdims: int(0) } })
    : g.node('Gather', [weights, g.constant(int64([], [head]))], { attributes: { axis: int(1) } });
  return g.node('Reshape', [one, sourceShape(g, mask, [-1])]);
}

/** [B, H, K, S] -> [B*K, H, S] */
function allHeads(g: GraphBuilder, weights: Value, mask: Value, heads: number): Value {
  return g.node('Reshape', [g.node('Transpose', [weights], { attributes: { perm: ints(0, 2, 1, 3) } }), sourceShape(g, mask, [-1, heads])]);
}

/** `first`, then S. */
function sourceShape(g: GraphBuilder, mask: Value, first: readonly number[]): Value {
  const length = g.node('Shape', [mask], { attributes: { start: int(3), end: int(4) } });
  return g.node('Concat', [g.constant(int64([first.length], first)), length], { attributes: { axis: int(0) } });
}
