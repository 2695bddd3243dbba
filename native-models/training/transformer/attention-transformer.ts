/** A transformer with self-attention on both sides (Vaswani et al. 2017, norms behind each part) that learns from nothing. */
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { withResiduals, type ResidualChange } from '../../architectures/transformer/with-residuals.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int64 } from '../../onnx/tensors.ts';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import { SequenceModel } from '../../runtime/sequence-model.ts';
import { SequenceSearch } from '../../runtime/sequence-search.ts';
import { openTransformerSearch } from '../../runtime/transformer-search.ts';
import { openTransformer } from '../../runtime/transformer-step-decoder.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { glorot, matchingParameter, normal, ones, zeros, type Initial, type ParameterStore } from '../parameters.ts';
import { pretrainedBatch, pretrainedInputs } from '../pretrained/pretrained-batch.ts';
import { trainablePretrained } from '../pretrained/trainable-pretrained.ts';
import { weightParts, type WeightPart } from '../pretrained/weight-parts.ts';
import type { Batch, ForwardContext, TrainableModel } from '../trainable-model.ts';
import type { TransformerConfiguration } from './configuration.ts';
import { blankMarian, MOST_POSITIONS, searchOf, writeMarianFolder } from './marian-folder.ts';

const ALL_LEARNS = { rank: 'full', freezeEmbeddings: false, candidates: null, seed: 0 } as const;

/** `vocabulary`: pieces that both sides share. */
export class AttentionTransformer {
  readonly trainable: TrainableModel;
  readonly #configuration: TransformerConfiguration;
  readonly #vocabulary: number;
  readonly #definition: TransformerDefinition;

  constructor(configuration: TransformerConfiguration, vocabulary: number, smoothing: number) {
    this.#configuration = configuration;
    this.#vocabulary = vocabulary;
    this.#definition = blankMarian(configuration, vocabulary).definition;
    this.trainable = {
      inputs: pretrainedInputs(this.#definition),
      parameters: weightParts(this.#definition).map((part) => ({ name: part.name, dims: part.dims, initial: initialOf(part, configuration.dim) })),
      loss: (g, context) => trainablePretrained(withDropout(this.#definition, configuration, context), { ...ALL_LEARNS, labelSmoothing: smoothing }).model.loss(g, context),
    };
  }

  batch(examples: readonly TrainingExample[]): Batch {
    return pretrainedBatch(this.#definition, this.#vocabulary, examples);
  }

  /** Ready to translate with these parameters, as the engine opens the folder that is written of them. */
  async open(parameters: ParameterStore, threads: number): Promise<CompiledModel> {
    const { definition } = this.#with(parameters);
    const last = { layer: definition.decoder.layers.length - 1, head: 0 };
    const graph = await openTransformerSearch(definition, { threads, device: 'cpu', alignment: last });
    const search = new SequenceSearch({ graph, openSteps: () => openTransformer(definition, { threads, device: 'cpu', alignment: last }), marian: null });
    return new SequenceModel({ search, settings: searchOf(this.#vocabulary), vocabularySize: this.#vocabulary + 1, maxSourceTokens: MOST_POSITIONS, maxTargetTokens: MOST_POSITIONS });
  }

  /** `pieces` of the vocabulary, by their ids. */
  write(folder: string, parameters: ParameterStore, pieces: readonly string[]): Promise<void> {
    return writeMarianFolder(folder, this.#with(parameters), pieces);
  }

  #with(parameters: ParameterStore): ReturnType<typeof blankMarian> {
    const model = blankMarian(this.#configuration, this.#vocabulary);
    for (const { name, dims, data } of weightParts(model.definition)) data.set(matchingParameter(parameters, { name, dims }).data);
    return model;
  }
}

/** Embeddings are multiplied with √dim before they enter the layers, and enter with length one so. */
function initialOf({ name, kind }: WeightPart, dim: number): Initial {
  if (kind === 'vocabulary') return normal(1 / Math.sqrt(dim));
  if (kind === 'matrix') return glorot;
  return name.endsWith('.scale') ? ones : zeros;
}

/** Drops of what each part of a layer adds to its input. */
function withDropout(model: TransformerDefinition, { dim, dropout: rate }: TransformerConfiguration, context: ForwardContext): TransformerDefinition {
  const dropping = (length: 'S' | 'T'): ResidualChange => (part) => ({
    ...part,
    drop(g: GraphBuilder, x: Value) {
      const mask = context.mask(['B', length, dim], rate);
      return mask === null ? x : g.node('Mul', [x, g.node('Reshape', [mask, g.constant(int64([2], [-1, dim]))])]);
    },
  });
  return withResiduals(model, dropping('S'), dropping('T'));
}
