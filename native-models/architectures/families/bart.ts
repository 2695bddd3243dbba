/** BART: post-norm, a norm over the embedded tokens, trained positions behind two unused rows. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { TransformerDefinition } from '../transformer/definition.ts';
import { bartTransformer } from './bart-transformer.ts';
import { learnedPositions } from './position-tables.ts';

export function bart(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  return bartTransformer(settings, tensors, {
    family: 'bart',
    norms: 'post',
    embeddingNorm: true,
    finalNorm: false,
    logitsBias: true,
    defaults: { activation: 'gelu', scaleEmbedding: false },
    positions: (side, dim) => learnedPositions(tensors, `model.${side}.embed_positions.weight`, dim, 2),
  });
}
