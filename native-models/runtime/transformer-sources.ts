/** A batch of sources as the graphs of a transformer take it. */
import type { PositionTable } from '../architectures/transformer/definition.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { TransformerFacts } from './transformer-facts.ts';

export interface SourceBatch {
  /** [sources, length], zeros behind a text's end */
  readonly ids: Int32Array;
  /** [sources, length]: 0 for tokens, `masked` behind a text's end */
  readonly mask: Float32Array;
  /** Of the longest source. */
  readonly length: number;
}

/** Throws EngineError INVALID_INPUT for no sources, and for one that is empty, too long or holds an id outside the vocabulary. */
export function checkedSources({ sourceVocabulary, maxSourceLength }: TransformerFacts, sources: readonly (readonly number[])[], masked: number): SourceBatch {
  if (sources.length === 0) throw invalid('A batch needs sources.');
  for (const source of sources) {
    if (source.length === 0) throw invalid('A source is empty; it needs its end-of-sentence token at least.');
    if (maxSourceLength !== null && source.length > maxSourceLength) throw invalid(`A source has ${source.length} tokens; the model takes ${maxSourceLength}.`);
    const stranger = source.find((id) => !Number.isInteger(id) || id < 0 || id >= sourceVocabulary);
    if (stranger !== undefined) throw invalid(`The id ${stranger} is not one of the ${sourceVocabulary} of the model's vocabulary.`);
  }
  const length = Math.max(...sources.map((source) => source.length));
  const ids = new Int32Array(sources.length * length);
  const mask = new Float32Array(ids.length).fill(masked);
  for (const [row, source] of sources.entries()) {
    ids.set(source, row * length);
    mask.fill(0, row * length, row * length + source.length);
  }
  return { ids, mask, length };
}

/** [sources, length]: the row of the table for each token; behind a text's end anything will do. */
export function sourcePositions(positions: Pick<PositionTable, 'first' | 'uncounted'>, sources: readonly (readonly number[])[], length: number): Int32Array {
  const rows = new Int32Array(sources.length * length);
  for (const [index, source] of sources.entries()) {
    let next = positions.first;
    for (const [column, id] of source.entries()) rows[index * length + column] = id === positions.uncounted ? positions.first - 1 : next++;
  }
  return rows;
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_INPUT', message);
}
