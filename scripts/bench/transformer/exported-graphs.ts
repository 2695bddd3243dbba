/**
 * The graphs that transformers.js runs, in the layout of Optimum's exporter: an encoder, and a decoder with one branch for
 * the first token and one with a past. With 8 bit weights the products are what onnxruntime's dynamic quantization gives
 * (and fuses): one scale for all activations of a product.
 */
import type { GraphBuilder as Builder, Value } from '../../../native-models/onnx/graph-builder.ts';
import { CONTRIB, GraphBuilder, float, graph, int, ints } from '../../../native-models/onnx/graph-builder.ts';
import { encodeModel } from '../../../native-models/onnx/model-proto.ts';
import { float32, int64, int8 as bytes } from '../../../native-models/onnx/tensors.ts';
import type { Attention, DecoderLayer, EncoderLayer, FeedForward, Linear, Norm, Stack, TransformerDefinition } from '../../../native-models/architectures/transformer/definition.ts';
import { quantizeColumns } from '../../../native-models/architectures/transformer/int8-weights.ts';

interface Memory { readonly keys: Value; readonly values: Value }

export function exportedEncoder(model: TransformerDefinition, int8: boolean): Uint8Array {
  const g = new GraphBuilder('encoder');
  const ids = g.input('input_ids', 'int64', ['B', 'S']);
  const parts = new Parts(g, int8);
  const mask = parts.mask(g.input('attention_mask', 'int64', ['B', 'S']));
  const length = g.node('Squeeze', [g.node('Shape', [ids], { attributes: { start: int(1), end: int(2) } })]);
  let x = parts.embedded(ids, model.encoder, g.node('Range', [parts.whole(0), length, parts.whole(1)]));
  for (const layer of model.encoder.layers) {
    const { query, memory } = parts.projected(x, x, layer.selfAttention);
    x = parts.feedForward(parts.attended(x, query, memory, layer.selfAttention, mask), layer.feedForward);
  }
  g.namedOutput('last_hidden_state', x, 'float32', ['B', 'S', model.dim]);
  return encodeModel(g.model('bitext-studio'));
}

export function exportedDecoder(model: TransformerDefinition, int8: boolean): Uint8Array {
  const { layers } = model.decoder;
  const g = new GraphBuilder('decoder');
  const ids = g.input('input_ids', 'int64', ['B', 'T']);
  const mask = new Parts(g, int8).mask(g.input('encoder_attention_mask', 'int64', ['B', 'S']));
  const encoded = g.input('encoder_hidden_states', 'float32', ['B', 'S', model.dim]);
  const past = layers.map(({ selfAttention: { heads, headSize } }, layer) => {
    const of = (side: string): Memory => ({
      keys: g.input(`past_key_values.${layer}.${side}.key`, 'float32', ['B', heads, `${side}P`, headSize]),
      values: g.input(`past_key_values.${layer}.${side}.value`, 'float32', ['B', heads, `${side}P`, headSize]),
    });
    return { decoder: of('decoder'), encoder: of('encoder') };
  });
  const branch = (withPast: boolean) => {
    const b = g.body(withPast ? 'with past' : 'first token');
    const parts = new Parts(b, int8);
    const present: Value[] = [];
    const taken = withPast ? b.node('Shape', [past[0]?.decoder.keys ?? ''], { attributes: { start: int(2), end: int(3) } }) : b.constant(int64([1], [0]));
    let x = parts.embedded(ids, model.decoder, taken);
    for (const [index, layer] of layers.entries()) {
      const before = past[index];
      if (before === undefined) continue;
      const own = parts.projected(x, x, layer.selfAttention);
      const joined = (old: Value, added: Value): Value => (withPast ? b.node('Concat', [old, added], { attributes: { axis: int(2) } }) : added);
      const self = { keys: joined(before.decoder.keys, own.memory.keys), values: joined(before.decoder.values, own.memory.values) };
      x = parts.attended(x, own.query, self, layer.selfAttention, null);
      const cross = withPast ? { query: parts.query(x, layer.crossAttention), memory: before.encoder } : parts.projected(x, encoded, layer.crossAttention);
      x = parts.feedForward(parts.attended(x, cross.query, cross.memory, layer.crossAttention, mask), layer.feedForward);
      // Nobody reads what the branch with a past says of the encoder.
      const { heads, headSize } = layer.crossAttention;
      const nothing = (): Value => b.node('ConstantOfShape', [b.constant(int64([4], [0, heads, 1, headSize]))]);
      present.push(self.keys, self.values, withPast ? nothing() : cross.memory.keys, withPast ? nothing() : cross.memory.values);
    }
    for (const value of [parts.linear(x, model.output), ...present]) b.output(value, 'float32');
    return graph(b.finish());
  };
  const outputs = g.nodes('If', [g.node('Squeeze', [g.input('use_cache_branch', 'bool', [1])])], 1 + 4 * layers.length, { attributes: { then_branch: branch(true), else_branch: branch(false) } });
  const names = layers.flatMap((_, layer) => ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'].map((part) => `present.${layer}.${part}`));
  for (const [index, name] of ['logits', ...names].entries()) g.namedOutput(name, outputs[index] ?? '', 'float32', null);
  return encodeModel(g.model('bitext-studio'));
}

class Parts {
  readonly #g: Builder;
  readonly #int8: boolean;

  constructor(g: Builder, int8: boolean) {
    this.#g = g;
    this.#int8 = int8;
  }

  whole(value: number): Value {
    return this.#g.constant(int64([], [value]));
  }

  /** int64 [B, S], 1 for tokens -> float32 [B, 1, 1, S] to be added to scores */
  mask(tokens: Value): Value {
    const real = this.#g.node('Cast', [tokens], { attributes: { to: int(1) } });
    const far = this.#g.node('Mul', [this.#g.node('Sub', [this.#g.constant(float32([], [1])), real]), this.#g.constant(float32([], [-1e9]))]);
    return this.#g.node('Unsqueeze', [far, this.#g.constant(int64([2], [1, 2]))]);
  }

  embedded(ids: Value, { embedding, positions }: Stack<EncoderLayer | DecoderLayer>, places: Value): Value {
    const g = this.#g;
    const dim = embedding.table.length / embedding.rows;
    const rows = g.node('Mul', [g.node('Gather', [g.constant(float32([embedding.rows, dim], embedding.table)), ids]), g.constant(float32([], [embedding.factor]))]);
    return positions === null ? rows : g.node('Add', [rows, g.node('Gather', [g.constant(float32([positions.rows, dim], positions.table)), places])]);
  }

  linear(x: Value, layer: Linear): Value {
    const g = this.#g, { inputs, outputs } = layer;
    const bias = layer.bias === null ? [] : [g.constant(float32([outputs], layer.bias))];
    if (this.#int8) {
      const { values, scales } = quantizeColumns(layer);
      return g.node('DynamicQuantizeMatMul', [x, g.constant(bytes([inputs, outputs], values)), g.constant(float32([outputs], scales)), '', ...bias], { domain: CONTRIB });
    }
    const product = g.node('FusedMatMul', [x, g.constant(float32([outputs, inputs], layer.weight))], { domain: CONTRIB, attributes: { transB: int(1) } });
    return bias.length === 0 ? product : g.node('Add', [product, ...bias]);
  }

  query(x: Value, part: Attention): Value {
    return this.#perHead(this.linear(x, part.query), part);
  }

  projected(x: Value, source: Value, part: Attention): { query: Value; memory: Memory } {
    return { query: this.query(x, part), memory: { keys: this.#perHead(this.linear(source, part.key), part), values: this.#perHead(this.linear(source, part.value), part) } };
  }

  attended(x: Value, query: Value, memory: Memory, part: Attention, mask: Value | null): Value {
    const g = this.#g;
    const raw = g.node('FusedMatMul', [query, memory.keys], { domain: CONTRIB, attributes: { transB: int(1), alpha: float(part.scale) } });
    const weights = g.node('Softmax', [mask === null ? raw : g.node('Add', [raw, mask])], { attributes: { axis: int(-1) } });
    const mixed = g.node('Transpose', [g.node('MatMul', [weights, memory.values])], { attributes: { perm: ints(0, 2, 1, 3) } });
    return this.#normalized(x, this.linear(g.node('Reshape', [mixed, g.constant(int64([3], [0, 0, part.heads * part.headSize]))]), part.output), part.after);
  }

  feedForward(x: Value, part: FeedForward): Value {
    const inner = this.#g.node('QuickGelu', [this.linear(x, part.inner)], { domain: CONTRIB, attributes: { alpha: float(1) } });
    return this.#normalized(x, this.linear(inner, part.outer), part.after);
  }

  #normalized(x: Value, added: Value, norm: Norm | null): Value {
    const g = this.#g, sum = g.node('Add', [x, added]);
    if (norm?.bias == null) return sum;
    const constants = [norm.scale, norm.bias].map((values) => g.constant(float32([values.length], values)));
    return g.node('LayerNormalization', [sum, ...constants], { attributes: { axis: int(-1), epsilon: float(norm.epsilon) } });
  }

  /** [B, T, H*D] -> [B, H, T, D] */
  #perHead(x: Value, part: Attention): Value {
    const split = this.#g.node('Reshape', [x, this.#g.constant(int64([4], [0, 0, part.heads, part.headSize]))]);
    return this.#g.node('Transpose', [split], { attributes: { perm: ints(0, 2, 1, 3) } });
  }
}
