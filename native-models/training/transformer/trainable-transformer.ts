/** A transformer that learns from nothing: the student's own forward graph over parameters that begin at random. */
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import { int64 } from '../../onnx/tensors.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { glorot, normal, ones, zeros, type Initial } from '../parameters.ts';
import { embeddingOf, studentForward, studentInputs } from '../student/student-forward.ts';
import { studentParameterShapes } from '../student/student-parameters.ts';
import type { TrainableModel } from '../trainable-model.ts';
import type { TransformerConfiguration } from './configuration.ts';

/** One table for source, target and output where they share a vocabulary. */
export function studentArchitecture({ dim, heads, ffnDim, encoderLayers, decoderLayers }: TransformerConfiguration, sizes: { readonly source: number; readonly target: number; readonly joint: boolean }): StudentArchitecture {
  return { dim, heads, ffnDim, encoderLayers, decoderLayers, sourceVocabulary: sizes.source, targetVocabulary: sizes.target, sharedEmbeddings: sizes.joint, alignmentLayer: decoderLayers };
}

/** Batches are `studentBatch`'s. */
export function trainableTransformer(architecture: StudentArchitecture, { smoothing, dropout }: { readonly smoothing: number; readonly dropout: number }): TrainableModel {
  return {
    parameters: [...studentParameterShapes(architecture)].map(([name, dims]) => ({ name, dims, initial: initialOf(name, dims, architecture.dim) })),
    inputs: studentInputs(architecture),
    loss(g, context) {
      const { hidden } = studentForward(g, architecture, {
        parameter: (name) => context.parameter(name),
        input: (name) => context.input(name),
        residual: (graph, x, length) => context.dropout(graph, x, [length, 'B', architecture.dim], dropout),
      });
      const rows = (value: string, ...dims: number[]): string => g.node('Reshape', [value, g.constant(int64([dims.length], dims))]);
      return crossEntropy(g, {
        hidden: rows(hidden, -1, architecture.dim),
        table: context.parameter(embeddingOf(architecture, 'target')),
        vocabulary: architecture.targetVocabulary,
        bias: context.parameter('decoder_ff_logit_out_b'),
        targets: rows(context.input('labels'), -1),
        weights: rows(context.input('labelWeights'), -1),
        smoothing,
      });
    },
  };
}

/** Embeddings are multiplied with √dim before they enter the layers, and enter with length one so. */
function initialOf(name: string, dims: readonly number[], dim: number): Initial {
  if (name.endsWith('Wemb')) return normal(1 / Math.sqrt(dim));
  if (name.endsWith('_ln_scale')) return ones;
  return dims.length === 2 ? glorot : zeros;
}
