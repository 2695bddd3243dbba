/**
 * The graph of a recurrent model: encoder, context and the whole decode, greedy or with a beam, in one run. Inputs and outputs
 * are those of a student without a shortlist (student-graph.ts), so that the same code runs both.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder as Builder, int, ints } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { ELEMENT_TYPES, float32, int32, int64 } from '../../onnx/tensors.ts';
import { decodeWithBeam } from '../../decoding/beam-loop.ts';
import { decodeGreedily } from '../../decoding/greedy-loop.ts';
import type { MarianTensor } from '../../weights/marian-binary.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import { MarianWeights } from '../../weights/marian-weights.ts';
import { floatTensor } from '../../weights/write-marian-binary.ts';
import { outputLayer } from '../output-layer.ts';
import type { StudentGraphOptions } from '../student-graph.ts';
import type { RecurrentConfiguration } from './configuration.ts';
import { rememberSource } from './context.ts';
import { decoderRound, firstStates, prepareInput, readOut } from './decoder.ts';
import { encode } from './encoder.ts';
import { recurrentParameters, tablesOf } from './parameters.ts';

/** Most tokens of an output. */
export const MOST_RECURRENT_STEPS = 1024;

export type RecurrentGraphOptions = Pick<StudentGraphOptions, 'alignment' | 'scores' | 'beam' | 'noRepeatNgram'>;

export interface RecurrentParameterValues {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Every parameter that `recurrentParameters` lists must be there in its shape; RangeError otherwise. */
export function recurrentGraph(c: RecurrentConfiguration, parameters: ReadonlyMap<string, RecurrentParameterValues>, { alignment, scores, beam, noRepeatNgram }: RecurrentGraphOptions): ModelDefinition {
  const g = new Builder('recurrent');
  const shapes = recurrentParameters(c);
  const valuesOf = (name: string): RecurrentParameterValues => {
    const found = parameters.get(name);
    if (found === undefined || found.dims.join() !== shapes.get(name)?.dims.join()) throw new RangeError(`The parameter ${name} is missing or has another shape`);
    return found;
  };
  const parameter = (name: string): Value => g.constant(float32(valuesOf(name).dims, valuesOf(name).data), name);

  const source = g.input('source', 'int32', ['S', 'B']);
  const padding = g.input('mask', 'float32', ['B', 1, 1, 'S']);
  const steps = g.input('steps', 'int64', []);
  const forced = g.input('forced', 'int32', ['P', 'B']);
  const [sourceLength = '', batch = ''] = g.nodes('Split', [g.node('Shape', [source])], 2);
  const real = g.node('Cast', [g.node('Equal', [padding, g.constant(float32([], [0]))])], { attributes: { to: int(ELEMENT_TYPES.float32) } });
  const mask = g.node('Squeeze', [g.node('Transpose', [real], { attributes: { perm: ints(3, 0, 1, 2) } }), g.constant(int64([1], [2]))]);

  const encoded = encode(g, c, { parameter }, source, mask);
  const memory = rememberSource(g, c, parameter, encoded, mask);
  const rows = hypothesisRows(g, batch, beam);
  const perRow = (value: Value): Value => (beam === 1 ? value : g.node('Gather', [value, rows], { attributes: { axis: int(0) } }));
  const own: Record<string, Value> = Object.fromEntries(Object.entries(memory).map(([name, value]) => [name, perRow(value)]));
  // Without attention no token of the source is looked at more than another.
  own['evenly'] = perRow(g.node('Squeeze', [g.node('Div', [real, g.node('ReduceSum', [real, g.constant(int64([1], [3]))])]), g.constant(int64([2], [1, 2]))]));
  const table = parameter(tablesOf(c).target);
  const embed = (b: GraphBuilder, tokens: Value): Value => b.node('Gather', [table, tokens]);
  const hypotheses = g.node('Shape', [rows]);
  const outputOptions = { precision: 'float32', candidates: null, beam, noRepeatNgram, remembered: null } as const;
  const output = outputLayer(g, outputWeights(c, valuesOf), outputArchitecture(c), outputOptions);
  const decoder = {
    batch: g.node('Squeeze', [batch]),
    sourceLength,
    steps,
    // A recurrence needs no positions.
    positions: g.constant(float32([MOST_RECURRENT_STEPS + 1, 1], new Float32Array(MOST_RECURRENT_STEPS + 1))),
    // The end of a sentence, id 0, stands before its first token.
    initialEmbedding: embed(g, g.node('Expand', [g.constant(int32([1], [0])), hypotheses])),
    initialStates: firstStates(g, c, parameter, encoded, memory).map(perRow),
    sentences: own,
    embed,
    step(b: GraphBuilder, embedded: Value, states: readonly Value[], sentences: Readonly<Record<string, Value>>) {
      const round = decoderRound(b, c, parameter, { prepared: prepareInput(b, parameter, embedded, sentences), embedded, states, memory: sentences });
      const hidden = c.inputFeeding ? (round.states.at(-1) ?? '') : readOut(b, parameter, { top: round.top, context: round.context, embedded, memory: sentences });
      return { hidden, states: round.states, attention: round.attention === '' ? b.node('Identity', [sentences['evenly'] ?? '']) : round.attention };
    },
    alignment,
    scores,
    hidden: false,
    forced,
    noHistory: noRepeatNgram === 0 ? null : g.node('Expand', [g.constant(int64([1, 1], [0])), g.node('Concat', [hypotheses, g.constant(int64([1], [0]))], { attributes: { axis: int(0) } })]),
  };
  if (beam === 1) {
    const decoded = decodeGreedily(g, { ...decoder, choose: (b, hidden, sentences, bounds) => output.choose(b, hidden, sentences, bounds, scores) });
    g.namedOutput('tokens', decoded.tokens, 'int32', ['N']);
    g.namedOutput('rows', decoded.rows, 'int32', ['N']);
    if (decoded.attention !== null) g.namedOutput('attention', decoded.attention, 'float32', ['N', 'S']);
    if (decoded.scores !== null) g.namedOutput('scores', decoded.scores, 'float32', ['N']);
  } else {
    const decoded = decodeWithBeam(g, { ...decoder, beam, rowsPerHypothesis: true, best: (b, hidden, sentences, bounds) => output.best(b, hidden, sentences, bounds, beam) });
    g.namedOutput('tokens', decoded.tokens, 'int32', ['T', 'B', beam]);
    g.namedOutput('parents', decoded.parents, 'int32', ['T', 'B', beam]);
    g.namedOutput('scores', decoded.scores, 'float32', ['T', 'B', beam]);
    if (decoded.attention !== null) g.namedOutput('attention', decoded.attention, 'float32', ['T', 'B*beam', 'S']);
  }
  return g.model('bitext-studio');
}

/** int64 [B * beam]: the sentence of each hypothesis. */
function hypothesisRows(g: GraphBuilder, batch: Value, beam: number): Value {
  const all = g.node('Range', [g.constant(int64([], [0])), g.node('Squeeze', [g.node('Mul', [batch, g.constant(int64([1], [beam]))])]), g.constant(int64([], [1]))]);
  return g.node('Div', [all, g.constant(int64([], [beam]))]);
}

/** The model as the output layer and the runtime of the students know it: they look at sizes of tables only. */
export const outputArchitecture = (c: RecurrentConfiguration): StudentArchitecture => ({
  dim: c.embedding, sourceVocabulary: c.sourceVocabulary, targetVocabulary: c.targetVocabulary, sharedEmbeddings: true,
  heads: 1, ffnDim: 1, encoderLayers: c.encoderLayers, decoderLayers: c.decoderLayers, alignmentLayer: 1,
});

/** Table and bias by the names that the output layer knows them by. */
function outputWeights(c: RecurrentConfiguration, valuesOf: (name: string) => RecurrentParameterValues): MarianWeights {
  const tensors = new Map<string, MarianTensor>([
    ['Wemb', floatTensor([c.targetVocabulary, c.embedding], valuesOf(tablesOf(c).output).data)],
    ['decoder_ff_logit_out_b', floatTensor([1, c.targetVocabulary], valuesOf('output_b').data)],
  ]);
  return new MarianWeights(tensors, 'recurrent model');
}
