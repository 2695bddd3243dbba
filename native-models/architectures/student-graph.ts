/**
 * The graph of a Marian student: transformer encoder, SSRU decoder, the whole greedy decode in one `Loop`.
 * Numerics: design/engine.md section 3; Marian's `src/models/transformer.h` and `src/rnn/cells.h` (SSRU).
 *
 * Inputs   source      int32   [S, B]        token ids, a sentence a column, EOS last, anything behind it
 *          mask        float32 [B, 1, 1, S]  0 for tokens, -1e9 for padding
 *          steps       int64   []            most tokens to produce
 *          candidates  int32   [B, C]        with a shortlist: the target ids that each sentence may use, 0 (EOS) first,
 *                                           filled up with -1; C is a multiple of CANDIDATE_BLOCK
 *          forced      int32   [P, B]        what each sentence must begin with: columns of the candidates (token ids
 *                                           without a shortlist), -1 where it is free
 * Outputs  tokens      int32   [N]           what each step chose; a sentence ends at its first EOS
 *          rows        int32   [N]           the row of the batch that each token belongs to
 *          attention   float32 [N, S]        if asked for: of the head that was trained as word alignment
 *          scores      float32 [N]           if asked for: log-probability of the token
 *          With a beam: tokens, parents (int32) and scores (float32) [T, B, beam], see decoding/beam-loop.ts, and
 *          attention   float32 [T, B*beam, S]
 *          encoded     float32 [S*B, dim]    if asked for: the encoder's output
 *          hidden      float32 [N, dim]      with a datastore: the state that each token was chosen from
 */
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { CONTRIB, GraphBuilder as Builder, float, int, ints } from '../onnx/graph-builder.ts';
import type { ModelDefinition } from '../onnx/model-proto.ts';
import { float32, int64 } from '../onnx/tensors.ts';
import { decodeWithBeam } from '../decoding/beam-loop.ts';
import type { DecoderStep } from '../decoding/greedy-loop.ts';
import { decodeGreedily } from '../decoding/greedy-loop.ts';
import { rememberedTokens } from '../adaptation/remembered-tokens.ts';
import type { StudentArchitecture } from '../weights/marian-config.ts';
import type { MarianWeights } from '../weights/marian-weights.ts';
import type { LinearLayer, LinearLayers } from './linear-layers.ts';
import { floatLayers, int8Layers } from './linear-layers.ts';
import { outputLayer } from './output-layer.ts';
import { sinusoidalPositions } from './sinusoidal-positions.ts';
import { tokenEmbeddings } from './token-embeddings.ts';

/** Raise it with every change of the graph: compiled graphs on disk are known by it. */
export const STUDENT_GRAPH_VERSION = 12;

/** Rows of the position table: most tokens of a source or a target. */
export const MOST_POSITIONS = 1024;

export interface StudentGraphOptions {
  readonly precision: 'int8' | 'float32';
  readonly shortlist: boolean;
  readonly alignment: boolean;
  readonly scores: boolean;
  readonly encoded: boolean;
  /** Hypotheses of each sentence that are followed at a time; 1 decodes greedily. */
  readonly beam: number;
  /** No sentence says so many tokens in a row twice; 0 for no such rule. */
  readonly noRepeatNgram: number;
  /** The graph takes a datastore for each sentence, see adaptation/remembered-tokens.ts, and yields the decoder's states. Greedy only. */
  readonly remembers?: boolean;
}

export function studentGraph(weights: MarianWeights, architecture: StudentArchitecture, options: StudentGraphOptions): ModelDefinition {
  const g = new Builder('marian-student');
  const student = new Student(g, weights, architecture, options);
  return student.build().model('bitext-studio');
}

class Student {
  readonly #g: GraphBuilder;
  readonly #weights: MarianWeights;
  readonly #a: StudentArchitecture;
  readonly #options: StudentGraphOptions;
  readonly #layers: LinearLayers;
  readonly #positions: Value;

  constructor(g: GraphBuilder, weights: MarianWeights, architecture: StudentArchitecture, options: StudentGraphOptions) {
    this.#g = g;
    this.#weights = weights;
    this.#a = architecture;
    this.#options = options;
    this.#layers = options.precision === 'int8' ? int8Layers(weights) : floatLayers(weights);
    this.#positions = g.constant(float32([MOST_POSITIONS, architecture.dim], sinusoidalPositions(MOST_POSITIONS, architecture.dim)), 'positions');
  }

  build(): GraphBuilder {
    const g = this.#g;
    const { dim, decoderLayers, sharedEmbeddings, targetVocabulary } = this.#a;
    const { precision, beam, alignment, scores, noRepeatNgram, remembers = false } = this.#options;
    const remembered = remembers ? rememberedTokens(g, dim) : null;
    const source = g.input('source', 'int32', ['S', 'B']);
    const mask = g.input('mask', 'float32', ['B', 1, 1, 'S']);
    const steps = g.input('steps', 'int64', []);
    const forced = g.input('forced', 'int32', ['P', 'B']);
    const candidates = this.#options.shortlist ? g.input('candidates', 'int32', ['B', 'C']) : null;

    const encoded = this.#encoder(source, mask);
    if (this.#options.encoded) g.namedOutput('encoded', encoded, 'float32');
    const [sourceLength = '', batch = ''] = g.nodes('Split', [g.node('Shape', [source])], 2);
    const perHead = this.#perHead(source);
    const output = outputLayer(g, this.#weights, this.#a, { precision, candidates, beam, noRepeatNgram, remembered });
    // As wide as what it is added to: onnxruntime broadcasts from the middle of a shape at half the speed.
    const wideMask = g.node('Expand', [mask, this.#ints(1, this.#a.heads, beam, 1)]);
    const sentences: Record<string, Value> = { mask: wideMask, ...output.sentences };
    for (let layer = 1; layer <= decoderLayers; layer++) Object.assign(sentences, this.#memory(encoded, layer, perHead));
    const embed = tokenEmbeddings(g, this.#weights, sharedEmbeddings ? 'Wemb' : 'decoder_Wemb', targetVocabulary, dim, precision);
    const hypotheses = beam === 1 ? batch : g.node('Mul', [batch, this.#ints(beam)]);
    const zeros = g.node('ConstantOfShape', [g.node('Concat', [hypotheses, this.#ints(dim)], { attributes: { axis: int(0) } })]);
    const decoder = {
      batch: g.node('Squeeze', [batch]),
      sourceLength,
      steps,
      positions: this.#positions,
      initialEmbedding: zeros,
      initialStates: Array.from({ length: decoderLayers }, () => zeros),
      sentences,
      embed,
      step: (b: GraphBuilder, x: Value, cells: readonly Value[], own: Readonly<Record<string, Value>>) => this.#step(b, x, cells, own),
      alignment,
      scores,
      forced,
      noHistory: noRepeatNgram === 0 ? null : this.#noColumns(hypotheses),
    };
    if (beam === 1) {
      const decoded = decodeGreedily(g, { ...decoder, hidden: remembers, choose: (b, hidden, own, bounds) => output.choose(b, hidden, own, bounds, scores) });
      g.namedOutput('tokens', decoded.tokens, 'int32', ['N']);
      g.namedOutput('rows', decoded.rows, 'int32', ['N']);
      if (decoded.attention !== null) g.namedOutput('attention', decoded.attention, 'float32', ['N', 'S']);
      if (decoded.scores !== null) g.namedOutput('scores', decoded.scores, 'float32', ['N']);
      if (decoded.hidden !== null) g.namedOutput('hidden', decoded.hidden, 'float32', ['N', dim]);
    } else {
      const decoded = decodeWithBeam(g, { ...decoder, beam, rowsPerHypothesis: false, best: (b, hidden, own, bounds) => output.best(b, hidden, own, bounds, beam) });
      g.namedOutput('tokens', decoded.tokens, 'int32', ['T', 'B', beam]);
      g.namedOutput('parents', decoded.parents, 'int32', ['T', 'B', beam]);
      g.namedOutput('scores', decoded.scores, 'float32', ['T', 'B', beam]);
      if (decoded.attention !== null) g.namedOutput('attention', decoded.attention, 'float32', ['T', 'B*beam', 'S']);
    }
    return g;
  }

  /** int64 [n, 0] */
  #noColumns(hypotheses: Value): Value {
    const shape = this.#g.node('Concat', [hypotheses, this.#ints(0)], { attributes: { axis: int(0) } });
    return this.#g.node('Expand', [this.#g.constant(int64([1, 1], [0])), shape]);
  }

  /**
   * -> [S*B, dim]. Time comes first, so that the products of attention can take their batch dimensions from the middle of
   * a tensor and nothing has to be transposed before them.
   */
  #encoder(source: Value, mask: Value): Value {
    const g = this.#g;
    const { dim, encoderLayers, sharedEmbeddings, sourceVocabulary } = this.#a;
    const embed = tokenEmbeddings(g, this.#weights, sharedEmbeddings ? 'Wemb' : 'encoder_Wemb', sourceVocabulary, dim, this.#options.precision);
    const length = g.node('Slice', [g.node('Shape', [source]), this.#ints(0), this.#ints(1)]);
    const positions = g.node('Unsqueeze', [g.node('Slice', [this.#positions, this.#ints(0), length]), this.#ints(1)]);
    let x = g.node('Reshape', [g.node('Add', [embed(g, source), positions]), this.#ints(-1, dim)]);
    const perHead = this.#perHead(source);
    const wideMask = g.node('Expand', [mask, g.node('Concat', [this.#ints(1, 1), length, this.#ints(1)], { attributes: { axis: int(0) } })]);
    for (let layer = 1; layer <= encoderLayers; layer++) {
      x = this.#selfAttention(x, wideMask, `encoder_l${layer}_self`, perHead);
      x = this.#feedForward(g, x, `encoder_l${layer}_ffn`);
    }
    return x;
  }

  /** The shape [S, B, heads, dim/heads]. */
  #perHead(source: Value): Value {
    const { dim, heads } = this.#a;
    return this.#g.node('Concat', [this.#g.node('Shape', [source]), this.#ints(heads, dim / heads)], { attributes: { axis: int(0) } });
  }

  #selfAttention(x: Value, mask: Value, name: string, perHead: Value): Value {
    const g = this.#g;
    const [q = '', k = '', v = ''] = [
      this.#queries(g, x, name),
      this.#layers.apply(g, x, this.#layer(name, 'k')),
      this.#layers.apply(g, x, this.#layer(name, 'v')),
    ].map((value) => g.node('Reshape', [value, perHead]));
    const scores = g.node('FusedMatMul', [q, k], { domain: CONTRIB, attributes: { transBatchA: int(1), transBatchB: int(1), transB: int(1) } });
    const attention = g.node('Softmax', [g.node('Add', [scores, mask])], { attributes: { axis: int(-1) } });
    const mixed = g.node('FusedMatMul', [attention, v], { domain: CONTRIB, attributes: { transBatchB: int(1) } });
    const flat = g.node('Reshape', [g.node('Transpose', [mixed], { attributes: { perm: ints(2, 0, 1, 3) } }), this.#ints(-1, this.#a.dim)]);
    return this.#addAndNormalize(g, x, this.#layers.apply(g, flat, this.#layer(name, 'o')), `${name}_Wo`);
  }

  /** The queries of attention, divided by the root of the head's size already. */
  #queries(g: GraphBuilder, x: Value, name: string): Value {
    return this.#layers.apply(g, x, this.#layer(name, 'q'), { factor: 1 / Math.sqrt(this.#a.dim / this.#a.heads) });
  }

  /** Keys [B, heads, dim/heads, S] and values [B, heads, S, dim/heads] of one decoder layer, for all steps. */
  #memory(encoded: Value, layer: number, perHead: Value): Record<string, Value> {
    const g = this.#g;
    const name = `decoder_l${layer}_context`;
    const ordered = (part: 'k' | 'v', ...order: number[]): Value => {
      const split = g.node('Reshape', [this.#layers.apply(g, encoded, this.#layer(name, part)), perHead]);
      return g.node('Transpose', [split], { attributes: { perm: ints(...order) } });
    };
    return { [`keys${layer}`]: ordered('k', 1, 2, 3, 0), [`values${layer}`]: ordered('v', 1, 2, 0, 3) };
  }

  /** One step of the decoder: embedding and position [n, dim] -> hidden [n, dim]. */
  #step(b: GraphBuilder, embedded: Value, cells: readonly Value[], sentences: Readonly<Record<string, Value>>): DecoderStep {
    const { dim, alignmentLayer } = this.#a;
    let x = embedded;
    let attentionOfAlignment: Value = '';
    const newCells: Value[] = [];
    for (const [index, oldCell] of cells.entries()) {
      const name = `decoder_l${index + 1}`;
      const square = { rows: dim, columns: dim };
      const forget = this.#layers.apply(b, x, { matrix: `${name}_rnn_Wf`, ...square, bias: `${name}_rnn_bf` });
      const candidate = this.#layers.apply(b, x, { matrix: `${name}_rnn_W`, ...square, bias: null });
      // f * c + (1 - f) * u, with one product less.
      const kept = b.node('Mul', [b.node('Sigmoid', [forget]), b.node('Sub', [oldCell, candidate])]);
      const cell = b.node('Add', [kept, candidate]);
      newCells.push(cell);
      x = this.#addAndNormalize(b, x, b.node('Relu', [cell]), `${name}_rnn_ffn`);

      const attended = this.#crossAttention(b, this.#queries(b, x, `${name}_context`), index + 1, sentences);
      if (index + 1 === alignmentLayer && this.#options.alignment) attentionOfAlignment = this.#firstHead(b, attended.attention);
      const mixed = b.node('Reshape', [attended.mixed, this.#ints(-1, dim)]);
      x = this.#addAndNormalize(b, x, this.#layers.apply(b, mixed, this.#layer(`${name}_context`, 'o')), `${name}_context_Wo`);
      x = this.#feedForward(b, x, `${name}_ffn`);
    }
    return { hidden: x, states: newCells, attention: attentionOfAlignment };
  }

  /** q: [n, dim] -> attention [B, heads, beam, S] and the mixed values, [n, dim] in another shape. */
  #crossAttention(b: GraphBuilder, q: Value, layer: number, sentences: Readonly<Record<string, Value>>): { attention: Value; mixed: Value } {
    const { dim, heads } = this.#a;
    const { beam } = this.#options;
    // The hypotheses of a sentence share its keys and values: they are rows of one product.
    const swap = (value: Value): Value => (beam === 1 ? value : b.node('Transpose', [value], { attributes: { perm: ints(0, 2, 1, 3) } }));
    const perHead = beam === 1 ? this.#ints(-1, heads, 1, dim / heads) : this.#ints(-1, beam, heads, dim / heads);
    const scores = b.node('MatMul', [swap(b.node('Reshape', [q, perHead])), sentences[`keys${layer}`] ?? '']);
    const attention = b.node('Softmax', [b.node('Add', [scores, sentences['mask'] ?? ''])], { attributes: { axis: int(-1) } });
    return { attention, mixed: swap(b.node('MatMul', [attention, sentences[`values${layer}`] ?? ''])) };
  }

  /** [B, heads, beam, S] -> [n, S], or [n, 1, S] without a beam. Marian trains the first head as word alignment. */
  #firstHead(b: GraphBuilder, attention: Value): Value {
    const head = b.node('Gather', [attention, this.#g.constant(int64([], [0]))], { attributes: { axis: int(1) } });
    if (this.#options.beam === 1) return head;
    const width = b.node('Shape', [attention], { attributes: { start: int(3) } });
    return b.node('Reshape', [head, b.node('Concat', [this.#ints(-1), width], { attributes: { axis: int(0) } })]);
  }

  #feedForward(g: GraphBuilder, x: Value, name: string): Value {
    const { dim, ffnDim } = this.#a;
    const inner = this.#layers.apply(g, x, { matrix: `${name}_W1`, rows: dim, columns: ffnDim, bias: `${name}_b1` });
    const outer = this.#layers.apply(g, inner, { matrix: `${name}_W2`, rows: ffnDim, columns: dim, bias: `${name}_b2` }, { afterRelu: true });
    return this.#addAndNormalize(g, x, outer, `${name}_ffn`);
  }

  #addAndNormalize(g: GraphBuilder, x: Value, y: Value, name: string): Value {
    const { dim } = this.#a;
    const scale = g.constant(float32([dim], this.#weights.vector(`${name}_ln_scale`, dim)));
    const bias = g.constant(float32([dim], this.#weights.vector(`${name}_ln_bias`, dim)));
    // Not SkipLayerNormalization, which computes the same: it takes seven times as long on the cpu.
    return g.node('LayerNormalization', [g.node('Add', [x, y]), scale, bias], { attributes: { axis: int(-1), epsilon: float(1e-6) } });
  }

  #layer(name: string, part: 'q' | 'k' | 'v' | 'o'): LinearLayer {
    return { matrix: `${name}_W${part}`, rows: this.#a.dim, columns: this.#a.dim, bias: `${name}_b${part}` };
  }

  #ints(...values: number[]): Value {
    return this.#g.constant(int64([values.length], values));
  }
}
