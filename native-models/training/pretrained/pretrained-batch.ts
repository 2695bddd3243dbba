/** Batches of examples as the training graph of a pretrained transformer takes them. */
import { MASKED } from '../../architectures/transformer/encoder-graph.ts';
import type { PositionTable, TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { sourcePositions } from '../../runtime/transformer-sources.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { Batch, BatchInput, BatchTensor } from '../trainable-model.ts';

/** What a batch consists of: B sentences, S source tokens, T target tokens. */
export function pretrainedInputs({ encoder, decoder }: TransformerDefinition): readonly BatchInput[] {
  return [
    // Token ids, with all that stands around a text; 0 behind its end.
    { name: 'source', type: 'int64', dims: ['B', 'S'] },
    ...(encoder.positions === null ? [] : [{ name: 'sourcePositions', type: 'int64', dims: ['B', 'S'] } as const]),
    // 0 for tokens, MASKED behind the end.
    { name: 'sourceMask', type: 'float32', dims: ['B', 1, 1, 'S'] },
    // The token before each target token; of the first one the start token.
    { name: 'previous', type: 'int64', dims: ['B', 'T'] },
    ...(decoder.positions === null ? [] : [{ name: 'targetPositions', type: 'int64', dims: ['B', 'T'] } as const]),
    // 0 for a token and those before it, MASKED for those after it.
    { name: 'causalMask', type: 'float32', dims: [1, 1, 'T', 'T'] },
    // The target tokens, 0 for padding; and 1 for tokens, 0 for padding.
    { name: 'labels', type: 'int64', dims: ['B', 'T'] },
    { name: 'labelWeights', type: 'float32', dims: ['B', 'T'] },
  ];
}

/** The tensors that `pretrainedInputs` lists. Examples have at least one token a side; `start` is the decoder's first token. */
export function pretrainedBatch({ encoder, decoder }: TransformerDefinition, start: number, examples: readonly TrainingExample[]): Batch {
  const sources = examples.map(({ source }) => source);
  const targets = examples.map(({ target }) => target);
  const before = targets.map((target) => [start, ...target.slice(0, -1)]);
  const [S, T] = [longest(sources), longest(targets)];
  return {
    source: integers(sources, S),
    ...(encoder.positions === null ? {} : { sourcePositions: positionsOf(encoder.positions, sources, S) }),
    sourceMask: { type: 'float32', dims: [examples.length, 1, 1, S], data: floats(sources, S, 0, MASKED) },
    previous: integers(before, T),
    ...(decoder.positions === null ? {} : { targetPositions: positionsOf(decoder.positions, before, T) }),
    causalMask: { type: 'float32', dims: [1, 1, T, T], data: Float32Array.from({ length: T * T }, (_, at) => (at % T > Math.floor(at / T) ? MASKED : 0)) },
    labels: integers(targets, T),
    labelWeights: { type: 'float32', dims: [examples.length, T], data: floats(targets, T, 1, 0) },
  };
}

const longest = (rows: readonly (readonly number[])[]): number => Math.max(...rows.map(({ length }) => length));

function integers(rows: readonly (readonly number[])[], length: number): BatchTensor {
  const data = new BigInt64Array(rows.length * length);
  for (const [row, ids] of rows.entries()) for (const [at, id] of ids.entries()) data[row * length + at] = BigInt(id);
  return { type: 'int64', dims: [rows.length, length], data };
}

function positionsOf(positions: PositionTable, rows: readonly (readonly number[])[], length: number): BatchTensor {
  return { type: 'int64', dims: [rows.length, length], data: BigInt64Array.from(sourcePositions(positions, rows, length), BigInt) };
}

/** `inside` for each token of a row, `behind` after its end. */
function floats(rows: readonly (readonly number[])[], length: number, inside: number, behind: number): Float32Array {
  const data = new Float32Array(rows.length * length).fill(behind);
  for (const [row, ids] of rows.entries()) data.fill(inside, row * length, row * length + ids.length);
  return data;
}
