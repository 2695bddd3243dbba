/** A batch of examples as the student's training graph takes it. */
import type { TrainingExample } from '../corpus/batches.ts';
import type { Batch, BatchTensor } from '../trainable-model.ts';

export interface StudentBatch {
  readonly tensors: Batch;
  /** Target tokens, padding not counted. */
  readonly targetTokens: number;
}

const PADDING_SCORE = -1e9;

/**
 * The tensors that `studentInputs` lists. Examples have at least one token a side. With more than one target a token, labels
 * are [T, B, K] and `labelShares` says how much each counts, an example having at most K in its distributions; with one, these count
 * nothing.
 */
export function studentBatch(examples: readonly TrainingExample[], dim: number, targetsAToken = 1): StudentBatch {
  const rows = examples.length;
  const sourceLength = Math.max(...examples.map(({ source }) => source.length));
  const targetLength = Math.max(...examples.map(({ target }) => target.length));
  const source = new BigInt64Array(sourceLength * rows);
  const mask = new Float32Array(rows * sourceLength).fill(PADDING_SCORE);
  const previous = new BigInt64Array(targetLength * rows);
  const labels = new BigInt64Array(targetLength * rows * targetsAToken);
  const shares = new Float32Array(targetsAToken === 1 ? 0 : labels.length);
  const weights = new Float32Array(targetLength * rows);
  examples.forEach((example, row) => {
    example.source.forEach((token, at) => {
      source[at * rows + row] = BigInt(token);
      mask[row * sourceLength + at] = 0;
    });
    example.target.forEach((token, at) => {
      const place = (at * rows + row) * targetsAToken;
      const { tokens, shares: own } = (targetsAToken === 1 ? undefined : example.distributions?.[at]) ?? { tokens: [token], shares: [1] };
      labels.set(tokens.map(BigInt), place);
      if (targetsAToken > 1) shares.set(own, place);
      weights[at * rows + row] = 1;
      if (at + 1 < targetLength) previous[(at + 1) * rows + row] = BigInt(token);
    });
  });
  const counting = (length: number): BatchTensor => ({ type: 'int64', dims: [length], data: BigInt64Array.from({ length }, (_, index) => BigInt(index)) });
  return {
    tensors: {
      source: { type: 'int64', dims: [sourceLength, rows], data: source },
      sourceMask: { type: 'float32', dims: [rows, 1, 1, sourceLength], data: mask },
      sourcePositions: counting(sourceLength),
      previous: { type: 'int64', dims: [targetLength, rows], data: previous },
      hasPrevious: { type: 'float32', dims: [targetLength, 1, 1], data: Float32Array.from({ length: targetLength }, (_, at) => Math.min(at, 1)) },
      targetPositions: counting(targetLength),
      firstCell: { type: 'float32', dims: [rows, dim], data: new Float32Array(rows * dim) },
      labels: { type: 'int64', dims: targetsAToken === 1 ? [targetLength, rows] : [targetLength, rows, targetsAToken], data: labels },
      ...(targetsAToken === 1 ? {} : { labelShares: { type: 'float32' as const, dims: [targetLength, rows, targetsAToken], data: shares } }),
      labelWeights: { type: 'float32', dims: [targetLength, rows], data: weights },
    },
    targetTokens: examples.reduce((sum, { target }) => sum + target.length, 0),
  };
}
