/**
 * Greedy decoding as one `Loop` of the graph: each round embeds the token before, runs the decoder one step and takes
 * the best token, until every sentence has ended or the steps are used up.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { graph, int } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES, bool, int32 } from '../onnx/tensors.ts';

export interface GreedyDecoder {
  /** int64 [1]: sentences in the batch */
  readonly batch: Value;
  /** int64 []: most rounds */
  readonly steps: Value;
  /** [B, dim]: what the first step sees in place of an embedded token */
  readonly initialEmbedding: Value;
  /** Recurrent states of the decoder before the first step. */
  readonly initialStates: readonly Value[];
  embed(b: GraphBuilder, tokens: Value): Value;
  /** `position`: int64 [], from 0. `attention`: [B, S], used only with `alignment`. */
  step(b: GraphBuilder, embedding: Value, position: Value, states: readonly Value[]): { hidden: Value; states: readonly Value[]; attention: Value };
  choose(b: GraphBuilder, hidden: Value): { token: Value; score: Value | null };
  readonly alignment: boolean;
  readonly scores: boolean;
}

export interface GreedyOutput {
  /** int32 [T, B]; a sentence ends at its first EOS (id 0), what follows is of no meaning. */
  readonly tokens: Value;
  /** float32 [T, B, S] */
  readonly attention: Value | null;
  /** float32 [T, B] */
  readonly scores: Value | null;
}

export function decodeGreedily(g: GraphBuilder, decoder: GreedyDecoder): GreedyOutput {
  const b = g.body('step');
  const position = b.input('position', 'int64', []);
  b.input('going', 'bool', []);
  const alive = b.input('alive', 'int32', null);
  const embedding = b.input('embedding', 'float32', null);
  const states = decoder.initialStates.map((_, index) => b.input(`state${index}`, 'float32', null));

  const { hidden, states: newStates, attention } = decoder.step(b, embedding, position, states);
  const { token, score } = decoder.choose(b, hidden);
  // A sentence is alive until its token is EOS, which is 0: the least of all its tokens so far says so.
  const stillAlive = b.node('Min', [alive, token]);
  const going = b.node('Cast', [b.node('ReduceMax', [stillAlive], { attributes: { keepdims: int(0) } })], { attributes: { to: int(ELEMENT_TYPES.bool) } });

  b.output(going, 'bool');
  b.output(stillAlive, 'int32');
  b.output(decoder.embed(b, token), 'float32');
  for (const state of newStates) b.output(state, 'float32');
  b.output(token, 'int32');
  if (decoder.alignment) b.output(attention, 'float32');
  if (decoder.scores && score !== null) b.output(score, 'float32');

  const allAlive = g.node('Expand', [g.constant(int32([1], [1])), decoder.batch]);
  const carried = [allAlive, decoder.initialEmbedding, ...decoder.initialStates];
  const scans = 1 + Number(decoder.alignment) + Number(decoder.scores);
  const outputs = g.nodes('Loop', [decoder.steps, g.constant(bool([], [true])), ...carried], carried.length + scans, {
    attributes: { body: graph(b.finish()) },
  });
  const [tokens = '', ...others] = outputs.slice(carried.length);
  return {
    tokens,
    attention: decoder.alignment ? (others.shift() ?? '') : null,
    scores: decoder.scores ? (others.shift() ?? '') : null,
  };
}
