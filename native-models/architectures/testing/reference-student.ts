/**
 * A Marian student in plain loops, one sentence at a time: the expectation that graphs are tested against.
 * Written from design/engine.md section 3, on double precision where the graph has float32. In int8 it rounds where
 * the graph rounds: activations before each product, half to even, with the model's own multipliers.
 */
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import type { MarianWeights } from '../../weights/marian-weights.ts';

type Row = readonly number[];

export interface ReferenceOutput {
  readonly ids: number[];
  readonly truncated: boolean;
  /** Log-probability of each produced token, EOS included. */
  readonly logProbabilities: number[];
  /** Weights of the alignment head, a row for each produced token. */
  readonly attention: number[][];
  readonly encoded: number[][];
}

interface DecoderState {
  readonly cells: readonly Row[];
  /** Of the token before, scaled. */
  readonly embedding: Row;
}

export class ReferenceStudent {
  readonly #weights: MarianWeights;
  readonly #a: StudentArchitecture;
  readonly #int8: boolean;
  readonly #matrices = new Map<string, readonly (readonly number[])[]>();

  constructor(weights: MarianWeights, architecture: StudentArchitecture, int8: boolean) {
    this.#weights = weights;
    this.#a = architecture;
    this.#int8 = int8;
  }

  /** `candidates`: the target ids that may be produced; all when null. `prefix`: what the output begins with. */
  translate(
    source: readonly number[],
    limit: number,
    candidates: readonly number[] | null = null,
    { prefix = [], noRepeatNgram = 0 }: { prefix?: readonly number[]; noRepeatNgram?: number } = {},
  ): ReferenceOutput {
    const encoded = this.#encode(source);
    const result: ReferenceOutput = { ids: [], truncated: false, logProbabilities: [], attention: [], encoded };
    let state = this.#start();
    for (let step = 0; ; step++) {
      const next = this.#step(encoded, state, step, candidates);
      const allowed = ({ token }: { token: number }): boolean =>
        step < prefix.length ? token === prefix[step] : noRepeatNgram === 0 || !saidBefore([...result.ids, token], noRepeatNgram);
      const best = next.ranked.find(allowed) ?? { token: 0, logProbability: 0 };
      if (step === limit) return { ...result, truncated: best.token !== 0 };
      result.logProbabilities.push(best.logProbability);
      result.attention.push(next.alignment);
      if (best.token === 0) return result;
      result.ids.push(best.token);
      state = { cells: next.cells, embedding: this.#embed(best.token) };
    }
  }

  /** Beam search by Marian's rules; all hypotheses that ended within `limit` tokens, best first. */
  search(
    source: readonly number[],
    beam: number,
    limit: number,
    candidates: readonly number[] | null = null,
    { prefix = [], noRepeatNgram = 0 }: { prefix?: readonly number[]; noRepeatNgram?: number } = {},
  ): { ids: number[]; score: number; normalizedScore: number }[] {
    const encoded = this.#encode(source);
    const found: { ids: number[]; score: number; normalizedScore: number }[] = [];
    let open = [{ ids: [] as number[], score: 0, state: this.#start() }];
    let width = beam;
    for (let step = 0; step <= limit && width > 0; step++) {
      const continued = open.flatMap(({ ids, score, state }) => {
        const next = this.#step(encoded, state, step, candidates);
        const allowed = next.ranked.filter(({ token }) =>
          step < prefix.length ? token === prefix[step] : noRepeatNgram === 0 || !saidBefore([...ids, token], noRepeatNgram),
        );
        return allowed.map(({ token, logProbability }) => ({ ids, token, cells: next.cells, score: score + logProbability }));
      });
      const best = continued.sort((a, b) => b.score - a.score).slice(0, width);
      for (const { ids, token, score } of best) if (token === 0) found.push({ ids, score, normalizedScore: score / (step + 1) });
      open = best
        .filter(({ token }) => token !== 0)
        .map(({ ids, token, cells, score }) => ({ ids: [...ids, token], score, state: { cells, embedding: this.#embed(token) } }));
      if (step >= prefix.length) width = open.length;
    }
    return found.sort((a, b) => b.normalizedScore - a.normalizedScore);
  }

  #start(): DecoderState {
    const zeros = new Array<number>(this.#a.dim).fill(0);
    return { cells: Array.from({ length: this.#a.decoderLayers }, () => zeros), embedding: zeros };
  }

  #targetTable(): readonly (readonly number[])[] {
    return this.#matrix(this.#a.sharedEmbeddings ? 'Wemb' : 'decoder_Wemb', this.#a.targetVocabulary, this.#a.dim);
  }

  #embed(token: number): number[] {
    return (this.#targetTable()[token] ?? []).map((value) => value * Math.sqrt(this.#a.dim));
  }

  /** One step: all allowed tokens with their log-probabilities, best first. */
  #step(encoded: readonly Row[], { cells, embedding }: DecoderState, step: number, candidates: readonly number[] | null) {
    const { dim, decoderLayers, alignmentLayer, targetVocabulary } = this.#a;
    const newCells: Row[] = [];
    let alignment: number[] = [];
    let x = add(embedding, this.#position(step));
    for (let layer = 1; layer <= decoderLayers; layer++) {
      const name = `decoder_l${layer}`;
      const forget = this.#linear(x, `${name}_rnn_Wf`, dim, dim, `${name}_rnn_bf`).map((value) => 1 / (1 + Math.exp(-value)));
      const candidate = this.#linear(x, `${name}_rnn_W`, dim, dim, null);
      const cell = (cells[layer - 1] ?? []).map((value, i) => (forget[i] ?? 0) * value + (1 - (forget[i] ?? 0)) * (candidate[i] ?? 0));
      newCells.push(cell);
      x = this.#normalize(add(x, cell.map(relu)), `${name}_rnn_ffn`);
      const attended = this.#attend([x], encoded, `${name}_context`);
      if (layer === alignmentLayer) alignment = attended.firstHead[0] ?? [];
      x = this.#normalize(add(x, attended.rows[0] ?? []), `${name}_context_Wo`);
      x = this.#feedForward(x, `${name}_ffn`);
    }
    const hidden = this.#int8 ? this.#quantize(x, 'none', false) : x;
    const bias = this.#weights.vector('decoder_ff_logit_out_b', targetVocabulary);
    const table = this.#targetTable();
    const allowed = candidates ?? Array.from({ length: targetVocabulary }, (_, id) => id);
    const logits = allowed.map((id) => dot(hidden, table[id] ?? []) + (bias[id] ?? 0));
    const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
    const ranked = allowed.map((token, index) => ({ token, logProbability: (logits[index] ?? 0) - total })).sort((a, b) => b.logProbability - a.logProbability);
    return { ranked, cells: newCells, alignment };
  }

  #encode(source: readonly number[]): number[][] {
    const { dim, sourceVocabulary, sharedEmbeddings, encoderLayers } = this.#a;
    const table = this.#matrix(sharedEmbeddings ? 'Wemb' : 'encoder_Wemb', sourceVocabulary, dim);
    let rows = source.map((id, position) =>
      add(
        (table[id] ?? []).map((value) => value * Math.sqrt(dim)),
        this.#position(position),
      ),
    );
    for (let layer = 1; layer <= encoderLayers; layer++) {
      const attended = this.#attend(rows, rows, `encoder_l${layer}_self`).rows;
      rows = rows.map((row, index) => this.#normalize(add(row, attended[index] ?? []), `encoder_l${layer}_self_Wo`));
      rows = rows.map((row) => this.#feedForward(row, `encoder_l${layer}_ffn`));
    }
    return rows;
  }

  #attend(queries: readonly Row[], memory: readonly Row[], name: string): { rows: number[][]; firstHead: number[][] } {
    const { dim, heads } = this.#a;
    const size = dim / heads;
    const project = (rows: readonly Row[], part: string): number[][] => rows.map((row) => this.#linear(row, `${name}_W${part}`, dim, dim, `${name}_b${part}`));
    const keys = project(memory, 'k');
    const values = project(memory, 'v');
    const firstHead: number[][] = [];
    const rows = project(queries, 'q').map((query) => {
      const mixed = new Array<number>(dim).fill(0);
      for (let head = 0; head < heads; head++) {
        const part = (row: Row): Row => row.slice(head * size, (head + 1) * size);
        const scores = keys.map((key) => dot(part(query), part(key)) / Math.sqrt(size));
        const most = Math.max(...scores);
        const raised = scores.map((score) => Math.exp(score - most));
        const total = raised.reduce((sum, value) => sum + value, 0);
        const weights = raised.map((value) => value / total);
        if (head === 0) firstHead.push(weights);
        for (const [index, weight] of weights.entries())
          for (let i = 0; i < size; i++) mixed[head * size + i] = (mixed[head * size + i] ?? 0) + weight * (values[index]?.[head * size + i] ?? 0);
      }
      return this.#linear(mixed, `${name}_Wo`, dim, dim, `${name}_bo`);
    });
    return { rows, firstHead };
  }

  #feedForward(row: Row, name: string): number[] {
    const { dim, ffnDim } = this.#a;
    const inner = this.#linear(row, `${name}_W1`, dim, ffnDim, `${name}_b1`).map(relu);
    return this.#normalize(add(row, this.#linear(inner, `${name}_W2`, ffnDim, dim, `${name}_b2`, true)), `${name}_ffn`);
  }

  #linear(row: Row, matrix: string, rows: number, columns: number, bias: string | null, afterRelu = false): number[] {
    const input = this.#int8 ? this.#quantize(row, matrix, afterRelu) : row;
    const weights = this.#matrix(matrix, rows, columns);
    const biases = bias === null ? null : this.#weights.vector(bias, columns);
    return Array.from({ length: columns }, (_, column) =>
      input.reduce((sum, value, index) => sum + value * (weights[index]?.[column] ?? 0), biases?.[column] ?? 0),
    );
  }

  /** Rounded to what int8 can hold, as real numbers again. */
  #quantize(row: Row, matrix: string, afterRelu: boolean): number[] {
    const scale = Math.fround(1 / this.#weights.activationMultiplier(matrix));
    const [least, most] = afterRelu ? [0, 255] : [-128, 127];
    return row.map((value) => Math.min(most, Math.max(least, roundHalfToEven(Math.fround(value) / scale))) * scale);
  }

  #normalize(row: Row, name: string): number[] {
    const { dim } = this.#a;
    const scale = this.#weights.vector(`${name}_ln_scale`, dim);
    const bias = this.#weights.vector(`${name}_ln_bias`, dim);
    const mean = row.reduce((sum, value) => sum + value, 0) / dim;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dim;
    return row.map((value, index) => ((value - mean) / Math.sqrt(variance + 1e-6)) * (scale[index] ?? 0) + (bias[index] ?? 0));
  }

  #position(position: number): number[] {
    const half = this.#a.dim / 2;
    const angle = (column: number): number => position / 10_000 ** (column / (half - 1));
    return [...Array.from({ length: half }, (_, column) => Math.sin(angle(column))), ...Array.from({ length: half }, (_, column) => Math.cos(angle(column)))];
  }

  #matrix(name: string, rows: number, columns: number): readonly (readonly number[])[] {
    const known = this.#matrices.get(name);
    if (known !== undefined) return known;
    const { values } = this.#weights.matrix(name, rows, columns);
    const matrix = Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));
    this.#matrices.set(name, matrix);
    return matrix;
  }
}

/** Whether the last `size` ids stand in the list once more. */
function saidBefore(ids: readonly number[], size: number): boolean {
  const last = ids.slice(-size).join();
  return ids.length > size && ids.some((_, at) => at + size < ids.length && ids.slice(at, at + size).join() === last);
}

function dot(a: Row, b: Row): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function add(a: Row, b: Row): number[] {
  return a.map((value, index) => value + (b[index] ?? 0));
}

function relu(value: number): number {
  return Math.max(0, value);
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
