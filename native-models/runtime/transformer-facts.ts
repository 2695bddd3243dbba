/** What must be known of a transformer to run its graphs, without its weights. */
import type { PositionTable, Stack, TransformerDefinition } from '../architectures/transformer/definition.ts';

/** Of a table of positions; null where a model has none. */
export type PositionRule = Pick<PositionTable, 'first' | 'uncounted'> | null;

export interface TransformerFacts {
  readonly family: string;
  /** Ids of a source are smaller. */
  readonly sourceVocabulary: number;
  /** Ids of an output are smaller. */
  readonly targetVocabulary: number;
  /** Of the encoder. */
  readonly positions: PositionRule;
  readonly decoderPositions: PositionRule;
  /** Of the self-attention of each decoder layer. */
  readonly decoderLayers: readonly { readonly heads: number; readonly headSize: number }[];
  readonly maxSourceLength: number | null;
  readonly maxTargetLength: number | null;
}

export function factsOf({ family, encoder, decoder, output, maxSourceLength, maxTargetLength }: TransformerDefinition): TransformerFacts {
  return {
    family,
    sourceVocabulary: encoder.embedding.rows,
    targetVocabulary: output.outputs,
    positions: ruleOf(encoder),
    decoderPositions: ruleOf(decoder),
    decoderLayers: decoder.layers.map(({ selfAttention: { heads, headSize } }) => ({ heads, headSize })),
    maxSourceLength,
    maxTargetLength,
  };
}

function ruleOf({ positions }: Stack<unknown>): PositionRule {
  return positions === null ? null : { first: positions.first, uncounted: positions.uncounted };
}

/** Facts that were stored as JSON; null for anything else. */
export function readTransformerFacts(value: unknown): TransformerFacts | null {
  if (!isRecord(value)) return null;
  const { family, sourceVocabulary, targetVocabulary, maxSourceLength, maxTargetLength, decoderLayers } = value;
  const positions = readRule(value['positions']), decoderPositions = readRule(value['decoderPositions']);
  if (typeof family !== 'string' || !isCount(sourceVocabulary) || !isCount(targetVocabulary)) return null;
  if (!isCountOrNull(maxSourceLength) || !isCountOrNull(maxTargetLength) || positions === undefined || decoderPositions === undefined) return null;
  if (!Array.isArray(decoderLayers) || !decoderLayers.every((layer: unknown): layer is { heads: number; headSize: number } => isRecord(layer) && isCount(layer['heads']) && isCount(layer['headSize']))) return null;
  return { family, sourceVocabulary, targetVocabulary, positions, decoderPositions, decoderLayers, maxSourceLength, maxTargetLength };
}

/** undefined for what is no rule. */
function readRule(value: unknown): PositionRule | undefined {
  if (value === null) return null;
  if (!isRecord(value) || !isCount(value['first']) || !isCountOrNull(value['uncounted'])) return undefined;
  return { first: value['first'], uncounted: value['uncounted'] };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isCountOrNull = (value: unknown): value is number | null => value === null || isCount(value);
