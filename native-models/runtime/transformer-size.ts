/** How large the graphs of a transformer become. */
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { EngineError } from '../engine/engine.ts';

/** A model in one piece is a protobuf message of less than 2 GiB; the rest is for nodes and small constants. */
const MOST_WEIGHT_BYTES = 2 ** 31 - 2 ** 25;

/** Throws MODEL_UNSUPPORTED when these parts' weights don't fit into one graph. Weights that parts share count once. */
export function refuseTooLarge(model: TransformerDefinition, graph: string, parts: readonly unknown[]): void {
  const bytes = weightBytes(parts);
  if (bytes <= MOST_WEIGHT_BYTES) return;
  throw new EngineError(
    'MODEL_UNSUPPORTED',
    `The ${graph} of this ${model.family} model has ${Math.round(bytes / 2 ** 20)} MB of float32 weights; ${Math.floor(MOST_WEIGHT_BYTES / 2 ** 20)} MB can be run.`,
    'Choose a smaller version of the model.',
  );
}

/** Bytes of all different weights below `part` of a definition. */
export function weightBytes(part: unknown): number {
  const found = new Set<Float32Array>();
  const look = (value: unknown): void => {
    if (value instanceof Float32Array) found.add(value);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) look(one);
  };
  look(part);
  return [...found].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
