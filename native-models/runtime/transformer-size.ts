/** How large the graphs of a transformer become. */
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { EngineError } from '../engine/engine-error.ts';

/** A model in one piece is a protobuf message of less than 2 GiB; the rest is for nodes and small constants. */
const MOST_WEIGHT_BYTES = 2 ** 31 - 2 ** 25;

/** Throws MODEL_UNSUPPORTED when these parts' weights don't fit into one graph. Weights that parts share count once. */
export function refuseTooLarge(model: TransformerDefinition, graph: string, parts: readonly unknown[]): void {
  const bytes = weightBytes(parts);
  if (bytes <= MOST_WEIGHT_BYTES) return;
  throw new EngineError(
    'MODEL_UNSUPPORTED',
    `The ${graph} of this ${model.family} model has ${Math.round(bytes / 2 ** 20)} MB of weights; ${Math.floor(MOST_WEIGHT_BYTES / 2 ** 20)} MB can be run.`,
    'Choose a smaller version of the model.',
  );
}

/** Bytes of all different weights below `part` of a definition that a graph takes: 8 bit ones stand for the float32 ones beside them. */
export function weightBytes(part: unknown): number {
  const found = new Set<ArrayBufferView>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value);
    else if (typeof value === 'object' && value !== null) {
      const inInt8 = 'quantized' in value && value.quantized !== undefined;
      for (const [name, one] of Object.entries(value)) if (!(inInt8 && name === 'weight')) look(one);
    }
  };
  look(part);
  return [...found].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
