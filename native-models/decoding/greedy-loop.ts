/**
 * Greedy decoding inside the graph, as a short row of `Loop`s. The first makes the tokens that sentences must begin with;
 * it has no rounds where there are none.
 *
 * Each round of a loop embeds the token before, runs the decoder one step and takes the best token. A loop stops when
 * half of its sentences have ended; only the others, with all that belongs to them, go on to the next. So a short
 * translation does not pay for long neighbours, nor all of them for one that runs in circles up to its limit.
 * Tokens leave the graph as a list with the row that each belongs to.
 *
 * The loops stand one after the other, not in a loop around them: onnxruntime prepares constant weights (`PrePack`) for
 * a subgraph of the outermost graph only, and a step takes half as long again without that.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import type { Choice, ChoiceBounds } from '../architectures/output-layer.ts';
import { graph, int } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES, int32, int64 } from '../onnx/tensors.ts';

/** What both ways of decoding need of a model. B sentences in the batch; n rows in a step. */
export interface LoopDecoder {
  /** int64 []: B */
  readonly batch: Value;
  /** int64 [1]: S, tokens of the longest source */
  readonly sourceLength: Value;
  /** int64 []: most tokens of a sentence */
  readonly steps: Value;
  /** float32 [positions, dim]: added to the embedded token, a row a step */
  readonly positions: Value;
  /** [n, dim]: what the first step sees in place of an embedded token */
  readonly initialEmbedding: Value;
  /** Recurrent states of the decoder before the first step, [n, ...]. */
  readonly initialStates: readonly Value[];
  /** What stays the same for a sentence during decoding, [B, ...]. */
  readonly sentences: Readonly<Record<string, Value>>;
  embed(b: GraphBuilder, tokens: Value): Value;
  /** x: [n, dim], embedding and position. `attention`: [n, S] or [n, 1, S], used only with `alignment`. */
  step(b: GraphBuilder, x: Value, states: readonly Value[], sentences: Readonly<Record<string, Value>>): DecoderStep;
  readonly alignment: boolean;
  /** int32 [P, B]: the column that each sentence must take in step p, -1 where it is free */
  readonly forced: Value;
  /** int64 [n, 0], when steps must know the columns taken before them */
  readonly noHistory: Value | null;
}

export interface GreedyDecoder extends LoopDecoder {
  choose(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>, bounds: ChoiceBounds): Choice;
  readonly scores: boolean;
  /** Whether the states that tokens are chosen from leave the graph. */
  readonly hidden: boolean;
}

export interface DecoderStep {
  readonly hidden: Value;
  readonly states: readonly Value[];
  readonly attention: Value;
}

export interface GreedyOutput {
  /** int32 [N]: all tokens, in the order of the steps; a row's sentence ends at its first EOS (id 0) */
  readonly tokens: Value;
  /** int32 [N]: the row of the batch of each token */
  readonly rows: Value;
  /** float32 [N, S] */
  readonly attention: Value | null;
  /** float32 [N] */
  readonly scores: Value | null;
  /** float32 [N, dim] */
  readonly hidden: Value | null;
}

/** How often a batch is made smaller, plus one. Each loop holds its own prepared copy of the decoder's weights. */
const LOOPS = 3;

interface Phase {
  /** int32 [n]: rows of the batch */
  readonly rows: Value;
  /** int64 []: tokens made so far */
  readonly position: Value;
  /** int32 [n]: 1, or 0 for a sentence that has ended */
  readonly alive: Value;
  readonly embedding: Value;
  /** What a step hands to the next: the decoder's states, then the history where it is kept. */
  readonly carried: readonly Value[];
  readonly sentences: Readonly<Record<string, Value>>;
}

export function decodeGreedily(g: GraphBuilder, decoder: GreedyDecoder): GreedyOutput {
  const { alignment, scores, sourceLength } = decoder;
  const zero = g.constant(int64([], [0]));
  const flat = g.constant(int64([1], [-1]));
  const axis0 = { attributes: { axis: int(0) } };
  const allRows = g.node('Range', [zero, decoder.batch, g.constant(int64([], [1]))]);
  const rows = g.node('Cast', [allRows], { attributes: { to: int(ELEMENT_TYPES.int32) } });
  let phase: Phase = {
    rows,
    position: zero,
    alive: g.node('Expand', [g.constant(int32([1], [1])), g.node('Shape', [rows])]),
    embedding: decoder.initialEmbedding,
    carried: decoder.noHistory === null ? decoder.initialStates : [...decoder.initialStates, decoder.noHistory],
    sentences: decoder.sentences,
  };
  const made: { tokens: Value[]; rows: Value[]; attention: Value[]; scores: Value[]; hidden: Value[] } = { tokens: [], rows: [], attention: [], scores: [], hidden: [] };
  for (let loop = 0; loop <= LOOPS; loop++) {
    const steps = stepLoop(g, decoder, phase, loop === 0 ? 'forced' : loop === LOOPS ? 'last' : 'until half');
    const number = g.node('Shape', [steps.tokens], { attributes: { end: int(1) } });
    made.tokens.push(g.node('Reshape', [steps.tokens, flat]));
    made.rows.push(g.node('Reshape', [g.node('Expand', [phase.rows, g.node('Concat', [number, g.node('Shape', [phase.rows])], axis0)]), flat]));
    if (alignment) made.attention.push(g.node('Reshape', [steps.attention, g.node('Concat', [flat, sourceLength], axis0)]));
    if (scores) made.scores.push(g.node('Reshape', [steps.scores, flat]));
    if (decoder.hidden) made.hidden.push(g.node('Reshape', [steps.hidden, g.node('Concat', [flat, g.node('Shape', [decoder.initialEmbedding], { attributes: { start: int(1) } })], axis0)]));
    const position = g.node('Add', [phase.position, g.node('Squeeze', [number])]);
    const { alive, embedding, carried } = steps;
    // Behind the forced tokens all sentences stay: most often there were none, and nothing need be moved.
    if (loop < LOOPS) phase = loop === 0 ? { ...phase, position, alive, embedding, carried } : unfinishedOf(g, { ...phase, position, alive, embedding, carried });
  }
  const join = (parts: readonly Value[]): Value => g.node('Concat', parts, axis0);
  return {
    tokens: join(made.tokens),
    rows: join(made.rows),
    attention: alignment ? join(made.attention) : null,
    scores: scores ? join(made.scores) : null,
    hidden: decoder.hidden ? join(made.hidden) : null,
  };
}

/** The sentences that have not ended, and what the next loop needs of them. */
function unfinishedOf(g: GraphBuilder, phase: Phase): Phase {
  const unfinished = g.node('Reshape', [g.node('NonZero', [phase.alive]), g.constant(int64([1], [-1]))]);
  const keep = (value: Value): Value => g.node('Gather', [value, unfinished], { attributes: { axis: int(0) } });
  return {
    rows: keep(phase.rows),
    position: phase.position,
    alive: keep(phase.alive),
    embedding: keep(phase.embedding),
    carried: phase.carried.map(keep),
    sentences: Object.fromEntries(Object.entries(phase.sentences).map(([name, value]) => [name, keep(value)])),
  };
}

interface StepLoop {
  /** int32 [n], 1 or 0 */
  readonly alive: Value;
  readonly embedding: Value;
  readonly carried: readonly Value[];
  /** int32 [steps, n] */
  readonly tokens: Value;
  /** float32 [steps, n, S] or [steps, n, 1, S]; '' unless asked for */
  readonly attention: Value;
  /** float32 [steps, n, 1]; '' unless asked for */
  readonly scores: Value;
  /** float32 [steps, n, dim]; '' unless asked for */
  readonly hidden: Value;
}

/** Runs as many steps as are forced, or until half of the sentences have ended; the last loop until all have. */
function stepLoop(g: GraphBuilder, decoder: GreedyDecoder, phase: Phase, kind: 'forced' | 'until half' | 'last'): StepLoop {
  const one = g.constant(int64([1], [1]));
  const count = g.node('Shape', [phase.rows]);
  const half = g.node('Div', [g.node('Sub', [count, one]), g.constant(int64([1], [2]))]);
  const kept = kind !== 'until half' ? g.constant(int32([], [0])) : g.node('Cast', [g.node('Squeeze', [half])], { attributes: { to: int(ELEMENT_TYPES.int32) } });
  const bounds = [g.node('Reshape', [phase.position, one]), g.node('Reshape', [decoder.steps, one])];
  const positions = g.node('Slice', [decoder.positions, ...bounds, g.constant(int64([1], [0]))]);

  const b = g.body('step');
  const step = b.input(b.name('step'), 'int64', []);
  b.input(b.name('going'), 'bool', []);
  const alive = b.input(b.name('alive'), 'int32', null);
  const embedding = b.input(b.name('embedding'), 'float32', null);
  const states = decoder.initialStates.map(() => b.input(b.name('state'), 'float32', null));
  const history = decoder.noHistory === null ? null : b.input(b.name('history'), 'int64', null);
  const x = b.node('Add', [embedding, b.node('Gather', [positions, step])]);
  const { hidden, states: newStates, attention } = decoder.step(b, x, states, phase.sentences);
  const forced = kind === 'forced' ? b.node('Gather', [decoder.forced, step]) : null;
  const { token, column, score } = decoder.choose(b, hidden, phase.sentences, { forced, history: history ?? '' });
  // Alive is 1 until the token is EOS, which is 0; the least of all so far stays 0 then.
  const stillAlive = b.node('Min', [alive, token]);
  const number = b.node('ReduceSum', [stillAlive], { attributes: { keepdims: int(0) } });
  b.output(b.node('Greater', [number, kept]), 'bool');
  b.output(stillAlive, 'int32');
  b.output(decoder.embed(b, token), 'float32');
  for (const state of newStates) b.output(state, 'float32');
  if (history !== null) b.output(b.node('Concat', [history, column], { attributes: { axis: int(1) } }), 'int64');
  b.output(token, 'int32');
  if (decoder.alignment) b.output(attention, 'float32');
  if (decoder.scores && score !== null) b.output(score, 'float32');
  if (decoder.hidden) b.output(b.node('Identity', [hidden]), 'float32');

  const living = g.node('ReduceSum', [phase.alive], { attributes: { keepdims: int(0) } });
  const any = g.node('Cast', [living], { attributes: { to: int(ELEMENT_TYPES.bool) } });
  const carried = [phase.alive, phase.embedding, ...phase.carried];
  const scans = 1 + Number(decoder.alignment) + Number(decoder.scores) + Number(decoder.hidden);
  const forcedSteps = g.node('Squeeze', [g.node('Shape', [decoder.forced], { attributes: { end: int(1) } })]);
  const most = kind === 'forced' ? forcedSteps : g.node('Sub', [decoder.steps, phase.position]);
  const outputs = g.nodes('Loop', [most, any, ...carried], carried.length + scans, { attributes: { body: graph(b.finish()) } });
  const [aliveAfter = '', embeddingAfter = ''] = outputs;
  const [tokens = '', ...others] = outputs.slice(carried.length);
  return {
    alive: aliveAfter,
    embedding: embeddingAfter,
    carried: outputs.slice(2, carried.length),
    tokens,
    attention: decoder.alignment ? (others.shift() ?? '') : '',
    scores: decoder.scores ? (others.shift() ?? '') : '',
    hidden: decoder.hidden ? (others.shift() ?? '') : '',
  };
}
