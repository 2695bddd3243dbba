/**
 * The student as training computes it: the whole target at once behind the tokens before each (teacher forcing), in
 * standard operators that have gradients. The arithmetic is that of architectures/student-graph.ts, which decodes.
 *
 * Time comes first in every tensor, as there: S source tokens, T target tokens, B sentences.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { float, graph, int, ints } from '../../onnx/graph-builder.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { sinusoidalPositions } from '../../architectures/sinusoidal-positions.ts';
import { MOST_POSITIONS } from '../../architectures/student-graph.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import type { BatchInput } from '../trainable-model.ts';

/** What a batch consists of; `studentBatch` makes them. */
export function studentInputs({ dim }: StudentArchitecture): readonly BatchInput[] {
  return [
    // Token ids, the end of the sentence last, 0 for padding.
    { name: 'source', type: 'int64', dims: ['S', 'B'] },
    // 0 for tokens, -1e9 for padding.
    { name: 'sourceMask', type: 'float32', dims: ['B', 1, 1, 'S'] },
    // 0, 1, 2 ...
    { name: 'sourcePositions', type: 'int64', dims: ['S'] },
    // The token before each target token; of the first anything.
    { name: 'previous', type: 'int64', dims: ['T', 'B'] },
    // 0 for the first token, whose embedding is zero, else 1.
    { name: 'hasPrevious', type: 'float32', dims: ['T', 1, 1] },
    { name: 'targetPositions', type: 'int64', dims: ['T'] },
    // Zeros.
    { name: 'firstCell', type: 'float32', dims: ['B', dim] },
    // The target tokens, 0 for padding; and 1 for tokens, 0 for padding.
    { name: 'labels', type: 'int64', dims: ['T', 'B'] },
    { name: 'labelWeights', type: 'float32', dims: ['T', 'B'] },
  ];
}

/** Where the graph gets its weights from, and who wants to see the activations that meet them. */
export interface StudentWeights {
  /** The value of a parameter, by Marian's name. */
  parameter(name: string): Value;
  /** One of `studentInputs`. */
  input(name: string): Value;
  /** x and the matrix that it is multiplied with; what comes back is used for x. For dropout, adapters and calibration. */
  product?(g: GraphBuilder, x: Value, matrix: string): Value | null;
  /** Of each sub-layer's output before it is added; for dropout. `length` names its first size. */
  residual?(g: GraphBuilder, x: Value, length: 'S' | 'T'): Value;
}

/** -> what the output layer is multiplied with, [T, B, dim], and the alignment head's attention [B, T, S]. */
export function studentForward(g: GraphBuilder, architecture: StudentArchitecture, weights: StudentWeights): { readonly hidden: Value; readonly attention: Value } {
  return new Forward(g, architecture, weights).run();
}

/** The name of the matrix that embeds a side's tokens. */
export const embeddingOf = ({ sharedEmbeddings }: StudentArchitecture, side: 'source' | 'target'): string => (sharedEmbeddings ? 'Wemb' : side === 'source' ? 'encoder_Wemb' : 'decoder_Wemb');

class Forward {
  readonly #g: GraphBuilder;
  readonly #a: StudentArchitecture;
  readonly #w: StudentWeights;
  readonly #positions: Value;

  constructor(g: GraphBuilder, a: StudentArchitecture, weights: StudentWeights) {
    this.#g = g;
    this.#a = a;
    this.#w = weights;
    this.#positions = g.constant(float32([MOST_POSITIONS, a.dim], sinusoidalPositions(MOST_POSITIONS, a.dim)), 'positions');
  }

  run(): { hidden: Value; attention: Value } {
    const { decoderLayers, encoderLayers, alignmentLayer } = this.#a;
    const sourceMask = this.#w.input('sourceMask');
    let memory = this.#g.node('Add', [this.#embed(this.#w.input('source'), 'source'), this.#positionRows(this.#w.input('sourcePositions'))]);
    for (let layer = 1; layer <= encoderLayers; layer++) {
      const name = `encoder_l${layer}`;
      memory = this.#join(memory, this.#attention(memory, memory, sourceMask, `${name}_self`).mixed, `${name}_self_Wo`);
      memory = this.#feedForward(memory, `${name}_ffn`);
    }
    const before = this.#g.node('Mul', [this.#embed(this.#w.input('previous'), 'target'), this.#w.input('hasPrevious')]);
    let x = this.#g.node('Add', [before, this.#positionRows(this.#w.input('targetPositions'))]);
    let alignment = '';
    for (let layer = 1; layer <= decoderLayers; layer++) {
      const name = `decoder_l${layer}`;
      x = this.#join(x, this.#g.node('Relu', [this.#recurrence(x, name)]), `${name}_rnn_ffn`);
      const attended = this.#attention(x, memory, sourceMask, `${name}_context`);
      if (layer === alignmentLayer) alignment = attended.weights;
      x = this.#join(x, attended.mixed, `${name}_context_Wo`);
      x = this.#feedForward(x, `${name}_ffn`);
    }
    const head = this.#g.node('Squeeze', [this.#g.node('Slice', [alignment, this.#ints(0), this.#ints(1), this.#ints(1)]), this.#ints(1)]);
    return { hidden: x, attention: head };
  }

  #embed(ids: Value, side: 'source' | 'target'): Value {
    const rows = this.#g.node('Gather', [this.#w.parameter(embeddingOf(this.#a, side)), ids]);
    return this.#g.node('Mul', [rows, this.#g.constant(float32([], [Math.sqrt(this.#a.dim)]))]);
  }

  /** [n] -> [n, 1, dim] */
  #positionRows(indices: Value): Value {
    return this.#g.node('Unsqueeze', [this.#g.node('Gather', [this.#positions, indices]), this.#ints(1)]);
  }

  #linear(x: Value, matrix: string, bias: string | null): Value {
    const own = this.#w.product?.(this.#g, x, matrix) ?? this.#g.node('MatMul', [x, this.#w.parameter(matrix)]);
    return bias === null ? own : this.#g.node('Add', [own, this.#w.parameter(bias)]);
  }

  /** SSRU (Kim et al. 2019): c = f * c' + (1 - f) * u. Only that runs step by step. */
  #recurrence(x: Value, name: string): Value {
    const g = this.#g;
    const { dim } = this.#a;
    const forget = g.node('Sigmoid', [this.#linear(x, `${name}_rnn_Wf`, `${name}_rnn_bf`)]);
    const candidate = this.#linear(x, `${name}_rnn_W`, null);
    // (1 - f) * u needs no step.
    const added = g.node('Mul', [g.node('Sub', [g.constant(float32([], [1])), forget]), candidate]);
    const body = g.body('ssru');
    const cell = body.input(body.name('cell'), 'float32', ['B', dim]);
    const f = body.input(body.name('forget'), 'float32', ['B', dim]);
    const a = body.input(body.name('added'), 'float32', ['B', dim]);
    const next = body.node('Add', [body.node('Mul', [f, cell]), a]);
    body.output(next, 'float32', ['B', dim]);
    body.output(body.node('Identity', [next]), 'float32', ['B', dim]);
    const [, cells = ''] = g.nodes('Scan', [this.#w.input('firstCell'), forget, added], 2, { attributes: { body: graph(body.finish()), num_scan_inputs: int(2) } });
    return cells;
  }

  /** x: [X, B, dim], memory: [M, B, dim] -> [X, B, dim], and all weights [B, heads, X, M]. */
  #attention(x: Value, memory: Value, mask: Value, name: string): { mixed: Value; weights: Value } {
    const g = this.#g;
    const { dim, heads } = this.#a;
    const perHead = (value: Value, ...order: number[]): Value =>
      g.node('Transpose', [g.node('Reshape', [value, this.#ints(0, 0, heads, dim / heads)])], { attributes: { perm: ints(...order) } });
    const scale = g.constant(float32([], [1 / Math.sqrt(dim / heads)]));
    const q = perHead(g.node('Mul', [this.#linear(x, `${name}_Wq`, `${name}_bq`), scale]), 1, 2, 0, 3);
    const k = perHead(this.#linear(memory, `${name}_Wk`, `${name}_bk`), 1, 2, 3, 0);
    const v = perHead(this.#linear(memory, `${name}_Wv`, `${name}_bv`), 1, 2, 0, 3);
    const weights = g.node('Softmax', [g.node('Add', [g.node('MatMul', [q, k]), mask])], { attributes: { axis: int(-1) } });
    const mixed = g.node('MatMul', [weights, v]);
    const flat = g.node('Reshape', [g.node('Transpose', [mixed], { attributes: { perm: ints(2, 0, 1, 3) } }), this.#ints(0, 0, dim)]);
    return { mixed: this.#linear(flat, `${name}_Wo`, `${name}_bo`), weights };
  }

  #feedForward(x: Value, name: string): Value {
    const inner = this.#g.node('Relu', [this.#linear(x, `${name}_W1`, `${name}_b1`)]);
    return this.#join(x, this.#linear(inner, `${name}_W2`, `${name}_b2`), `${name}_ffn`);
  }

  /** Adds a sub-layer's output and normalizes ("dan" of Marian). */
  #join(x: Value, added: Value, name: string): Value {
    const y = this.#w.residual?.(this.#g, added, name.startsWith('encoder') ? 'S' : 'T') ?? added;
    const scale = this.#w.parameter(`${name}_ln_scale`);
    const bias = this.#w.parameter(`${name}_ln_bias`);
    return this.#g.node('LayerNormalization', [this.#g.node('Add', [x, y]), scale, bias], { attributes: { axis: int(-1), epsilon: float(1e-6) } });
  }

  #ints(...values: number[]): Value {
    return this.#g.constant(int64([values.length], values));
  }
}
