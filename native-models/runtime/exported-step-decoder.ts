/**
 * Runs a folder's exported ONNX graphs (Optimum, transformers.js) step by step, with their caches.
 *
 * Names and shapes (B rows, S source length, P tokens so far, H heads, K head size): the encoder takes `input_ids` and
 * `attention_mask` [B,S] and gives `last_hidden_state`; a decoder takes `past_key_values.N.{decoder,encoder}.{key,value}`
 * [B,H,P|S,K] and gives `logits` and `present.N...`. Cross-attention keys and values are those of the first step:
 * what a merged graph gives for them later is a dummy. Caches stay as the runtime made them until rows have to move.
 */
import { EngineError } from '../engine/engine-error.ts';
import type { StepDecoder, StepState } from '../decoding/step-decoder.ts';
import { quantizesDynamically, type ExportedGraphs } from '../weights/onnx-folder/graph-files.ts';
import { isIdentity, repeatedRows, takeRows, type RowTensor } from './row-tensors.ts';
import { openSession, type FeedTensor, type GraphSession, type SessionOptions } from './session.ts';

export interface ExportedModelFacts {
  readonly padTokenId: number;
  /** `max_position_embeddings`; null where positions are relative */
  readonly maxSourceLength: number | null;
}

interface DecoderGraphs {
  readonly kind: ExportedGraphs['decoder']['kind'];
  readonly first: GraphSession;
  readonly later: GraphSession;
}

/** Loads the graphs. Throws EngineError MODEL_BROKEN, MODEL_UNSUPPORTED or DEVICE_UNAVAILABLE. */
export async function openExportedModel(graphs: ExportedGraphs, facts: ExportedModelFacts, options: SessionOptions): Promise<StepDecoder> {
  const { decoder } = graphs;
  const sessions: GraphSession[] = [];
  try {
    const encoder = await openSession(graphs.encoder, options);
    sessions.push(encoder);
    const first = await openSession(decoder.kind === 'split' ? decoder.first : decoder.graph, options);
    sessions.push(first);
    const later = decoder.kind === 'split' ? await openSession(decoder.later, options) : first;
    if (later !== first) sessions.push(later);
    return stepDecoderOf(graphs, facts, { encoder, first, later }, sessions);
  } catch (error) {
    for (const session of sessions) await session.close();
    throw error;
  }
}

interface LoadedGraphs {
  readonly encoder: GraphSession;
  readonly first: GraphSession;
  readonly later: GraphSession;
}

function stepDecoderOf(graphs: ExportedGraphs, facts: ExportedModelFacts, { encoder, first, later }: LoadedGraphs, sessions: readonly GraphSession[]): StepDecoder {
  const logits = first.outputs.find((port) => port.name === 'logits');
  const vocabularySize = logits?.shape.at(-1);
  if (logits?.type !== 'float32' || typeof vocabularySize !== 'number')
    throw new EngineError(
      'MODEL_UNSUPPORTED',
      `The decoder gives no float32 output "logits" of a fixed width (${logits === undefined ? 'there is none' : `${logits.type}, [${logits.shape.join(', ')}]`}).`,
      'Use an export of the model in float32 or int8.',
    );
  return {
    vocabularySize,
    maxSourceLength: facts.maxSourceLength,
    batchIndependent: !quantizesDynamically(graphs),
    async start(sources, beams) {
      const { ids, mask } = paddedBatch(sources, facts, vocabularySize);
      const { last_hidden_state: hidden } = await encoder.run({ input_ids: ids, attention_mask: mask }, ['last_hidden_state']);
      if (hidden === undefined || !(hidden.data instanceof Float32Array))
        throw new EngineError(
          'MODEL_UNSUPPORTED',
          'The encoder gives no float32 output "last_hidden_state".',
          'Use an export of the model in float32 or int8.',
        );
      return new ExportedState({ kind: graphs.decoder.kind, first, later }, { hidden, mask, vocabularySize, beams });
    },
    async close() {
      for (const session of sessions) await session.close();
    },
  };
}

function paddedBatch(
  sources: readonly (readonly number[])[],
  { padTokenId, maxSourceLength }: ExportedModelFacts,
  vocabularySize: number,
): { ids: FeedTensor; mask: LongTensor } {
  const longest = Math.max(...sources.map((source) => source.length));
  if (sources.length === 0 || sources.some((source) => source.length === 0))
    throw new EngineError('INVALID_INPUT', 'There is nothing to encode: a source has no tokens.', 'Give each source at least its end-of-sentence token.');
  if (maxSourceLength !== null && longest > maxSourceLength)
    throw new EngineError('INVALID_INPUT', `A source has ${longest} tokens, but the model takes at most ${maxSourceLength}.`, 'Split the text into sentences.');
  const size = sources.length * longest;
  const data = new BigInt64Array(size).fill(BigInt(padTokenId)),
    mask = new BigInt64Array(size);
  sources.forEach((source, row) => {
    source.forEach((id, at) => {
      if (!Number.isInteger(id) || id < 0 || id >= vocabularySize)
        throw new EngineError(
          'INVALID_INPUT',
          `The token id ${id} is outside the vocabulary of ${vocabularySize}.`,
          "Use the ids of this model's own tokenizer.",
        );
      data[row * longest + at] = BigInt(id);
      mask[row * longest + at] = 1n;
    });
  });
  const dims = [sources.length, longest];
  return { ids: { type: 'int64', dims, data }, mask: { type: 'int64', dims, data: mask } };
}

interface LongTensor {
  readonly type: 'int64';
  readonly dims: readonly number[];
  readonly data: BigInt64Array;
}

function takeMaskRows({ dims, data }: LongTensor, rows: ArrayLike<number>): LongTensor {
  const width = dims[1] ?? 0;
  const taken = new BigInt64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) taken.set(data.subarray((rows[i] ?? 0) * width, ((rows[i] ?? 0) + 1) * width), i * width);
  return { type: 'int64', dims: [rows.length, width], data: taken };
}

const isSelfCache = (name: string): boolean => /\.decoder\.(key|value)$/.test(name);
const isPast = (name: string): boolean => name.startsWith('past_key_values.');
const presentOf = (name: string): string => name.replace('past_key_values.', 'present.');

class ExportedState implements StepState {
  readonly encoder: StepState['encoder'];
  readonly #graphs: DecoderGraphs;
  readonly #vocabularySize: number;
  #rows: number;
  #mask: LongTensor;
  #hidden: RowTensor;
  /** By the name of the input that each is fed to; null before the first step. */
  #cache: Map<string, RowTensor> | null = null;
  /** Tokens of each row so far; kept only for a graph without a cache. */
  #history: number[][] = [];

  constructor(graphs: DecoderGraphs, made: { hidden: RowTensor; mask: LongTensor; vocabularySize: number; beams: number }) {
    this.#graphs = graphs;
    this.#vocabularySize = made.vocabularySize;
    const { dims, data } = made.hidden;
    this.encoder = { shape: dims, data: data instanceof Float32Array ? data : new Float32Array(0) };
    const sources = dims[0] ?? 0;
    this.#rows = sources * made.beams;
    const rows = repeatedRows(sources, made.beams);
    this.#mask = made.beams === 1 ? made.mask : takeMaskRows(made.mask, rows);
    this.#hidden = made.beams === 1 ? made.hidden : takeRows(made.hidden, rows);
  }

  async step(tokens: readonly number[] | Int32Array, from: Int32Array | null): Promise<Float32Array> {
    if (tokens.length !== this.#rows) throw new RangeError(`${tokens.length} tokens for ${this.#rows} rows`);
    if (from !== null && !isIdentity(from, this.#rows)) this.#reorder(from);
    if (this.#graphs.kind === 'uncached') return this.#stepAnew(tokens);
    const ids: FeedTensor = { type: 'int64', dims: [this.#rows, 1], data: BigInt64Array.from(tokens, BigInt) };
    const cached = this.#cache;
    const session = cached === null ? this.#graphs.first : this.#graphs.later;
    const pasts = this.#graphs.later.inputs.filter((port) => isPast(port.name)).map((port) => port.name);
    const wanted = cached === null ? pasts : pasts.filter(isSelfCache);
    const given = await session.run(this.#feeds(session, ids), ['logits', ...wanted.map(presentOf)]);
    const cache = cached ?? new Map<string, RowTensor>();
    for (const name of wanted) {
      const present = given[presentOf(name)];
      if (present !== undefined) cache.set(name, present);
    }
    this.#cache = cache;
    return this.#logitsOf(given['logits'], 1);
  }

  keep(rows: Int32Array): Promise<void> {
    if (!isIdentity(rows, this.#rows)) {
      this.#reorder(rows);
      this.#rows = rows.length;
      this.#mask = takeMaskRows(this.#mask, rows);
      this.#hidden = takeRows(this.#hidden, rows);
      for (const [name, tensor] of this.#cache ?? []) if (!isSelfCache(name)) this.#cache?.set(name, takeRows(tensor, rows));
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.#cache = null;
    this.#history = [];
  }

  /** Cross-attention belongs to the source, which all rows of `from` share; only what a row said itself moves. */
  #reorder(rows: Int32Array): void {
    for (const [name, tensor] of this.#cache ?? []) if (isSelfCache(name)) this.#cache?.set(name, takeRows(tensor, rows));
    this.#history = Array.from(rows, (row) => [...(this.#history[row] ?? [])]);
  }

  #feeds(session: GraphSession, ids: FeedTensor): Record<string, RowTensor> {
    const feeds: Record<string, RowTensor> = {};
    for (const { name, shape } of session.inputs) {
      if (name === 'input_ids') feeds[name] = ids;
      else if (name === 'encoder_attention_mask') feeds[name] = this.#mask;
      else if (name === 'encoder_hidden_states') feeds[name] = this.#hidden;
      else if (name === 'use_cache_branch') feeds[name] = { type: 'bool', dims: [1], data: Uint8Array.of(this.#cache === null ? 0 : 1) };
      else if (isPast(name)) feeds[name] = this.#cache?.get(name) ?? noPast(name, shape, this.#rows);
      else
        throw new EngineError(
          'MODEL_UNSUPPORTED',
          `The decoder asks for an input "${name}" that is not known.`,
          'Export the model again with a current version of Optimum.',
        );
    }
    return feeds;
  }

  async #stepAnew(tokens: readonly number[] | Int32Array): Promise<Float32Array> {
    const history = this.#history.length === 0 ? Array.from({ length: this.#rows }, (): number[] => []) : this.#history;
    history.forEach((row, i) => row.push(tokens[i] ?? 0));
    this.#history = history;
    const length = history[0]?.length ?? 0;
    const ids: FeedTensor = { type: 'int64', dims: [this.#rows, length], data: BigInt64Array.from(history.flat(), BigInt) };
    const { logits } = await this.#graphs.first.run(this.#feeds(this.#graphs.first, ids), ['logits']);
    return this.#logitsOf(logits, length);
  }

  /** The logits of each row's last token. */
  #logitsOf(tensor: RowTensor | undefined, length: number): Float32Array {
    const data = tensor?.data;
    const width = this.#vocabularySize;
    if (!(data instanceof Float32Array) || data.length !== this.#rows * length * width)
      throw new EngineError('MODEL_BROKEN', 'The decoder gave logits of another size than it declares.', 'Remove the model and download or import it again.');
    if (length === 1) return data;
    const last = new Float32Array(this.#rows * width);
    for (let row = 0; row < this.#rows; row++) last.set(data.subarray(((row + 1) * length - 1) * width, (row + 1) * length * width), row * width);
    return last;
  }
}

/** What a merged graph takes for a past before the first step: heads and head size are fixed in the graph, its length is 0. */
function noPast(name: string, shape: readonly (number | string)[], rows: number): FeedTensor {
  const [, heads, , size] = shape;
  if (typeof heads !== 'number' || typeof size !== 'number')
    throw new EngineError(
      'MODEL_UNSUPPORTED',
      `The decoder does not fix the heads and head size of its input "${name}".`,
      'Export the model again with a current version of Optimum.',
    );
  return { type: 'float32', dims: [rows, heads, 0, size], data: new Float32Array(0) };
}
