/**
 * From the decoder's hidden state to the next token: logits over the vocabulary, or over each sentence's own candidates,
 * and the best of them.
 *
 * With a shortlist every sentence is multiplied with its own slice of the output matrix. A batch-wide union of the
 * candidates, as Marian has it, is ten times as large at 32 sentences and lets neighbours change a translation.
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { CONTRIB, int, ints } from '../onnx/graph-builder.ts';
import { ELEMENT_TYPES, bool, float32, int32, int64, int8, uint8 } from '../onnx/tensors.ts';
import type { StudentArchitecture } from '../weights/marian-config.ts';
import type { MarianWeights } from '../weights/marian-weights.ts';
import { transposed } from '../weights/marian-weights.ts';
import type { RememberedTokens } from '../adaptation/remembered-tokens.ts';
import { marianBias } from './linear-layers.ts';
import type { VocabularyPart, VocabularyTile } from './vocabulary-search.ts';
import { bestOfVocabulary, tilesOf } from './vocabulary-search.ts';

export interface OutputOptions {
  readonly precision: 'int8' | 'float32';
  /** int32 [B, C]; null: the whole vocabulary */
  readonly candidates: Value | null;
  /** Hypotheses of each sentence: n = B * beam */
  readonly beam: number;
  /** No row may say so many tokens in a row twice; 0 for no such rule. */
  readonly noRepeatNgram: number;
  /** What similar sentences say is mixed into each greedy choice; null: nothing is remembered. */
  readonly remembered: RememberedTokens | null;
}

/** What bounds a step's choice. Columns count the candidates, or the vocabulary where there is no shortlist. */
export interface ChoiceBounds {
  /** int32 [n]: the column that a row must take, -1 where it is free; null: all rows are free */
  readonly forced: Value | null;
  /** int64 [n, t]: the columns that a row took in the steps before; needed with `noRepeatNgram` */
  readonly history: Value;
}

/** As `ChoiceBounds`, for rows of which some are no hypotheses. */
export interface BeamBounds extends ChoiceBounds {
  /** bool [n]: whether a row is a hypothesis; what is chosen for others means nothing. */
  readonly live: Value;
}

export interface OutputLayer {
  /** What the layer keeps for each sentence; none without a shortlist. */
  readonly sentences: Readonly<Record<string, Value>>;
  /**
   * hidden [n, dim] -> token int32 [n], its column int64 [n, 1] and, if asked for, its log-probability [n, 1].
   * `sentences`: the same n sentences.
   */
  choose(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>, bounds: ChoiceBounds, withScore: boolean): Choice;
  /** hidden [n, dim] -> the `count` best of each row, tokens int32, columns int64 and log-probabilities, all [n, count]. */
  best(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>, bounds: BeamBounds, count: number): BestChoices;
}

export interface Choice {
  readonly token: Value;
  readonly column: Value;
  readonly score: Value | null;
}

export interface BestChoices {
  readonly tokens: Value;
  readonly columns: Value;
  readonly logProbabilities: Value;
}

/** Candidates that are multiplied at a time; the number of candidates must be a multiple of it. */
export const CANDIDATE_BLOCK = 64;

const BIAS = 'decoder_ff_logit_out_b';

/** Log-probability of a continuation that is none: so low that no real sum is lower. */
export const NONE = -1e9;

export function outputLayer(g: GraphBuilder, weights: MarianWeights, architecture: StudentArchitecture, options: OutputOptions): OutputLayer {
  const { candidates, beam } = options;
  const logits = options.precision === 'int8' ? int8Logits(g, weights, architecture, options) : floatLogits(g, weights, architecture, options);
  const one = g.constant(int64([1], [1]));
  const flat = g.constant(int64([1], [-1]));
  const alongColumns = { attributes: { axis: int(-1) } };
  // LogSoftmax and not ReduceLogSumExp, which takes ten times as long on the cpu.
  const logProbabilities = (b: GraphBuilder, scored: Value): Value => b.node('LogSoftmax', [logits.toReal(b, scored)], alongColumns);
  const withoutRepeats = (b: GraphBuilder, scores: Value, history: Value): Value =>
    b.node('NGramRepeatBlock', [history, scores], { domain: CONTRIB, attributes: { ngram_size: int(options.noRepeatNgram) } });
  const asColumn = (b: GraphBuilder, rows: Value): Value =>
    b.node('Reshape', [b.node('Cast', [rows], { attributes: { to: int(ELEMENT_TYPES.int64) } }), g.constant(int64([2], [-1, 1]))]);

  const isForced = (b: GraphBuilder, column: Value): Value => b.node('GreaterOrEqual', [column, g.constant(int64([], [0]))]);
  const firstOf = (count: number): Value =>
    g.constant(
      bool(
        [1, count],
        Array.from({ length: count }, (_, rank) => rank === 0),
      ),
    );

  /** Columns [n, count] as token ids. */
  function tokensOf(b: GraphBuilder, index: Value, sentences: Readonly<Record<string, Value>>, count: number): Value {
    if (candidates === null) return b.node('Cast', [index], { attributes: { to: int(ELEMENT_TYPES.int32) } });
    const bySentence = b.node('Reshape', [index, g.constant(int64([2], [-1, beam * count]))]);
    const tokens = b.node('GatherElements', [sentences['candidates'] ?? '', bySentence], { attributes: { axis: int(1) } });
    return b.node('Reshape', [tokens, g.constant(int64([2], [-1, count]))]);
  }
  return {
    sentences: { ...(candidates === null ? {} : { ...logits.sentences, candidates }), ...options.remembered?.sentences },
    choose(b, hidden, sentences, { forced, history }, withScore) {
      const plain = logits.of(b, hidden, sentences);
      const mixed = options.remembered?.mix(b, hidden, logits.toReal(b, plain), sentences) ?? null;
      const scored = mixed ?? plain;
      const allowed = options.noRepeatNgram === 0 ? scored : withoutRepeats(b, mixed ?? logits.toReal(b, scored), history);
      // TopK of one is the fastest way to the best candidate on the cpu; ArgMax takes up to twice as long.
      const [, best = ''] = b.nodes('TopK', [allowed, one], 2, { attributes: { axis: int(-1), sorted: int(0) } });
      const column = forced === null ? best : b.node('Where', [isForced(b, asColumn(b, forced)), asColumn(b, forced), best]);
      const token =
        candidates === null
          ? b.node('Cast', [b.node('Reshape', [column, flat])], { attributes: { to: int(ELEMENT_TYPES.int32) } })
          : b.node('Reshape', [b.node('GatherElements', [sentences['candidates'] ?? '', column], { attributes: { axis: int(1) } }), flat]);
      if (!withScore) return { token, column, score: null };
      return { token, column, score: b.node('GatherElements', [mixed ?? logProbabilities(b, scored), column], alongColumns) };
    },
    best(b, hidden, sentences, { forced, history, live }, count) {
      if (logits.tiles !== null && options.noRepeatNgram === 0) {
        const rows = { hidden, live, forced: forced === null ? null : asColumn(b, forced) };
        const found = bestOfVocabulary(b, logits.tiles, logits.prepare, rows, { count, none: NONE });
        return { ...found, tokens: tokensOf(b, found.columns, sentences, count) };
      }
      const all = logProbabilities(b, logits.of(b, hidden, sentences));
      const allowed = options.noRepeatNgram === 0 ? all : withoutRepeats(b, all, history);
      const [likeliest = '', index = ''] = b.nodes('TopK', [allowed, g.constant(int64([1], [count]))], 2, alongColumns);
      if (forced === null) return { tokens: tokensOf(b, index, sentences, count), columns: index, logProbabilities: likeliest };
      // A forced row has one continuation; the other places are so unlikely that they are none.
      const wanted = asColumn(b, forced);
      const certain = isForced(b, wanted);
      const column = b.node('Max', [wanted, g.constant(int64([], [0]))]);
      const only = b.node('Where', [firstOf(count), b.node('GatherElements', [all, column], alongColumns), g.constant(float32([], [NONE]))]);
      const columns = b.node('Where', [certain, column, index]);
      return { tokens: tokensOf(b, columns, sentences, count), columns, logProbabilities: b.node('Where', [certain, only, likeliest]) };
    },
  };
}

interface Logits {
  /** The whole vocabulary in parts; null with a shortlist. */
  readonly tiles: readonly VocabularyTile[] | null;
  /** What the tiles take, from the hidden states. */
  prepare(b: GraphBuilder, hidden: Value): Value;
  readonly sentences: Readonly<Record<string, Value>>;
  /** [n, candidates], in any increasing scale */
  of(b: GraphBuilder, hidden: Value, sentences: Readonly<Record<string, Value>>): Value;
  /** the same as real logits, float32 */
  toReal(b: GraphBuilder, values: Value): Value;
}

function floatLogits(g: GraphBuilder, weights: MarianWeights, architecture: StudentArchitecture, { candidates, beam }: OutputOptions): Logits {
  const { dim, targetVocabulary: vocabulary } = architecture;
  const name = tableName(architecture);
  const bias = weights.vector(BIAS, vocabulary);
  const table = g.constant(float32([vocabulary, dim], weights.matrix(name, vocabulary, dim).values), name);
  const biases = g.constant(float32([vocabulary], bias), BIAS);
  const biasesAndNone = g.constant(float32([vocabulary + 1], Float32Array.from({ length: vocabulary + 1 }, (_, id) => bias[id] ?? NONE)), BIAS);
  const toReal = (_: GraphBuilder, values: Value): Value => values;
  const prepare = (_: GraphBuilder, hidden: Value): Value => hidden;
  if (candidates === null) {
    const of = (b: GraphBuilder, hidden: Value): Value => b.node('Gemm', [hidden, table, biases], { attributes: { transB: int(1) } });
    return { toReal, sentences: {}, of, prepare, tiles: [{ first: 0, width: vocabulary, logits: of }] };
  }
  const own = g.node('Transpose', [g.node('Gather', [table, candidates])], { attributes: { perm: ints(0, 2, 1) } });
  const ownBiases = biasesOf(g, biasesAndNone, candidates);
  const grouped = g.constant(int64([3], [-1, beam, dim]));
  const rows = rowsOf(g, candidates);
  return {
    toReal,
    tiles: null,
    prepare,
    sentences: { output: own, biases: ownBiases },
    of(b, hidden, { output = '', biases: added = '' }) {
      const product = b.node('MatMul', [b.node('Reshape', [hidden, grouped]), output]);
      return b.node('Reshape', [b.node('Add', [product, added]), rows]);
    },
  };
}

/** The name of the matrix that is the table of target embeddings and the output layer. */
function tableName(architecture: StudentArchitecture): string {
  return architecture.sharedEmbeddings ? 'Wemb' : 'decoder_Wemb';
}

/** The shape [n, C]. */
function rowsOf(g: GraphBuilder, candidates: Value): Value {
  const columns = g.node('Shape', [candidates], { attributes: { start: int(1) } });
  return g.node('Concat', [g.constant(int64([1], [-1])), columns], { attributes: { axis: int(0) } });
}

/** The candidates' biases [B, 1, C]. The last of `biases` is that of -1, with which a row of candidates is filled up. */
function biasesOf(g: GraphBuilder, biases: Value, candidates: Value): Value {
  return g.node('Unsqueeze', [g.node('Gather', [biases, candidates]), g.constant(int64([1], [1]))]);
}

function int8Logits(g: GraphBuilder, weights: MarianWeights, architecture: StudentArchitecture, { candidates, beam }: OutputOptions): Logits {
  const { dim, targetVocabulary: vocabulary } = architecture;
  const name = tableName(architecture);
  const table = weights.quantized(name, vocabulary, dim);
  const multiplier = weights.activationMultiplier('none');
  const matrix = { ...table, rows: dim, columns: vocabulary, values: transposed(table.values, vocabulary, dim) };
  const bias = marianBias(matrix, multiplier, weights.vector(BIAS, vocabulary));
  const inputScale = g.constant(float32([], [1 / multiplier]));
  const zero = g.constant(uint8([], [128]));
  const prepare = (b: GraphBuilder, hidden: Value): Value => b.node('QuantizeLinear', [hidden, inputScale, zero]);
  if (candidates === null) {
    const tableScale = g.constant(float32([], [1 / table.multiplier]));
    // Constants are made where they are used: a graph holds the whole matrix or its tiles.
    const product = ({ first, width }: VocabularyPart, b: GraphBuilder, input: Value): Value => {
      const columns = new Int8Array(dim * width);
      for (let row = 0; row < dim; row++) columns.set(matrix.values.subarray(row * vocabulary + first, row * vocabulary + first + width), row * width);
      const weight = b.constant(int8([dim, width], columns), `${name}_output`);
      const biases = b.constant(float32([width], bias.slice(first, first + width)), BIAS);
      return b.node('MatMulIntegerToFloat', [input, weight, inputScale, tableScale, zero, '', biases], { domain: CONTRIB });
    };
    return {
      toReal: (_, values) => values,
      sentences: {},
      of: (b, hidden) => product({ first: 0, width: vocabulary }, b, prepare(b, hidden)),
      prepare,
      tiles: tilesOf(vocabulary).map((part) => ({ ...part, logits: (b, input) => product(part, b, input) })),
    };
  }
  // The runtime's fast product of one row with a matrix knows no zero point. (x + 128) W = x W + 128 * (sums of W's
  // columns): the second term goes into the bias, and all of it stays in whole numbers up to the choice.
  const wholeBias = new Int32Array(vocabulary + 1).fill(-(2 ** 30));
  for (let row = 0; row < vocabulary; row++) {
    let sum = 0;
    for (let column = 0; column < dim; column++) sum += table.values[row * dim + column] ?? 0;
    wholeBias[row] = Math.round((bias[row] ?? 0) * multiplier * table.multiplier) - 128 * sum;
  }
  // Blocks of columns that lie together in memory: [B, 1, C / block, dim, block].
  const blocked = g.node('Reshape', [candidates, g.constant(int64([4], [0, 1, -1, CANDIDATE_BLOCK]))]);
  const own = g.node('Transpose', [g.node('Gather', [g.constant(int8([vocabulary, dim], table.values), name), blocked])], {
    attributes: { perm: ints(0, 1, 2, 4, 3) },
  });
  const grouped = g.constant(int64([5], [-1, beam, 1, 1, dim]));
  const rows = rowsOf(g, candidates);
  const flatBiases = biasesOf(g, g.constant(int32([vocabulary + 1], wholeBias), BIAS), candidates);
  const ownBiases = g.node('Reshape', [flatBiases, g.constant(int64([5], [0, 1, -1, 1, CANDIDATE_BLOCK]))]);
  const unit = g.constant(float32([], [1 / (multiplier * table.multiplier)]));
  return {
    toReal: (b, values) => b.node('DequantizeLinear', [values, unit]),
    tiles: null,
    prepare,
    sentences: { output: own, biases: ownBiases },
    of(b, hidden, { output = '', biases = '' }) {
      const input = b.node('Reshape', [prepare(b, hidden), grouped]);
      return b.node('Reshape', [b.node('Add', [b.node('MatMulInteger', [input, output]), biases]), rows]);
    },
  };
}
