/** The softmax of a batch over its own target tokens and others at random, instead of the whole vocabulary (Jean et al. 2015). */
import type { TrainingExample } from '../corpus/batches.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Batch } from '../trainable-model.ts';
import type { FinetuneSettings } from './finetune-settings.ts';

/** How many rows of the vocabulary; null where it has no more, or a batch may have more target tokens than these. */
export function candidatesOf({ candidates, batchTokens, maxTokens }: Pick<FinetuneSettings, 'candidates' | 'batchTokens' | 'maxTokens'>, vocabulary: number): number | null {
  return candidates === null || candidates >= vocabulary || candidates <= Math.max(batchTokens, maxTokens) ? null : candidates;
}

/** The batch with `candidates`, `count` rows of the vocabulary, and its labels as places among them. */
export function withCandidates(tensors: Batch, examples: readonly TrainingExample[], count: number, vocabulary: number, seed: number, position: number): Batch {
  const random = seededRandom(seed, 1_000_003 + position);
  const columns = new Map<bigint, bigint>();
  const add = (token: number): void => {
    const key = BigInt(token);
    if (columns.size < count && !columns.has(key)) columns.set(key, BigInt(columns.size));
  };
  for (const { target } of examples) for (const token of target) add(token);
  for (const { distributions } of examples) for (const { tokens } of distributions ?? []) for (const token of tokens) add(token);
  while (columns.size < count) add(random.below(vocabulary));
  const { labels, labelShares } = tensors;
  if (labels?.type !== 'int64') throw new RangeError('A batch has labels');
  // Padding has weight 0: any column serves. What found no place among the candidates counts nothing.
  const data = labels.data.map((token) => columns.get(token) ?? 0n);
  const shares = labelShares?.type === 'float32' ? { labelShares: { ...labelShares, data: labelShares.data.map((share, index) => (columns.has(labels.data[index] ?? -1n) ? share : 0)) } } : {};
  return { ...tensors, ...shares, labels: { ...labels, data }, candidates: { type: 'int64', dims: [count], data: BigInt64Array.from(columns.keys()) } };
}
