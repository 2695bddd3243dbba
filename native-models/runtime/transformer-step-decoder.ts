/**
 * Runs a transformer's two graphs (architectures/transformer/) as a step decoder: the encoder once a batch, then the
 * step's graph for each token, its caches going in again as they came out.
 */
import type { WatchedAttention } from '../architectures/transformer/step-graph.ts';
import { stepGraph } from '../architectures/transformer/step-graph.ts';
import { MASKED, encoderGraph } from '../architectures/transformer/encoder-graph.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import type { EncoderOutput, StepDecoder, StepState } from '../decoding/step-decoder.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import type { FeedTensor, GraphSession } from './session.ts';
import { openSession } from './session.ts';
import { factsOf, type PositionRule, type TransformerFacts } from './transformer-facts.ts';
import { refuseTooLarge } from './transformer-size.ts';
import { checkedSources, sourcePositions } from './transformer-sources.ts';

export interface TransformerOptions {
  readonly threads: number;
  readonly device: EngineDevice;
  /** The head whose attention to the source is kept for each step, or all of them. */
  readonly alignment: WatchedAttention | null;
}

/** A step decoder that can tell what it looked at. */
export interface TransformerStepState extends StepState {
  /**
   * [rows * source length] of the last step: how much each row looked at each token of its source; of all heads
   * [rows * layers * heads * source length]. Null unless asked for.
   */
  readonly attention: Float32Array | null;
  /** Tokens of the longest source of the batch. */
  readonly sourceLength: number;
}

export interface TransformerStepDecoder extends StepDecoder {
  readonly facts: TransformerFacts;
  start(sources: readonly (readonly number[])[], beams: number): Promise<TransformerStepState>;
}

/** Errors: MODEL_BROKEN when the runtime refuses the graphs, MODEL_UNSUPPORTED when they are too large for it. */
export async function openTransformer(model: TransformerDefinition, options: TransformerOptions): Promise<TransformerStepDecoder> {
  const crossAttention = model.decoder.layers.map((layer) => [layer.crossAttention.key, layer.crossAttention.value]);
  refuseTooLarge(model, 'encoder', [model.encoder, crossAttention]);
  refuseTooLarge(model, 'decoder', [model.decoder, model.output]);
  const encoder = await openSession(encodeModel(encoderGraph(model)), options);
  try {
    const step = await openSession(encodeModel(stepGraph(model, options.alignment)), options);
    return pairOfSessions(factsOf(model), encoder, step, options.alignment !== null);
  } catch (cause) {
    await encoder.close();
    throw cause;
  }
}

/** The two graphs, open. `attends`: the step's has the output `attention`. */
export const pairOfSessions = (facts: TransformerFacts, encoder: GraphSession, step: GraphSession, attends: boolean): TransformerStepDecoder =>
  new SessionPair(facts, encoder, step, attends);

class SessionPair implements TransformerStepDecoder {
  readonly vocabularySize: number;
  readonly maxSourceLength: number | null;
  readonly batchIndependent = true;
  readonly facts: TransformerFacts;
  readonly #encoder: GraphSession;
  readonly #step: GraphSession;
  readonly #alignment: boolean;

  constructor(facts: TransformerFacts, encoder: GraphSession, step: GraphSession, alignment: boolean) {
    this.facts = facts;
    this.#encoder = encoder;
    this.#step = step;
    this.#alignment = alignment;
    this.vocabularySize = facts.targetVocabulary;
    this.maxSourceLength = facts.maxSourceLength;
  }

  async start(sources: readonly (readonly number[])[], beams: number): Promise<TransformerStepState> {
    const { positions, decoderLayers } = this.facts;
    if (beams < 1) throw invalid(`A batch needs one beam at least; it has ${beams}.`);
    const { ids, mask, length } = checkedSources(this.facts, sources, MASKED);
    const shape = [sources.length, length];
    const maskFeed: FeedTensor = { type: 'float32', dims: [sources.length, 1, 1, length], data: mask };
    const feeds: Record<string, FeedTensor> = { source: { type: 'int32', dims: shape, data: ids }, mask: maskFeed };
    if (positions !== null) feeds['positions'] = { type: 'int32', dims: shape, data: sourcePositions(positions, sources, length) };
    const memory = decoderLayers.flatMap((_, layer) => [`keys.${layer}`, `values.${layer}`]);
    const outputs = await this.#encoder.run(feeds, ['encoded', ...memory]);
    const perSource = new Map<string, FloatFeed>([['mask', maskFeed], ...memory.map((name): [string, FloatFeed] => [name, floats(outputs, name)])]);
    const encoded = floats(outputs, 'encoded');
    return new TransformerState(this.facts, this.#step, this.#alignment, perSource, { shape: encoded.dims, data: encoded.data }, sources.length, beams);
  }

  async close(): Promise<void> {
    await this.#encoder.close();
    await this.#step.close();
  }
}

interface FloatFeed {
  readonly type: 'float32';
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

class TransformerState implements TransformerStepState {
  readonly encoder: EncoderOutput;
  readonly sourceLength: number;
  attention: Float32Array | null = null;
  readonly #facts: TransformerFacts;
  readonly #session: GraphSession;
  readonly #fetches: readonly string[];
  /** Mask, keys and values, a source a row. */
  #memory: Map<string, FloatFeed>;
  #caches = new Map<string, FloatFeed>();
  #beams: number;
  #rows: number;
  /** The row of the caches that each row continues. */
  #origins: Int32Array;
  #taken = 0;

  constructor(
    facts: TransformerFacts,
    session: GraphSession,
    alignment: boolean,
    memory: Map<string, FloatFeed>,
    encoder: EncoderOutput,
    sources: number,
    beams: number,
  ) {
    this.#facts = facts;
    this.#session = session;
    this.#memory = memory;
    this.encoder = encoder;
    this.sourceLength = encoder.shape[1] ?? 0;
    this.#beams = beams;
    this.#rows = sources * beams;
    this.#origins = identity(this.#rows);
    const { decoderLayers } = facts;
    for (const [layer, { heads, headSize }] of decoderLayers.entries()) {
      const empty: FloatFeed = { type: 'float32', dims: [this.#rows, heads, 0, headSize], data: new Float32Array(0) };
      this.#caches.set(`pastKeys.${layer}`, empty).set(`pastValues.${layer}`, empty);
    }
    const caches = decoderLayers.flatMap((_, layer) => [`newKeys.${layer}`, `newValues.${layer}`]);
    this.#fetches = ['logits', ...caches, ...(alignment ? ['attention'] : [])];
  }

  async step(tokens: readonly number[] | Int32Array, from: Int32Array | null): Promise<Float32Array> {
    const { maxTargetLength } = this.#facts;
    if (maxTargetLength !== null && this.#taken >= maxTargetLength) throw invalid(`The model takes ${maxTargetLength} tokens of a target at most.`);
    if (tokens.length !== this.#rows || (from !== null && from.length !== this.#rows))
      throw invalid(`A step needs a token for each of the ${this.#rows} rows.`);
    if (from !== null) this.#origins = picked(this.#origins, from);
    const rows = [this.#rows];
    const feeds: Record<string, FeedTensor> = {
      ...Object.fromEntries(this.#memory),
      ...Object.fromEntries(this.#caches),
      tokens: { type: 'int32', dims: rows, data: Int32Array.from(tokens) },
      from: { type: 'int32', dims: rows, data: this.#origins },
    };
    const { decoderPositions: positions } = this.#facts;
    if (positions !== null) feeds['positions'] = { type: 'int32', dims: rows, data: this.#positionsOf(tokens, positions) };
    const outputs = await this.#session.run(feeds, this.#fetches);
    for (const layer of this.#facts.decoderLayers.keys()) {
      this.#caches.set(`pastKeys.${layer}`, floats(outputs, `newKeys.${layer}`));
      this.#caches.set(`pastValues.${layer}`, floats(outputs, `newValues.${layer}`));
    }
    if (this.#fetches.includes('attention')) this.attention = floats(outputs, 'attention').data;
    this.#origins = identity(this.#rows);
    this.#taken += 1;
    return floats(outputs, 'logits').data;
  }

  async keep(rows: Int32Array): Promise<void> {
    this.#origins = picked(this.#origins, rows);
    this.#rows = rows.length;
    const sources = wholeSources(rows, this.#beams);
    const kept = sources ?? rows.map((row) => Math.floor(row / this.#beams));
    if (sources === null) this.#beams = 1;
    this.#memory = new Map([...this.#memory].map(([name, feed]) => [name, gathered(feed, kept)]));
  }

  dispose(): void {
    this.#memory.clear();
    this.#caches.clear();
  }

  #positionsOf(tokens: readonly number[] | Int32Array, positions: NonNullable<PositionRule>): Int32Array {
    const position = this.#taken + positions.first;
    return Int32Array.from(tokens, (token) => (token === positions.uncounted ? positions.first - 1 : position));
  }
}

/** The sources that `rows` consist of, `beams` rows in order for each; null when some are torn apart. */
function wholeSources(rows: Int32Array, beams: number): Int32Array | null {
  if (rows.length % beams !== 0) return null;
  const whole = rows.every((row, index) => row === (rows[index - (index % beams)] ?? 0) + (index % beams) && (row - (index % beams)) % beams === 0);
  return whole ? Int32Array.from({ length: rows.length / beams }, (_, index) => (rows[index * beams] ?? 0) / beams) : null;
}

function gathered(feed: FloatFeed, rows: Int32Array): FloatFeed {
  const size = feed.dims.slice(1).reduce((product, dim) => product * dim, 1);
  const data = new Float32Array(rows.length * size);
  for (const [index, row] of rows.entries()) data.set(feed.data.subarray(row * size, (row + 1) * size), index * size);
  return { type: 'float32', dims: [rows.length, ...feed.dims.slice(1)], data };
}

function picked(values: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => values[row] ?? 0);
}

function identity(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}

function floats(outputs: Awaited<ReturnType<GraphSession['run']>>, name: string): FloatFeed {
  const tensor = outputs[name];
  if (!(tensor?.data instanceof Float32Array)) throw new EngineError('MODEL_BROKEN', `The model gave no "${name}".`, 'Import the model again.');
  return { type: 'float32', dims: tensor.dims, data: tensor.data };
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_INPUT', message);
}
