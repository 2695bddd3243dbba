/**
 * The best tokens of each hypothesis, and their log-probabilities, where every token of the vocabulary is a candidate.
 *
 * Only rows that are hypotheses are multiplied with the output matrix. Its columns come in tiles, so that a tile's logits
 * are still in the processor's cache when they are summed up and searched. In a tile, blocks of tokens are compared by
 * their largest logit first: the best n tokens lie in the best n blocks. Of all exponentials only one sum a tile is kept.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { int, ints } from '../onnx/graph-builder.ts';
import { bool, float32, int64 } from '../onnx/tensors.ts';

/** Neighbouring columns of the output matrix. */
export interface VocabularyPart {
  readonly first: number;
  readonly width: number;
}

export interface VocabularyTile extends VocabularyPart {
  /** `input` as the output layer prepared it, [m, dim] -> float32 [m, width] */
  logits(b: GraphBuilder, input: Value): Value;
}

export interface BestColumns {
  /** int64 [n, count], best first */
  readonly columns: Value;
  /** float32 [n, count]; `none` in rows that are no hypotheses */
  readonly logProbabilities: Value;
}

export interface SearchedRows {
  /** float32 [n, dim] */
  readonly hidden: Value;
  /** bool [n]: whether a row is a hypothesis */
  readonly live: Value;
  /** int64 [n, 1]: the column that a row must take, -1 where it is free; null: all rows are free */
  readonly forced: Value | null;
}

/** Tokens of a tile at most: 4 MB of logits at 64 rows. */
const TILE = 16384;
const BLOCK = 64;
const LAST = { attributes: { axis: int(-1) } };
const FIRST = { attributes: { axis: int(0) } };

/** Tiles of nearly one width: whole blocks each, the last one may be narrower. */
export function tilesOf(vocabulary: number): VocabularyPart[] {
  const width = Math.ceil(vocabulary / Math.ceil(vocabulary / TILE) / BLOCK) * BLOCK;
  return Array.from({ length: Math.ceil(vocabulary / width) }, (_, index) => ({ first: index * width, width: Math.min(width, vocabulary - index * width) }));
}

/** `prepare`: what all tiles have in common of the way from the hidden states to the logits. `none`: so unlikely that it is no continuation. */
export function bestOfVocabulary(
  b: GraphBuilder,
  tiles: readonly VocabularyTile[],
  prepare: (b: GraphBuilder, hidden: Value) => Value,
  { hidden, live, forced }: SearchedRows,
  { count, none }: { readonly count: number; readonly none: number },
): BestColumns {
  const places = b.node('Transpose', [b.node('NonZero', [live])]);
  const rows = b.node('Squeeze', [places, b.constant(int64([1], [1]))]);
  const input = prepare(b, b.node('Gather', [hidden, rows], FIRST));
  const wanted = forced === null ? null : b.node('Gather', [forced, rows], FIRST);
  const found = tiles.map((tile) => bestOfTile(b, tile, input, wanted, count));
  const joined = (part: (tile: TileBest) => Value): Value => (found.length === 1 ? found.map(part).join('') : b.node('Concat', found.map(part), { attributes: { axis: int(1) } }));
  const [values = '', place = ''] = b.nodes('TopK', [joined((tile) => tile.values), b.constant(int64([1], [count]))], 2, LAST);
  const sum = found.length === 1 ? joined((tile) => tile.sum) : b.node('ReduceLogSumExp', [joined((tile) => tile.sum)], { attributes: { axes: ints(1), keepdims: int(1) } });
  let columns = b.node('GatherElements', [joined((tile) => tile.columns), place], LAST);
  let logProbabilities = b.node('Sub', [values, sum]);
  if (wanted !== null) {
    // A forced row has one continuation.
    const certain = b.node('GreaterOrEqual', [wanted, b.constant(int64([], [0]))]);
    const logit = found.length === 1 ? joined((tile) => tile.forced) : b.node('ReduceSum', [joined((tile) => tile.forced), b.constant(int64([1], [1]))]);
    const ranks = Array.from({ length: count }, (_, rank) => rank === 0);
    const only = b.node('Where', [b.constant(bool([1, count], ranks)), b.node('Sub', [logit, sum]), b.constant(float32([], [none]))]);
    columns = b.node('Where', [certain, wanted, columns]);
    logProbabilities = b.node('Where', [certain, only, logProbabilities]);
  }
  const shape = b.node('Concat', [b.node('Shape', [live]), b.constant(int64([1], [count]))], FIRST);
  const nothing = b.node('Expand', [b.constant(float32([1, 1], [none])), shape]);
  const noColumns = b.node('Expand', [b.constant(int64([1, 1], [0])), shape]);
  return { columns: b.node('ScatterND', [noColumns, places, columns]), logProbabilities: b.node('ScatterND', [nothing, places, logProbabilities]) };
}

interface TileBest {
  /** [m, at most count], in order */
  readonly values: Value;
  /** int64, the same */
  readonly columns: Value;
  /** [m, 1]: logarithm of the sum of all exponentials */
  readonly sum: Value;
  /** [m, 1]: logit of the forced column, 0 where it lies in another tile; '' where none is forced */
  readonly forced: Value;
}

function bestOfTile(b: GraphBuilder, tile: VocabularyTile, input: Value, wanted: Value | null, count: number): TileBest {
  const logits = tile.logits(b, input);
  const { values, columns } = largest(b, logits, tile.width, Math.min(count, tile.width));
  const one = b.constant(int64([1], [1]));
  const first = (value: Value): Value => b.node('Slice', [value, b.constant(int64([1], [0])), one, one]);
  // LogSoftmax and not ReduceLogSumExp, which takes ten times as long on the cpu.
  const sum = b.node('Sub', [first(values), b.node('GatherElements', [b.node('LogSoftmax', [logits], LAST), first(columns)], LAST)]);
  const start = b.constant(int64([], [tile.first]));
  return { values, columns: tile.first === 0 ? columns : b.node('Add', [columns, start]), sum, forced: wanted === null ? '' : forcedLogit() };

  function forcedLogit(): Value {
    const column = b.node('Sub', [wanted ?? '', start]);
    const bounded = b.node('Min', [b.node('Max', [column, b.constant(int64([], [0]))]), b.constant(int64([], [tile.width - 1]))]);
    return b.node('Where', [b.node('Equal', [column, bounded]), b.node('GatherElements', [logits, bounded], LAST), b.constant(float32([], [0]))]);
  }
}

/** The largest `count` of each row of [m, width], in order. */
function largest(b: GraphBuilder, logits: Value, width: number, count: number): { values: Value; columns: Value } {
  const size = blockOf(width);
  const best = Math.min(count, width / size);
  if (best * size >= width) {
    const [values = '', columns = ''] = b.nodes('TopK', [logits, b.constant(int64([1], [count]))], 2, LAST);
    return { values, columns };
  }
  const blocks = b.node('Reshape', [logits, b.constant(int64([3], [-1, width / size, size]))]);
  const most = b.node('ReduceMax', [blocks], { attributes: { axes: ints(2), keepdims: int(0) } });
  const [, chosen = ''] = b.nodes('TopK', [most, b.constant(int64([1], [best]))], 2, LAST);
  const inBlocks = b.node('GatherND', [blocks, b.node('Unsqueeze', [chosen, b.constant(int64([1], [2]))])], { attributes: { batch_dims: int(1) } });
  const flat = b.node('Reshape', [inBlocks, b.constant(int64([2], [-1, best * size]))]);
  const [values = '', place = ''] = b.nodes('TopK', [flat, b.constant(int64([1], [count]))], 2, LAST);
  const width64 = b.constant(int64([], [size]));
  const block = b.node('GatherElements', [chosen, b.node('Div', [place, width64])], LAST);
  return { values, columns: b.node('Add', [b.node('Mul', [block, width64]), b.node('Mod', [place, width64])]) };
}

/** Tokens of a block: the most that divide the width. */
function blockOf(width: number): number {
  let size = Math.min(BLOCK, width);
  while (width % size !== 0) size--;
  return size;
}
