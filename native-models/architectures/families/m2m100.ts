/** M2M100 and NLLB (dense): pre-norm with a last norm, sinusoidal positions that count no padding. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { TransformerDefinition } from '../transformer/definition.ts';
import { bartTransformer } from './bart-transformer.ts';
import { countedSinusoidalPositions } from './position-tables.ts';

export function m2m100(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  const positions = settings.positive('max_position_embeddings');
  const padding = settings.id('pad_token_id', 1);
  return bartTransformer(settings, tensors, {
    family: 'm2m100',
    norms: 'pre',
    embeddingNorm: false,
    finalNorm: true,
    logitsBias: false,
    defaults: { activation: 'relu', scaleEmbedding: true },
    positions: (_, dim) => countedSinusoidalPositions(positions, dim, padding),
  });
}
