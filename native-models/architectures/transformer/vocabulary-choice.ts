/**
 * From the decoder's last hidden states to the best tokens of each row and their log-probabilities.
 *
 * With 8 bit weights the vocabulary is taken in tiles, so that a tile's logits are still in the processor's cache while
 * they are scaled, summed up and searched. In a tile, blocks of 64 tokens are compared by their largest logit first: the
 * best C tokens lie in the best C blocks.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { graph, int, ints } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import type { ColumnWeight, Linear } from './definition.ts';
import type { QuantizedRows } from './int8-products.ts';
import { quantizeRows, wholeNumberProduct } from './int8-products.ts';
import { linear } from './layers.ts';

/** Tokens of a tile at most: 4 MB of logits at 64 rows. */
const TILE = 16384;
const BLOCK = 64;
/** Logit of a column that is no token. */
const NEVER = -1e30;
const LAST = { attributes: { axis: int(-1) } };

/** What each step adds to the logits, int64 [] saying which row of it. */
export interface LogitBias {
  /** float32 [N, V] */
  readonly rows: Value;
  /** bool []: probabilities are those after it is added. Otherwise it is added to the log-probabilities. */
  readonly renormalize: Value;
}

export interface BestTokens {
  /** int64 [R, C], best first */
  readonly tokens: Value;
  /** float32 [R, C] */
  readonly logProbabilities: Value;
}

/** How the best tokens are chosen in the body of the loop; what is the same for all steps is made in the graph around it. */
export class VocabularyChoice {
  readonly #output: Linear;
  readonly #tiles: readonly Tile[];
  readonly #count: Value;
  readonly #renormalize: Value;
  /** float32 [N, width of all tiles]: added before and after the probabilities are made. */
  readonly #before: Value;
  readonly #after: Value;

  /** count: int64 [1], C */
  constructor(g: GraphBuilder, output: Linear, count: Value, bias: LogitBias) {
    this.#output = output;
    this.#tiles = tilesOf(output);
    this.#count = count;
    this.#renormalize = bias.renormalize;
    const none = g.constant(float32([], [0]));
    const padding = this.#tiles.length === 0 ? 0 : this.#tiles.reduce((sum, tile) => sum + tile.width, 0) - output.outputs;
    const padded = (rows: Value, value: number): Value => {
      if (padding === 0) return rows;
      const pads = g.constant(int64([4], [0, 0, 0, padding]));
      return g.node('Pad', [rows, pads, g.constant(float32([], [value]))]);
    };
    const before = g.node('Where', [bias.renormalize, bias.rows, none]);
    // The float32 product adds the layer's own bias itself.
    const own = this.#tiles.length > 0 && output.bias !== null ? g.constant(float32([output.outputs], output.bias), 'output.bias') : null;
    this.#before = padded(own === null ? before : g.node('Add', [before, own]), NEVER);
    this.#after = padded(g.node('Where', [bias.renormalize, none, bias.rows]), 0);
  }

  /** hidden: float32 [R, dim]; biasRow: int64 [], of the step. */
  best(b: GraphBuilder, hidden: Value, biasRow: Value): BestTokens {
    const before = b.node('Gather', [this.#before, biasRow]);
    const after = b.node('Gather', [this.#after, biasRow]);
    if (this.#tiles.length === 0) {
      const logits = b.node('Add', [linear(b, hidden, this.#output), before]);
      const { values, tokens, sum } = this.#bestOf(b, logits, after, null);
      return { tokens, logProbabilities: b.node('Sub', [values, sum]) };
    }
    const rows = quantizeRows(b, hidden);
    const found = this.#tiles.map((tile) => this.#bestOfTile(b, rows, tile, before, after));
    const joined = (part: 'values' | 'tokens' | 'sum'): Value =>
      b.node(
        'Concat',
        found.map((one) => one[part]),
        { attributes: { axis: int(1) } },
      );
    const [values = '', place = ''] = b.nodes('TopK', [joined('values'), this.#count], 2, LAST);
    const sum = b.node('ReduceLogSumExp', [joined('sum')], { attributes: { axes: ints(1), keepdims: int(1) } });
    return { tokens: b.node('GatherElements', [joined('tokens'), place], LAST), logProbabilities: b.node('Sub', [values, sum]) };
  }

  #bestOfTile(b: GraphBuilder, rows: QuantizedRows, tile: Tile, before: Value, after: Value): TileBest {
    const product = wholeNumberProduct(b, rows, tile, this.#output.inputs, this.#output.name);
    const part = (row: Value): Value =>
      b.node('Slice', [row, b.constant(int64([1], [tile.first])), b.constant(int64([1], [tile.first + tile.width])), b.constant(int64([1], [0]))]);
    const logits = b.node('Add', [b.node('Mul', [product, rows.scales]), part(before)]);
    const found = this.#bestOf(b, logits, part(after), tile.width);
    return { ...found, tokens: b.node('Add', [found.tokens, b.constant(int64([], [tile.first]))]) };
  }

  /** The best of [R, width], and the logarithm of the sum of all exponentials, [R, 1]. */
  #bestOf(b: GraphBuilder, logits: Value, after: Value, width: number | null): TileBest {
    const search = (name: string, rankedIn: (branch: GraphBuilder) => Value): GraphBuilder => {
      const branch = b.body(name);
      const { values, tokens } = this.#largest(branch, rankedIn(branch), width);
      const first = branch.node('Slice', [tokens, b.constant(int64([1], [0])), b.constant(int64([1], [1])), b.constant(int64([1], [1]))]);
      const at = (from: Value): Value => branch.node('GatherElements', [from, first], LAST);
      branch.output(values, 'float32');
      branch.output(tokens, 'int64');
      // LogSoftmax and not ReduceLogSumExp, which takes ten times as long on the cpu.
      branch.output(branch.node('Sub', [at(logits), at(branch.node('LogSoftmax', [logits], LAST))]), 'float32');
      return branch;
    };
    const asTheyAre = search('best logits', () => logits);
    const biased = search('best logits with a bias', (branch) => branch.node('Add', [logits, after]));
    const branches = { then_branch: graph(asTheyAre.finish()), else_branch: graph(biased.finish()) };
    const [values = '', tokens = '', sum = ''] = b.nodes('If', [this.#renormalize], 3, { attributes: branches });
    return { values, tokens, sum };
  }

  /** The largest C of each row of [R, width], in order. `width`: a multiple of BLOCK; null: unknown. */
  #largest(b: GraphBuilder, ranked: Value, width: number | null): { values: Value; tokens: Value } {
    if (width === null) {
      const [values = '', tokens = ''] = b.nodes('TopK', [ranked, this.#count], 2, LAST);
      return { values, tokens };
    }
    const blocks = b.node('Reshape', [ranked, b.constant(int64([3], [-1, width / BLOCK, BLOCK]))]);
    const most = b.node('ReduceMax', [blocks], { attributes: { axes: ints(2), keepdims: int(0) } });
    const wanted = b.node('Min', [this.#count, b.constant(int64([1], [width / BLOCK]))]);
    const [, best = ''] = b.nodes('TopK', [most, wanted], 2, LAST);
    const chosen = b.node('GatherND', [blocks, b.node('Unsqueeze', [best, b.constant(int64([1], [2]))])], { attributes: { batch_dims: int(1) } });
    const flat = b.node('Reshape', [chosen, b.node('Concat', [b.constant(int64([1], [-1])), b.node('Mul', [wanted, b.constant(int64([], [BLOCK]))])], { attributes: { axis: int(0) } })]);
    const [values = '', place = ''] = b.nodes('TopK', [flat, b.node('Min', [this.#count, b.constant(int64([1], [width]))])], 2, LAST);
    const size = b.constant(int64([], [BLOCK]));
    const block = b.node('GatherElements', [best, b.node('Div', [place, size])], LAST);
    return { values, tokens: b.node('Add', [b.node('Mul', [block, size]), b.node('Mod', [place, size])]) };
  }
}

interface TileBest {
  readonly values: Value;
  readonly tokens: Value;
  readonly sum: Value;
}

/** Columns of the output's weights, zeros behind the last token. */
interface Tile {
  readonly first: number;
  readonly width: number;
  /** [inputs, width] */
  readonly values: Int8Array;
  /** [width] */
  readonly scales: Float32Array;
}

/** Tiles of one width; none where the weights are not in 8 bit by columns. */
function tilesOf({ inputs, outputs, quantized }: Linear): Tile[] {
  if (quantized?.kind !== 'columns') return [];
  const count = Math.ceil(outputs / TILE);
  const width = Math.ceil(outputs / count / BLOCK) * BLOCK;
  return Array.from({ length: count }, (_, index) => tileOf(quantized, inputs, outputs, index * width, width));
}

function tileOf(weight: ColumnWeight, inputs: number, outputs: number, first: number, width: number): Tile {
  const end = Math.min(outputs, first + width);
  const values = new Int8Array(inputs * width);
  for (let input = 0; input < inputs; input++) values.set(weight.values.subarray(input * outputs + first, input * outputs + end), input * width);
  const scales = new Float32Array(width);
  scales.set(weight.scales.subarray(first, end));
  return { first, width, values, scales };
}
