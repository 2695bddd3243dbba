/** Pegasus: pre-norm with a last norm, sinusoidal positions. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { TransformerDefinition } from '../transformer/definition.ts';
import { bartTransformer } from './bart-transformer.ts';
import { storedOrSinusoidalPositions } from './position-tables.ts';

export function pegasus(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  const rows = settings.positive('max_position_embeddings');
  return bartTransformer(settings, tensors, {
    family: 'pegasus',
    norms: 'pre',
    embeddingNorm: false,
    finalNorm: true,
    logitsBias: true,
    defaults: { activation: 'gelu', scaleEmbedding: false },
    positions: (side, dim) => storedOrSinusoidalPositions(tensors, `model.${side}.embed_positions.weight`, rows, dim),
  });
}
