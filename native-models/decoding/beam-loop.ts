/**
 * Beam search inside the graph, one `Loop`; the rules are Marian's (`src/translator/beam_search.cpp`).
 *
 * Of all continuations of a sentence's hypotheses the best go on, as many as the beam is wide. A hypothesis that ends
 * leaves the beam, which is one narrower from then on; a sentence is done when its beam is empty. The graph yields what
 * each step chose and from which hypothesis; whoever reads it walks back from the ends.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { graph, int } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES, bool, float32, int32, int64 } from '../onnx/tensors.ts';
import type { BestChoices, ChoiceBounds } from '../architectures/output-layer.ts';
import { NONE } from '../architectures/output-layer.ts';
import type { LoopDecoder } from './greedy-loop.ts';

export interface BeamDecoder extends LoopDecoder {
  readonly beam: number;
  /** The `beam` best of each row, best first, all [n, beam]. */
  best(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>, bounds: ChoiceBounds): BestChoices;
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

export function decodeWithBeam(g: GraphBuilder, decoder: BeamDecoder): BeamOutput {
  const { beam } = decoder;
  const width64 = g.constant(int64([1], [beam]));
  const none = g.constant(float32([], [NONE]));
  const toInt32 = { attributes: { to: int(ELEMENT_TYPES.int32) } };
  const [one, flat] = [g.constant(int64([1], [1])), g.constant(int64([1], [-1]))];
  const batch = g.node('Reshape', [decoder.batch, one]);
  const firstOfSentence = g.node('Mul', [g.node('Range', [g.constant(int64([], [0])), decoder.batch, g.constant(int64([], [1]))]), width64]);
  const offsets = g.node('Unsqueeze', [firstOfSentence, one]);

  const free = g.node('Expand', [g.constant(int32([1, 1], [-1])), g.node('Concat', [one, batch], { attributes: { axis: int(0) } })]);
  const allForced = g.node('Concat', [decoder.forced, free], { attributes: { axis: int(0) } });
  const lastForced = g.node('Squeeze', [g.node('Shape', [decoder.forced], { attributes: { end: int(1) } })]);

  const b = g.body('beam step');
  const step = b.input(b.name('step'), 'int64', []);
  b.input(b.name('going'), 'bool', []);
  const scores = b.input(b.name('scores'), 'float32', null);
  const width = b.input(b.name('width'), 'int32', null);
  const embedding = b.input(b.name('embedding'), 'float32', null);
  const states = decoder.initialStates.map(() => b.input(b.name('state'), 'float32', null));
  const history = decoder.noHistory === null ? null : b.input(b.name('history'), 'int64', null);
  const x = b.node('Add', [embedding, b.node('Gather', [decoder.positions, step])]);
  const stepped = decoder.step(b, x, states, decoder.sentences);

  // The best `beam` of a sentence are among the best `beam` of each of its hypotheses.
  const best = decoder.best(b, stepped.hidden, decoder.sentences, { forced: forcedColumns(b, step), history: history ?? '' });
  const bySentence = g.constant(int64([2], [-1, beam * beam]));
  const summed = b.node('Add', [best.logProbabilities, b.node('Reshape', [scores, g.constant(int64([2], [-1, 1]))])]);
  const [newScores = '', index = ''] = b.nodes('TopK', [b.node('Reshape', [summed, bySentence]), width64], 2, { attributes: { axis: int(-1) } });
  const chosen = b.node('GatherElements', [b.node('Reshape', [best.tokens, bySentence]), index], { attributes: { axis: int(1) } });
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
  const narrower = b.node('Sub', [width, b.node('ReduceSum', [b.node('Cast', [ends], toInt32), one])]);
  const rows = b.node('Reshape', [b.node('Add', [parents, offsets]), flat]);

  b.output(b.node('Greater', [b.node('ReduceMax', [narrower], { attributes: { keepdims: int(0) } }), g.constant(int32([], [0]))]), 'bool');
  b.output(b.node('Where', [goesOn, newScores, none]), 'float32');
  b.output(narrower, 'int32');
  b.output(decoder.embed(b, b.node('Reshape', [chosen, flat])), 'float32');
  for (const state of stepped.states) b.output(b.node('Gather', [state, rows], { attributes: { axis: int(0) } }), 'float32');
  if (history !== null) {
    const columns = b.node('GatherElements', [b.node('Reshape', [best.columns, bySentence]), index], { attributes: { axis: int(1) } });
    const before = b.node('Gather', [history, rows], { attributes: { axis: int(0) } });
    b.output(b.node('Concat', [before, b.node('Reshape', [columns, g.constant(int64([2], [-1, 1]))])], { attributes: { axis: int(1) } }), 'int64');
  }
  b.output(b.node('Where', [inBeam, chosen, g.constant(int32([], [-1]))]), 'int32');
  b.output(b.node('Cast', [parents], toInt32), 'int32');
  b.output(b.node('Identity', [newScores]), 'float32');
  if (decoder.alignment) b.output(stepped.attention, 'float32');

  // At first there is one hypothesis.
  const firstScores = float32([1, beam], [0, ...new Array<number>(beam - 1).fill(NONE)]);
  const carried = [
    g.node('Expand', [g.constant(firstScores), g.node('Concat', [batch, width64], { attributes: { axis: int(0) } })]),
    g.node('Expand', [g.constant(int32([1, 1], [beam])), g.node('Concat', [batch, one], { attributes: { axis: int(0) } })]),
    decoder.initialEmbedding,
    ...decoder.initialStates,
    ...(decoder.noHistory === null ? [] : [decoder.noHistory]),
  ];
  const scans = decoder.alignment ? 4 : 3;
  const outputs = g.nodes('Loop', [decoder.steps, g.constant(bool([], [true])), ...carried], carried.length + scans, {
    attributes: { body: graph(b.finish()) },
  });
  const [tokens = '', parentsOut = '', scoresOut = '', attention = ''] = outputs.slice(carried.length);
  return { tokens, parents: parentsOut, scores: scoresOut, attention: decoder.alignment ? attention : null };

  /** int32 [n]: what the sentences of the hypotheses must take in a step, -1 behind what is forced. */
  function forcedColumns(body: GraphBuilder, at: Value): Value {
    const row = body.node('Gather', [allForced, body.node('Min', [at, lastForced])]);
    return body.node('Reshape', [body.node('Expand', [body.node('Unsqueeze', [row, one]), g.constant(int64([2], [1, beam]))]), flat]);
  }
}
