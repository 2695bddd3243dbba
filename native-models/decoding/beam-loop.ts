/**
 * Beam search inside the graph; the rules are Marian's (`src/translator/beam_search.cpp`).
 *
 * Of all continuations of a sentence's hypotheses the best go on, as many as the beam is wide. A hypothesis that ends
 * leaves the beam, which is one narrower from then on; a sentence is done when its beam is empty. The graph yields what
 * each step chose and from which hypothesis; whoever reads it walks back from the ends.
 *
 * As in greedy decoding (greedy-loop.ts) a few `Loop`s stand in a row. One stops when half of its sentences are done, and
 * the others go on to the next.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { graph, int, ints } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES, float32, int32, int64 } from '../onnx/tensors.ts';
import type { BeamBounds, BestChoices } from '../architectures/output-layer.ts';
import { NONE } from '../architectures/output-layer.ts';
import type { LoopDecoder } from './greedy-loop.ts';

export interface BeamDecoder extends LoopDecoder {
  readonly beam: number;
  /** Whether `sentences` has a row for each hypothesis, [B*beam, ...]. */
  readonly rowsPerHypothesis: boolean;
  /** The `beam` best of each row, best first, all [n, beam]. */
  best(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>, bounds: BeamBounds): BestChoices;
}

/** All [T, B, beam], best hypothesis of a step first. */
export interface BeamOutput {
  /** int32: 0 (EOS) ends a hypothesis; -1: no hypothesis, the beam is narrower */
  readonly tokens: Value;
  /** int32: which hypothesis of the step before was continued */
  readonly parents: Value;
  /** float32: sum of the log-probabilities so far */
  readonly scores: Value;
  /** float32 [T, B*beam, S]: of the hypotheses of the step before, while each was continued */
  readonly attention: Value | null;
}

/** How often a batch is made smaller, plus one. Each loop holds its own prepared copy of the decoder's weights. */
const LOOPS = 3;

/** n sentences that are not done, and where they stand. */
interface Phase {
  /** int64 [n]: rows of the batch */
  readonly rows: Value;
  /** int64 []: steps made so far */
  readonly position: Value;
  /** float32 [n, beam]: of each hypothesis, NONE where there is none */
  readonly scores: Value;
  /** int32 [n, 1]: how many hypotheses may still go on */
  readonly width: Value;
  readonly embedding: Value;
  /** What a step hands to the next: the decoder's states, then the history where it is kept. */
  readonly carried: readonly Value[];
  readonly sentences: Readonly<Record<string, Value>>;
}

const AXIS_0 = { attributes: { axis: int(0) } };
const AXIS_1 = { attributes: { axis: int(1) } };
const OVER_LAST = { attributes: { axes: ints(-1) } };
const TO_INT32 = { attributes: { to: int(ELEMENT_TYPES.int32) } };

export function decodeWithBeam(g: GraphBuilder, decoder: BeamDecoder): BeamOutput {
  const { beam, alignment } = decoder;
  const zero = g.constant(int64([], [0]));
  const [one, width] = [g.constant(int64([1], [1])), g.constant(int64([1], [beam]))];
  const batch = g.node('Reshape', [decoder.batch, one]);
  // At first there is one hypothesis.
  const firstScores = float32([1, beam], [0, ...new Array<number>(beam - 1).fill(NONE)]);
  let phase: Phase = {
    rows: g.node('Range', [zero, decoder.batch, g.constant(int64([], [1]))]),
    position: zero,
    scores: g.node('Expand', [g.constant(firstScores), g.node('Concat', [batch, width], AXIS_0)]),
    width: g.node('Expand', [g.constant(int32([1, 1], [beam])), g.node('Concat', [batch, one], AXIS_0)]),
    embedding: decoder.initialEmbedding,
    carried: decoder.noHistory === null ? decoder.initialStates : [...decoder.initialStates, decoder.noHistory],
    sentences: decoder.sentences,
  };
  const free = g.node('Expand', [g.constant(int32([1, 1], [-1])), g.node('Concat', [one, batch], AXIS_0)]);
  const forced = g.node('Concat', [decoder.forced, free], AXIS_0);
  const made: Record<'tokens' | 'parents' | 'scores' | 'attention', Value[]> = { tokens: [], parents: [], scores: [], attention: [] };
  for (let loop = 1; loop <= LOOPS; loop++) {
    const steps = stepLoop(g, decoder, phase, forced, loop === LOOPS);
    const number = g.node('Shape', [steps.tokens], { attributes: { end: int(1) } });
    const inBatch = loop === 1 ? null : placesIn(g, phase.rows, batch);
    const whole = (value: Value, each: readonly Value[], filling: Value): Value => {
      const shape = (rows: Value): Value => g.node('Concat', [number, rows, ...each], AXIS_0);
      // No steps were made where all had been done: the loop's outputs have no dimensions then.
      const known = g.node('Reshape', [value, shape(g.node('Shape', [phase.rows]))], { attributes: { allowzero: int(1) } });
      if (inBatch === null) return known;
      return g.node('Gather', [g.node('Concat', [known, g.node('Expand', [filling, shape(one)])], AXIS_1), inBatch], AXIS_1);
    };
    made.tokens.push(whole(steps.tokens, [width], g.constant(int32([1, 1, 1], [-1]))));
    made.parents.push(whole(steps.parents, [width], g.constant(int32([1, 1, 1], [0]))));
    made.scores.push(whole(steps.scores, [width], g.constant(float32([1, 1, 1], [NONE]))));
    if (alignment) made.attention.push(whole(steps.attention, [width, decoder.sourceLength], g.constant(float32([1, 1, 1, 1], [0]))));
    if (loop < LOOPS) phase = unfinishedOf(g, decoder, { ...phase, ...steps.after, position: g.node('Add', [phase.position, g.node('Squeeze', [number])]) });
  }
  const join = (parts: readonly Value[]): Value => g.node('Concat', parts, AXIS_0);
  const byHypothesis = (value: Value): Value => g.node('Reshape', [value, g.node('Concat', [g.node('Shape', [value], { attributes: { end: int(1) } }), g.node('Mul', [batch, width]), decoder.sourceLength], AXIS_0)]);
  return { tokens: join(made.tokens), parents: join(made.parents), scores: join(made.scores), attention: alignment ? byHypothesis(join(made.attention)) : null };
}

/** int64 [B]: at which of the n rows each sentence of the batch stands; n for those that are not among them. */
function placesIn(g: GraphBuilder, rows: Value, batch: Value): Value {
  const count = g.node('Shape', [rows]);
  const places = g.node('Range', [g.constant(int64([], [0])), g.node('Squeeze', [count]), g.constant(int64([], [1]))]);
  return g.node('ScatterElements', [g.node('Expand', [count, batch]), rows, places], AXIS_0);
}

/** int32 [n, 1]: 1 where a sentence has hypotheses that go on, 0 where it is done. */
function unfinished(g: GraphBuilder, scores: Value): Value {
  const goesOn = g.node('Greater', [scores, g.constant(float32([], [NONE / 2]))]);
  return g.node('ReduceMax', [g.node('Cast', [goesOn], TO_INT32)], OVER_LAST);
}

/** The sentences that are not done, and what the next loop needs of them. */
function unfinishedOf(g: GraphBuilder, decoder: BeamDecoder, phase: Phase): Phase {
  const flat = g.constant(int64([1], [-1]));
  const going = g.node('NonZero', [g.node('Reshape', [unfinished(g, phase.scores), flat])]);
  const sentences = g.node('Reshape', [going, flat]);
  const hypotheses = hypothesesOf(g, sentences, decoder.beam);
  const keep = (value: Value): Value => g.node('Gather', [value, sentences], AXIS_0);
  const keepAll = (value: Value): Value => g.node('Gather', [value, hypotheses], AXIS_0);
  const own = decoder.rowsPerHypothesis ? keepAll : keep;
  return {
    rows: keep(phase.rows),
    position: phase.position,
    scores: keep(phase.scores),
    width: keep(phase.width),
    embedding: keepAll(phase.embedding),
    carried: phase.carried.map(keepAll),
    sentences: Object.fromEntries(Object.entries(phase.sentences).map(([name, value]) => [name, own(value)])),
  };
}

/** int64 [k * beam]: the rows of the hypotheses of k sentences. */
function hypothesesOf(g: GraphBuilder, sentences: Value, beam: number): Value {
  const ranks = g.constant(int64([1, beam], Array.from({ length: beam }, (_, rank) => rank)));
  const first = g.node('Mul', [g.node('Unsqueeze', [sentences, g.constant(int64([1], [1]))]), g.constant(int64([1], [beam]))]);
  return g.node('Reshape', [g.node('Add', [first, ranks]), g.constant(int64([1], [-1]))]);
}

interface StepLoop {
  readonly after: Pick<Phase, 'scores' | 'width' | 'embedding' | 'carried'>;
  /** int32 [steps, n, beam] */
  readonly tokens: Value;
  readonly parents: Value;
  /** float32 [steps, n, beam] */
  readonly scores: Value;
  /** float32 [steps, n*beam, S]; '' unless asked for */
  readonly attention: Value;
}

/** Runs until half of the sentences are done; the last loop until all are. */
function stepLoop(g: GraphBuilder, decoder: BeamDecoder, phase: Phase, allForced: Value, last: boolean): StepLoop {
  const { beam } = decoder;
  const width64 = g.constant(int64([1], [beam]));
  const none = g.constant(float32([], [NONE]));
  const [one, flat] = [g.constant(int64([1], [1])), g.constant(int64([1], [-1]))];
  const count = g.node('Shape', [phase.rows]);
  const half = g.node('Cast', [g.node('Squeeze', [g.node('Div', [g.node('Sub', [count, one]), g.constant(int64([1], [2]))])])], TO_INT32);
  const kept = last ? g.constant(int32([], [0])) : half;
  const places = g.node('Range', [g.constant(int64([], [0])), g.node('Squeeze', [count]), g.constant(int64([], [1]))]);
  const offsets = g.node('Unsqueeze', [g.node('Mul', [places, width64]), one]);
  const forced = g.node('Gather', [allForced, phase.rows], AXIS_1);
  const lastForced = g.node('Squeeze', [g.node('Shape', [decoder.forced], { attributes: { end: int(1) } })]);

  const b = g.body('beam step');
  const round = b.input(b.name('step'), 'int64', []);
  b.input(b.name('going'), 'bool', []);
  const scores = b.input(b.name('scores'), 'float32', null);
  const width = b.input(b.name('width'), 'int32', null);
  const embedding = b.input(b.name('embedding'), 'float32', null);
  const states = decoder.initialStates.map(() => b.input(b.name('state'), 'float32', null));
  const history = decoder.noHistory === null ? null : b.input(b.name('history'), 'int64', null);
  const step = b.node('Add', [round, phase.position]);
  const x = b.node('Add', [embedding, b.node('Gather', [decoder.positions, step])]);
  const stepped = decoder.step(b, x, states, phase.sentences);

  const live = b.node('Reshape', [b.node('Greater', [scores, g.constant(float32([], [NONE / 2]))]), flat]);
  // The best `beam` of a sentence are among the best `beam` of each of its hypotheses.
  const best = decoder.best(b, stepped.hidden, phase.sentences, { forced: forcedColumns(), history: history ?? '', live });
  const bySentence = g.constant(int64([2], [-1, beam * beam]));
  const summed = b.node('Add', [best.logProbabilities, b.node('Reshape', [scores, g.constant(int64([2], [-1, 1]))])]);
  const [newScores = '', index = ''] = b.nodes('TopK', [b.node('Reshape', [summed, bySentence]), width64], 2, { attributes: { axis: int(-1) } });
  const chosen = b.node('GatherElements', [b.node('Reshape', [best.tokens, bySentence]), index], AXIS_1);
  const parents = b.node('Div', [index, width64]);
  const ranks = g.constant(
    int32(
      [1, beam],
      Int32Array.from({ length: beam }, (_, rank) => rank),
    ),
  );
  const real = b.node('Greater', [newScores, g.constant(float32([], [NONE / 2]))]);
  const inBeam = b.node('And', [b.node('Less', [ranks, width]), real]);
  const ends = b.node('And', [inBeam, b.node('Equal', [chosen, g.constant(int32([], [0]))])]);
  const goesOn = b.node('And', [inBeam, b.node('Not', [ends])]);
  const narrower = b.node('Sub', [width, b.node('ReduceSum', [b.node('Cast', [ends], TO_INT32), one])]);
  const rows = b.node('Reshape', [b.node('Add', [parents, offsets]), flat]);
  const going = b.node('Where', [goesOn, newScores, none]);

  b.output(b.node('Greater', [b.node('ReduceSum', [unfinished(b, going)], { attributes: { keepdims: int(0) } }), kept]), 'bool');
  b.output(going, 'float32');
  b.output(narrower, 'int32');
  b.output(decoder.embed(b, b.node('Reshape', [chosen, flat])), 'float32');
  for (const state of stepped.states) b.output(b.node('Gather', [state, rows], AXIS_0), 'float32');
  if (history !== null) {
    const columns = b.node('GatherElements', [b.node('Reshape', [best.columns, bySentence]), index], AXIS_1);
    const before = b.node('Gather', [history, rows], AXIS_0);
    b.output(b.node('Concat', [before, b.node('Reshape', [columns, g.constant(int64([2], [-1, 1]))])], AXIS_1), 'int64');
  }
  b.output(b.node('Where', [inBeam, chosen, g.constant(int32([], [-1]))]), 'int32');
  b.output(b.node('Cast', [parents], TO_INT32), 'int32');
  b.output(b.node('Identity', [newScores]), 'float32');
  if (decoder.alignment) b.output(stepped.attention, 'float32');

  const living = g.node('ReduceSum', [unfinished(g, phase.scores)], { attributes: { keepdims: int(0) } });
  const any = g.node('Cast', [living], { attributes: { to: int(ELEMENT_TYPES.bool) } });
  const carried = [phase.scores, phase.width, phase.embedding, ...phase.carried];
  const scans = decoder.alignment ? 4 : 3;
  const most = g.node('Sub', [decoder.steps, phase.position]);
  const outputs = g.nodes('Loop', [most, any, ...carried], carried.length + scans, { attributes: { body: graph(b.finish()) } });
  const [scoresAfter = '', widthAfter = '', embeddingAfter = ''] = outputs;
  const [tokens = '', parentsOut = '', scoresOut = '', attention = ''] = outputs.slice(carried.length);
  const after = { scores: scoresAfter, width: widthAfter, embedding: embeddingAfter, carried: outputs.slice(3, carried.length) };
  return { after, tokens, parents: parentsOut, scores: scoresOut, attention: decoder.alignment ? attention : '' };

  /** int32 [n*beam]: what the sentences of the hypotheses must take in a step, -1 behind what is forced. */
  function forcedColumns(): Value {
    const row = b.node('Gather', [forced, b.node('Min', [step, lastForced])]);
    return b.node('Reshape', [b.node('Expand', [b.node('Unsqueeze', [row, one]), g.constant(int64([2], [1, beam]))]), flat]);
  }
}
