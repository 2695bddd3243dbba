/** What must be known of a transformer to run its graphs, without its weights. */
import type { PositionTable, TransformerDefinition } from '../architectures/transformer/definition.ts';

export interface TransformerFacts {
  readonly family: string;
  /** Ids of a source are smaller. */
  readonly sourceVocabulary: number;
  /** Ids of an output are smaller. */
  readonly targetVocabulary: number;
  /** Of the encoder; null without a table of positions. */
  readonly positions: Pick<PositionTable, 'first' | 'uncounted'> | null;
  readonly maxSourceLength: number | null;
  readonly maxTargetLength: number | null;
}

export function factsOf({ family, encoder, output, maxSourceLength, maxTargetLength }: TransformerDefinition): TransformerFacts {
  const { positions } = encoder;
  return {
    family,
    sourceVocabulary: encoder.embedding.rows,
    targetVocabulary: output.outputs,
    positions: positions === null ? null : { first: positions.first, uncounted: positions.uncounted },
    maxSourceLength,
    maxTargetLength,
  };
}
