/**
 * A transformer of any family that goes on learning: its definition's own arrays are the parameters of a training graph,
 * which is built by the functions that build the graphs of the engine. What is learned is the weights themselves, or
 * changes of low rank beside them (LoRA: Hu et al. 2022).
 */
import { forcedDecoder } from '../../architectures/transformer/forced-decoder.ts';
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { encode } from '../../architectures/transformer/encoder-graph.ts';
import { withLinears } from '../../architectures/transformer/with-linears.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { ints } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { glorot, zeros, type Parameter } from '../parameters.ts';
import { seededRandom } from '../seeded-random.ts';
import type { ParameterDefinition } from '../parameters.ts';
import type { TrainableModel } from '../trainable-model.ts';
import { pretrainedInputs } from './pretrained-batch.ts';
import { weightParts, type WeightPart } from './weight-parts.ts';

export interface PretrainedLearning {
  /** `full`: every number learns; else matrices inside the layers learn by changes of this rank, and norms and biases learn fully. */
  readonly rank: 'full' | number;
  /** Embeddings and the output layer's matrix stay as they are; with a rank they do in any case. */
  readonly freezeEmbeddings: boolean;
  /** Rows of the output layer that a batch's softmax is over, as `candidates` of the batch; null for the whole vocabulary. */
  readonly candidates: number | null;
  readonly labelSmoothing: number;
  /** Of the changes of low rank. */
  readonly seed: number;
}

export interface TrainablePretrained {
  /** For a training session; its batches are `pretrainedBatch`'s. */
  readonly model: TrainableModel;
  /** What it starts with: the definition's own arrays. */
  readonly start: ReadonlyMap<string, Parameter>;
  /** As it was given, with changes of low rank where these are learned. */
  readonly definition: TransformerDefinition;
}

export function trainablePretrained(original: TransformerDefinition, learning: PretrainedLearning): TrainablePretrained {
  const model = learning.rank === 'full' ? original : withAdapters(original, learning.rank, learning.seed);
  const parts = weightParts(model);
  return {
    model: {
      parameters: parts.map((part) => definitionOf(part, learning)),
      inputs: [...pretrainedInputs(model), ...(learning.candidates === null ? [] : [{ name: 'candidates', type: 'int64', dims: [learning.candidates] } as const])],
      loss(g, context) {
        for (const { name, data } of parts) g.replaceConstant(data, context.parameter(name));
        const hidden = pretrainedForward(g, model, (name) => context.input(name));
        const { outputs, inputs, weight, layout, bias } = model.output;
        const table = g.constant(float32(layout === 'out-in' ? [outputs, inputs] : [inputs, outputs], weight));
        const rows = layout === 'out-in' ? table : g.node('Transpose', [table], { attributes: { perm: ints(1, 0) } });
        const chosen = (value: Value): Value => (learning.candidates === null ? value : g.node('Gather', [value, context.input('candidates')]));
        const flat = (name: string): Value => g.node('Reshape', [context.input(name), g.constant(int64([1], [-1]))]);
        return crossEntropy(g, {
          hidden,
          table: chosen(rows),
          vocabulary: learning.candidates ?? outputs,
          bias: bias === null ? null : chosen(g.constant(float32([outputs], bias))),
          targets: flat('labels'),
          weights: flat('labelWeights'),
          smoothing: learning.labelSmoothing,
        });
      },
    },
    start: new Map(parts.map(({ name, dims, data }) => [name, { dims, data }])),
    definition: model,
  };
}

/** What the output layer takes for every target token at once, [B*T, dim]; `input` gives those of `pretrainedInputs`. */
export function pretrainedForward(g: GraphBuilder, model: TransformerDefinition, input: (name: string) => Value): Value {
  const [source, previous, mask] = [input('source'), input('previous'), input('sourceMask')];
  const shape = g.node('Shape', [source]);
  const encoded = encode(g, model, source, model.encoder.positions === null ? null : input('sourcePositions'), mask, shape);
  const positions = model.decoder.positions === null ? null : input('targetPositions');
  return forcedDecoder(g, model, { tokens: previous, positions, mask: input('causalMask'), shape: g.node('Shape', [previous]) }, { encoded, mask, shape });
}

/** A model with a change of low rank beside each product inside its layers, which changes nothing yet. */
export function withAdapters(model: TransformerDefinition, rank: number, seed: number): TransformerDefinition {
  let index = 0;
  return withLinears(model, (layer) => {
    const { inputs, outputs } = layer;
    const random = seededRandom(seed, index++);
    const left = Float32Array.from({ length: inputs * rank }, () => glorot(random, [inputs, rank]));
    return { ...layer, adapter: { rank, left, right: new Float32Array(rank * outputs) } };
  });
}

/** What a session would train with, without an array of it being made. */
export function parametersOf(model: TransformerDefinition, learning: Pick<PretrainedLearning, 'rank' | 'freezeEmbeddings'>): ParameterDefinition[] {
  const { rank } = learning;
  return weightParts(model).flatMap((part) => {
    const own = definitionOf(part, learning);
    if (rank === 'full' || part.kind !== 'matrix') return [own];
    const [inputs = 0, outputs = 0] = part.layout === 'out-in' ? part.dims.toReversed() : part.dims;
    return [own, { name: part.name.replace(/weight$/, 'left'), dims: [inputs, rank], initial: glorot }, { name: part.name.replace(/weight$/, 'right'), dims: [rank, outputs], initial: zeros }];
  });
}

function definitionOf(part: WeightPart, learning: Pick<PretrainedLearning, 'rank' | 'freezeEmbeddings'>): ParameterDefinition {
  return { name: part.name, dims: part.dims, initial: zeros, frozen: !learns(part, learning) };
}

function learns({ kind }: WeightPart, { rank, freezeEmbeddings }: Pick<PretrainedLearning, 'rank' | 'freezeEmbeddings'>): boolean {
  if (kind === 'other') return true;
  return rank === 'full' && (kind === 'matrix' || !freezeEmbeddings);
}
