/** mBART and mBART-50: BART with norms in front of each part and behind the last layer. */
import type { FloatTensors } from '../../weights/float-tensors.ts';
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { TransformerDefinition } from '../transformer/definition.ts';
import { bartTransformer } from './bart-transformer.ts';
import { learnedPositions } from './position-tables.ts';

export function mbart(settings: ModelSettings, tensors: FloatTensors): TransformerDefinition {
  return bartTransformer(settings, tensors, {
    family: 'mbart',
    norms: 'pre',
    embeddingNorm: true,
    finalNorm: true,
    logitsBias: true,
    defaults: { activation: 'gelu', scaleEmbedding: false },
    positions: (side, dim) => learnedPositions(tensors, `model.${side}.embed_positions.weight`, dim, 2),
  });
}
