/** The recurrent model as training computes it: the whole target at once, each token behind the true one before it. */
import type { RecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { rememberSource } from '../../architectures/recurrent/context.ts';
import { decoderRound, firstStates, prepareInput, readOut } from '../../architectures/recurrent/decoder.ts';
import { encode } from '../../architectures/recurrent/encoder.ts';
import { recurrentParameters, tablesOf, type RecurrentParameter } from '../../architectures/recurrent/parameters.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { scan } from '../../onnx/scan.ts';
import { int64 } from '../../onnx/tensors.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { glorot, normal, zeros, type Initial } from '../parameters.ts';
import type { Batch, ForwardContext, SummedLoss, TrainableModel } from '../trainable-model.ts';

const INITIAL: Readonly<Record<RecurrentParameter['role'], Initial>> = { matrix: glorot, embedding: normal(0.1), bias: zeros };

/** Batches are `recurrentBatch`'s. */
export function trainableRecurrent(configuration: RecurrentConfiguration, smoothing: number): TrainableModel {
  return {
    parameters: [...recurrentParameters(configuration)].map(([name, { dims, role }]) => ({ name, dims, initial: INITIAL[role] })),
    // Time first: a Scan runs over the first axis.
    inputs: [
      { name: 'source', type: 'int64', dims: ['S', 'B'] },
      { name: 'sourceMask', type: 'float32', dims: ['S', 'B', 1] },
      { name: 'previous', type: 'int64', dims: ['T', 'B'] },
      { name: 'labels', type: 'int64', dims: ['T', 'B'] },
      { name: 'labelWeights', type: 'float32', dims: ['T', 'B'] },
    ],
    loss: (g, context) => loss(g, context, configuration, smoothing),
  };
}

function loss(g: GraphBuilder, context: ForwardContext, c: RecurrentConfiguration, smoothing: number): SummedLoss {
  const { parameter, input } = context;
  const weights = { parameter, dropout: context.dropout.bind(context), mask: context.mask.bind(context) };
  const list = (...values: number[]): Value => g.constant(int64([values.length], values));
  const mask = input('sourceMask');
  const encoded = encode(g, c, weights, input('source'), mask);
  const memory = rememberSource(g, c, parameter, encoded, mask);
  const embedded = context.dropout(g, g.node('Gather', [parameter(tablesOf(c).target), input('previous')]), ['T', 'B', c.embedding], c.dropout);
  const masks = Array.from({ length: c.decoderLayers - 1 }, () => context.mask(['T', 'B', c.hidden], c.dropout)).filter((each) => each !== null);
  const prepared = prepareInput(g, parameter, embedded, memory);
  const attended = memory['fixed'] === undefined;
  const rounds = scan(g, { states: firstStates(g, c, parameter, encoded, memory), inputs: [prepared, ...(c.inputFeeding ? [embedded] : []), ...masks] }, (b, states, [x = '', ...others]) => {
    const token = c.inputFeeding ? (others.shift() ?? '') : '';
    const round = decoderRound(b, c, parameter, { prepared: x, embedded: token, states, memory, masks: others });
    return { states: [...round.states], outputs: c.inputFeeding ? [round.states.at(-1) ?? ''] : [round.top, ...(attended ? [round.context] : [])] };
  });
  const [first = '', contexts = ''] = rounds.outputs;
  const readout = c.inputFeeding ? first : readOut(g, parameter, { top: first, context: contexts, embedded, memory });
  return crossEntropy(g, {
    hidden: g.node('Reshape', [context.dropout(g, readout, ['T', 'B', c.embedding], c.dropout), list(-1, c.embedding)]),
    table: parameter(tablesOf(c).output),
    vocabulary: c.targetVocabulary,
    bias: parameter('output_b'),
    targets: g.node('Reshape', [input('labels'), list(-1)]),
    weights: g.node('Reshape', [input('labelWeights'), list(-1)]),
    smoothing,
  });
}

/** Examples have at least one token a side; id 0, the end of a sentence, stands before the first token. */
export function recurrentBatch(examples: readonly TrainingExample[]): Batch {
  const [S, T, B] = [Math.max(...examples.map(({ source }) => source.length)), Math.max(...examples.map(({ target }) => target.length)), examples.length];
  const source = new BigInt64Array(S * B), sourceMask = new Float32Array(S * B);
  const previous = new BigInt64Array(T * B), labels = new BigInt64Array(T * B), labelWeights = new Float32Array(T * B);
  for (const [row, example] of examples.entries()) {
    for (const [time, token] of example.source.entries()) {
      source[time * B + row] = BigInt(token);
      sourceMask[time * B + row] = 1;
    }
    for (const [time, token] of example.target.entries()) {
      labels[time * B + row] = BigInt(token);
      labelWeights[time * B + row] = 1;
      if (time + 1 < T) previous[(time + 1) * B + row] = BigInt(token);
    }
  }
  return {
    source: { type: 'int64', dims: [S, B], data: source },
    sourceMask: { type: 'float32', dims: [S, B, 1], data: sourceMask },
    previous: { type: 'int64', dims: [T, B], data: previous },
    labels: { type: 'int64', dims: [T, B], data: labels },
    labelWeights: { type: 'float32', dims: [T, B], data: labelWeights },
  };
}
