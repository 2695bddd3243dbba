/**
 * A transformer's definition computed in plain loops over float64, one text at a time, the whole target anew for each
 * call: what the graphs must give, written without them.
 */
import type {
  Activation,
  Attention,
  FeedForward,
  Linear,
  Norm,
  PositionTable,
  RelativeBias,
  Residual,
  Stack,
  TransformerDefinition,
} from '../transformer/definition.ts';

type Rows = number[][];

/** What the target's tokens lead to: logits [target, vocabulary]; `attention` [decoder layer][head][target][source]. */
export interface PlainResult {
  readonly encoded: Rows;
  readonly logits: Rows;
  readonly attention: readonly (readonly Rows[])[];
}

export function plainTransformer(model: TransformerDefinition, source: readonly number[], target: readonly number[]): PlainResult {
  let encoded = embedded(model.encoder, model.dim, source, null);
  for (const layer of model.encoder.layers) {
    encoded = around(encoded, layer.selfAttention, (x) => attend(layer.selfAttention, x, x, distances(model.encoder.relativeBias, true), () => true).rows);
    encoded = around(encoded, layer.feedForward, (x) => x.map((row) => feed(layer.feedForward, row)));
  }
  encoded = normalized(encoded, model.encoder.finalNorm);

  let x = embedded(model.decoder, model.dim, target, model.zeroEmbedding);
  const attention: Rows[][] = [];
  for (const layer of model.decoder.layers) {
    x = around(
      x,
      layer.selfAttention,
      (own) => attend(layer.selfAttention, own, own, distances(model.decoder.relativeBias, false), (query, key) => key <= query).rows,
    );
    x = around(x, layer.crossAttention, (own) => {
      const { rows, weights } = attend(
        layer.crossAttention,
        own,
        encoded,
        () => 0,
        () => true,
      );
      attention.push(weights);
      return rows;
    });
    x = around(x, layer.feedForward, (own) => own.map((row) => feed(layer.feedForward, row)));
  }
  const logits = normalized(x, model.decoder.finalNorm).map((row) =>
    product(
      model.output,
      row.map((value) => value * model.outputFactor),
    ),
  );
  return { encoded, logits, attention };
}

function embedded(stack: Stack<unknown>, dim: number, ids: readonly number[], zero: number | null): Rows {
  const places = stack.positions === null ? null : placesOf(stack.positions, ids);
  const rows = ids.map((id, at) =>
    Array.from({ length: dim }, (_, column) => {
      const token = id === zero ? 0 : (stack.embedding.table[id * dim + column] ?? NaN) * stack.embedding.factor;
      return token + (places === null ? 0 : (stack.positions?.table[(places[at] ?? 0) * dim + column] ?? NaN));
    }),
  );
  return normalized(rows, stack.embeddingNorm);
}

/** In a target all tokens count, as the reference sees them one at a time; the tests' targets hold no uncounted ones. */
function placesOf(positions: PositionTable, ids: readonly number[]): number[] {
  let counted = 0;
  return ids.map((id) => (id === positions.uncounted ? positions.first - 1 : positions.first + counted++));
}

/** Raffel et al. 2020: half of the buckets for exact distances, the other half for logarithmic ones. */
function distances(bias: RelativeBias | null, bothSides: boolean): (distance: number, head: number, heads: number) => number {
  if (bias === null) return () => 0;
  return (distance, head, heads) => {
    const side = bothSides ? bias.buckets / 2 : bias.buckets;
    const apart = bothSides ? Math.abs(distance) : Math.max(0, -distance);
    const exact = side / 2;
    const far = exact + Math.floor((Math.log(apart / exact) / Math.log(bias.maxDistance / exact)) * (side - exact));
    const bucket = (bothSides && distance > 0 ? side : 0) + (apart < exact ? apart : Math.min(side - 1, far));
    return bias.table[bucket * heads + head] ?? NaN;
  };
}

function attend(
  part: Attention,
  queries: Rows,
  keys: Rows,
  bias: (distance: number, head: number, heads: number) => number,
  visible: (query: number, key: number) => boolean,
): { rows: Rows; weights: Rows[] } {
  const { heads, headSize } = part;
  const q = queries.map((row) => product(part.query, row));
  const k = keys.map((row) => product(part.key, row));
  const v = keys.map((row) => product(part.value, row));
  const mixed = q.map(() => new Array<number>(heads * headSize).fill(0));
  const weights: Rows[] = [];
  for (let head = 0; head < heads; head++) {
    const from = head * headSize;
    const share = (row: readonly number[] | undefined): number[] => (row ?? []).slice(from, from + headSize);
    const ofHead = q.map((query, at) => {
      const scores = k.map((key, place) => (visible(at, place) ? dot(share(query), share(key)) * part.scale + bias(place - at, head, heads) : -Infinity));
      return softmax(scores);
    });
    for (const [at, row] of ofHead.entries())
      for (const [place, weight] of row.entries()) for (const [column, value] of share(v[place]).entries()) add(mixed[at], from + column, weight * value);
    weights.push(ofHead);
  }
  return { rows: mixed.map((row) => product(part.output, row)), weights };
}

function feed(part: FeedForward, x: readonly number[]): number[] {
  const inner = product(part.inner, x).map((value) => activate(part.activation, value));
  const gate = part.gate === null ? null : product(part.gate, x);
  return product(part.outer, gate === null ? inner : inner.map((value, index) => value * (gate[index] ?? NaN)));
}

function around(x: Rows, residual: Residual, part: (x: Rows) => Rows): Rows {
  const result = part(normalized(x, residual.before));
  return normalized(
    x.map((row, at) => row.map((value, column) => value + (result[at]?.[column] ?? NaN))),
    residual.after,
  );
}

function normalized(x: Rows, norm: Norm | null): Rows {
  if (norm === null) return x;
  return x.map((row) => {
    const mean = norm.kind === 'layer' ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
    const spread = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length + norm.epsilon);
    return row.map((value, column) => ((value - mean) / spread) * (norm.scale[column] ?? NaN) + (norm.bias?.[column] ?? 0));
  });
}

function product(layer: Linear, x: readonly number[]): number[] {
  const { adapter = null } = layer;
  const narrow = Array.from({ length: adapter?.rank ?? 0 }, (_, rank) => x.reduce((sum, value, input) => sum + value * (adapter?.left[input * adapter.rank + rank] ?? NaN), 0));
  return Array.from({ length: layer.outputs }, (_, output) => {
    let sum = layer.bias?.[output] ?? 0;
    for (let input = 0; input < layer.inputs; input++)
      sum += (x[input] ?? NaN) * (layer.weight[layer.layout === 'in-out' ? input * layer.outputs + output : output * layer.inputs + input] ?? NaN);
    for (const [rank, value] of narrow.entries()) sum += value * (adapter?.right[rank * layer.outputs + output] ?? NaN);
    return sum;
  });
}

function activate(activation: Activation, x: number): number {
  switch (activation) {
    case 'relu':
      return Math.max(0, x);
    case 'gelu':
      return (x * (1 + erf(x / Math.SQRT2))) / 2;
    case 'gelu-tanh':
      return (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2;
    case 'gelu-sigmoid':
      return x / (1 + Math.exp(-1.702 * x));
    case 'silu':
      return x / (1 + Math.exp(-x));
    case 'tanh':
      return Math.tanh(x);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'linear':
      return x;
  }
}

/** The series of the error function, which converges for the small numbers of these tests. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-16 && n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
}

function add(row: number[] | undefined, column: number, value: number): void {
  if (row !== undefined) row[column] = (row[column] ?? 0) + value;
}
