/** Marian models in Hugging Face's form (OPUS-MT): post-norm, sinusoidal positions, no norm over the embedded tokens. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { TransformerDefinition } from '../transformer/definition.ts';
import { bartTransformer } from './bart-transformer.ts';
import { storedOrSinusoidalPositions } from './position-tables.ts';

export function marian(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  const rows = settings.positive('max_position_embeddings');
  return bartTransformer(settings, tensors, {
    family: 'marian',
    norms: 'post',
    embeddingNorm: false,
    finalNorm: false,
    logitsBias: true,
    defaults: { activation: 'gelu', scaleEmbedding: false },
    positions: (side, dim) => storedOrSinusoidalPositions(tensors, `model.${side}.embed_positions.weight`, rows, dim),
  });
}
