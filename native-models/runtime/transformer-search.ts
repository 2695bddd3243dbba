/**
 * Runs the graph that holds a whole search (architectures/transformer/search-graph.ts): one run a batch. The graph decides
 * which beams go on; the finished hypotheses are picked from its candidates by the same code that searches step by step,
 * so both give the same n-best.
 */
import { searchGraph } from '../architectures/transformer/search-graph.ts';
import { MASKED } from '../architectures/transformer/encoder-graph.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import type { AttentionHead } from '../architectures/transformer/step-graph.ts';
import type { Candidate } from '../decoding/search/best-candidates.ts';
import { maxLengthOf, type GenerationOptions } from '../decoding/search/generation-options.ts';
import { SentenceBeams, candidatesOf, type Hypothesis } from '../decoding/search/sentence-beams.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { halfPrecision } from '../onnx/float16/half-precision.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import type { FeedTensor, GraphSession } from './session.ts';
import { openSession } from './session.ts';
import { takesSharedInputs } from './shared-inputs.ts';
import type { StopSignal } from './stop-flag.ts';
import { factsOf, type TransformerFacts } from './transformer-facts.ts';
import { refuseTooLarge } from './transformer-size.ts';
import { checkedSources, sourcePositions } from './transformer-sources.ts';

export interface TransformerSearchOptions {
  readonly threads: number;
  readonly device: EngineDevice;
  /** The head whose attention to the source comes with each hypothesis. Default: none. */
  readonly alignment?: AttentionHead | null;
  /** Weights and products in float16, for graphics processors. Default: as the definition has them. */
  readonly halfPrecision?: boolean;
}

/** A hypothesis and what it looked at. */
export interface AttendedHypothesis extends Hypothesis {
  /** `attention[t * source length + s]`: how much token t + 1 looks at source token s; null where no head was asked for. */
  readonly attention: Float32Array | null;
}

export interface SearchRequest {
  /** Token ids with their special tokens, each at least one. */
  readonly sources: readonly (readonly number[])[];
  readonly options: GenerationOptions;
  /** Decoder tokens behind the start token that every output begins with. */
  readonly prefix?: readonly number[];
  /** Most decoder rows at once. */
  readonly maxRows?: number;
  /** An AbortSignal stops between two runs of the graph, a StopFlag within one. */
  readonly signal?: StopSignal;
}

/** Forbidden tokens get it added to their logit. */
const FORBIDDEN = -1e30;
/** Scores from here on are of forbidden tokens. */
const IMPOSSIBLE = -1e20;

/** Errors: MODEL_BROKEN when the runtime refuses the graph, MODEL_UNSUPPORTED when it is too large for it. */
export async function openTransformerSearch(model: TransformerDefinition, options: TransformerSearchOptions): Promise<TransformerSearch> {
  refuseTooLarge(model, 'graph', [model]);
  const alignment = options.alignment ?? null;
  const graph = searchGraph(model, alignment);
  const bytes = encodeModel(options.halfPrecision === true ? halfPrecision(graph) : graph);
  return new TransformerSearch(factsOf(model), await openSession(bytes, options), alignment !== null);
}

export class TransformerSearch {
  readonly facts: TransformerFacts;
  readonly #session: GraphSession;
  readonly #attends: boolean;

  /** `attends`: the graph has the output `attention`. */
  constructor(facts: TransformerFacts, session: GraphSession, attends: boolean) {
    this.facts = facts;
    this.#session = session;
    this.#attends = attends;
  }

  /**
   * Whether the graph can follow these settings. Rules that look at what a beam has said (repetitions, sequences of bad
   * words) need a search step by step.
   */
  can(options: GenerationOptions, prefix: readonly number[] = []): boolean {
    const { forcedBosTokenId: bos, eosTokenIds, suppressTokens, beginSuppressTokens, badWordsIds } = options;
    const promptLength = 1 + prefix.length;
    const newTokens = maxLengthOf(options, promptLength) - promptLength;
    const forcedOneOnly = bos !== null && (newTokens < 2 || [...eosTokenIds, ...suppressTokens, ...beginSuppressTokens].includes(bos));
    return (
      options.repetitionPenalty === 1 &&
      options.noRepeatNgramSize === 0 &&
      badWordsIds.every((sequence) => sequence.length === 1) &&
      options.forcedEosTokenIds.length <= 1 &&
      eosTokenIds.length > 0 &&
      newTokens >= 1 &&
      !forcedOneOnly &&
      candidatesOf(options) <= this.facts.targetVocabulary &&
      maxLengthOf(options, promptLength) <= (this.facts.maxTargetLength ?? Infinity)
    );
  }

  /** The hypotheses of each source, best first. The settings must be such as `can` takes. */
  async search(request: SearchRequest): Promise<AttendedHypothesis[][]> {
    const { sources, options, prefix = [], signal } = request;
    if (!this.can(options, prefix)) throw new EngineError('INVALID_INPUT', 'These settings need a search step by step.');
    const perBatch = Math.max(1, Math.floor((request.maxRows ?? 64) / options.numBeams));
    // Sources of like length together, so that little is padding.
    const order = sources.map((_, index) => index).sort((a, b) => (sources[a]?.length ?? 0) - (sources[b]?.length ?? 0));
    const results = new Array<AttendedHypothesis[]>(sources.length);
    for (let from = 0; from < order.length; from += perBatch) {
      signal?.throwIfAborted();
      const batch = order.slice(from, from + perBatch);
      const found = await this.#searchBatch(
        batch.map((index) => sources[index] ?? []),
        new SearchPlan(options, prefix),
        signal,
      );
      for (const [at, index] of batch.entries()) results[index] = found[at] ?? [];
    }
    return results;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #searchBatch(sources: readonly (readonly number[])[], plan: SearchPlan, signal: StopSignal | undefined): Promise<AttendedHypothesis[][]> {
    const { positions, targetVocabulary } = this.facts;
    const { ids, mask, length } = checkedSources(this.facts, sources, MASKED);
    const shape = [sources.length, length];
    const feeds: Record<string, FeedTensor> = {
      source: { type: 'int32', dims: shape, data: ids },
      mask: { type: 'float32', dims: [sources.length, 1, 1, length], data: mask },
      stop: { type: 'int32', dims: [1], data: signal?.words !== undefined && (await takesSharedInputs()) ? signal.words : new Int32Array(1) },
      ...plan.feeds(targetVocabulary),
    };
    if (positions !== null) feeds['positions'] = { type: 'int32', dims: shape, data: sourcePositions(positions, sources, length) };
    const found = await this.#session.run(feeds, ['sources', 'tokens', 'parents', 'scores', ...(this.#attends ? ['attention'] : [])]);
    signal?.throwIfAborted();
    const candidates = candidatesIn(found, sources.length);
    const looked = found['attention']?.data instanceof Float32Array ? { shares: found['attention'].data, beams: found['attention'].dims[1] ?? 0, width: found['attention'].dims[2] ?? 0 } : null;
    return sources.map((source, index) => {
      const lists = candidates.ofSource[index] ?? [];
      return plan.read(candidates, lists).map((hypothesis) => ({ ...hypothesis, attention: looked === null ? null : attentionOf(hypothesis, looked, lists, source.length) }));
    });
  }
}

/** [lists, beams, width] */
interface StepAttention {
  readonly shares: Float32Array;
  readonly beams: number;
  readonly width: number;
}

/** Token t + 1 was chosen at step t, from the beam that the hypothesis names. */
function attentionOf({ tokens, rows = [] }: Hypothesis, { shares, beams, width }: StepAttention, lists: readonly number[], length: number): Float32Array {
  const joined = new Float32Array((tokens.length - 1) * length);
  const given = tokens.length - 1 - rows.length;
  for (let step = 0; step < tokens.length - 1; step++) {
    const list = lists[step];
    // A forced end at the longest length needs no step of the graph, so that nothing was looked at.
    if (list === undefined) break;
    const at = (list * beams + (rows[step - given] ?? 0)) * width;
    joined.set(shares.subarray(at, at + length), step * length);
  }
  return joined;
}

/** [lists, width] each: a list for each step of each source. */
interface StepCandidates {
  readonly tokens: Int32Array;
  readonly parents: Int32Array;
  readonly scores: Float32Array;
  readonly width: number;
  /** Which lists are a source's, in the order of its steps. */
  readonly ofSource: readonly (readonly number[])[];
}

function candidatesIn({ sources: rows, tokens, parents, scores }: Awaited<ReturnType<GraphSession['run']>>, sources: number): StepCandidates {
  if (!(rows?.data instanceof Int32Array) || !(tokens?.data instanceof Int32Array) || !(parents?.data instanceof Int32Array) || !(scores?.data instanceof Float32Array))
    throw new EngineError('MODEL_BROKEN', 'The search gave no candidates.', 'Import the model again.');
  const ofSource = Array.from({ length: sources }, (): number[] => []);
  for (const [list, source] of rows.data.entries()) ofSource[source]?.push(list);
  return { tokens: tokens.data, parents: parents.data, scores: scores.data, width: tokens.dims[1] ?? 0, ofSource };
}

/** One search's settings as the graph takes them, and back from its candidates to hypotheses. */
class SearchPlan {
  readonly #options: GenerationOptions;
  /** Start token and prefix: what scores don't count. */
  readonly #prompt: readonly number[];
  /** The prompt and a forced first token. */
  readonly #given: readonly number[];
  readonly #maxLength: number;
  readonly #greedy: boolean;

  constructor(options: GenerationOptions, prefix: readonly number[]) {
    this.#options = options;
    this.#prompt = [options.decoderStartTokenId, ...prefix];
    const forced = options.forcedBosTokenId !== null && prefix.length === 0 ? [options.forcedBosTokenId] : [];
    this.#given = [...this.#prompt, ...forced];
    this.#maxLength = maxLengthOf(options, this.#prompt.length);
    this.#greedy = options.numBeams === 1;
  }

  feeds(vocabulary: number): Record<string, FeedTensor> {
    const { numBeams, earlyStopping, lengthPenalty, eosTokenIds, renormalizeLogits, forcedEosTokenIds } = this.#options;
    // The step at which the end is forced needs no model.
    const steps = this.#maxLength - 1 - forcedEosTokenIds.length;
    const { rows, ofStep } = this.#biases(vocabulary, steps);
    const least = this.#prompt.length;
    // Step t makes the token with index t + 1.
    const divisors = Float32Array.from({ length: steps }, (_, step) => Math.max(1, step + 2 - least) ** lengthPenalty);
    const toTheEnd = earlyStopping === 'never' && lengthPenalty > 0;
    return {
      beams: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(numBeams)) },
      candidates: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(this.#greedy ? 1 : candidatesOf(this.#options))) },
      steps: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(steps)) },
      prompt: { type: 'int32', dims: [this.#given.length], data: Int32Array.from(this.#given) },
      ends: { type: 'int32', dims: [eosTokenIds.length], data: Int32Array.from(eosTokenIds) },
      bias: { type: 'float32', dims: [rows.length / vocabulary, vocabulary], data: rows },
      biasOfStep: { type: 'int64', dims: [steps], data: BigInt64Array.from(ofStep, BigInt) },
      divisors: { type: 'float32', dims: [steps], data: divisors },
      reach: { type: 'float32', dims: [steps], data: toTheEnd ? divisors.map(() => (this.#maxLength - least) ** lengthPenalty) : divisors },
      renormalize: { type: 'bool', dims: [], data: Uint8Array.of(Number(renormalizeLogits || this.#greedy)) },
      untilFull: { type: 'bool', dims: [], data: Uint8Array.of(Number(earlyStopping === true || this.#greedy)) },
    };
  }

  /** What tokens are forbidden at which step: the different rows, and the number of each step's. */
  #biases(vocabulary: number, steps: number): { rows: Float32Array; ofStep: number[] } {
    const { badWordsIds, eosTokenIds, suppressTokens, beginSuppressTokens, forcedBosTokenId, minNewTokens, minLength } = this.#options;
    const always = [...badWordsIds.map(([id = -1]) => id).filter((id) => !eosTokenIds.includes(id)), ...suppressTokens];
    const beginsAt = this.#prompt.length > 1 || forcedBosTokenId === null ? this.#prompt.length : this.#prompt.length + 1;
    const shortest = minNewTokens > 0 ? this.#prompt.length + minNewTokens : minLength;
    const forbidden = Array.from({ length: steps }, (_, step) => {
      const said = step + 1;
      return [...always, ...(said < shortest ? eosTokenIds : []), ...(said === beginsAt ? beginSuppressTokens : [])];
    });
    const distinct = [...new Set(forbidden.map((ids) => ids.join()))];
    const rows = new Float32Array(Math.max(1, distinct.length) * vocabulary);
    for (const [row, ids] of distinct.entries())
      for (const id of ids === '' ? [] : ids.split(',').map(Number)) if (id >= 0 && id < vocabulary) rows[row * vocabulary + id] = FORBIDDEN;
    return { rows, ofStep: forbidden.map((ids) => distinct.indexOf(ids.join())) };
  }

  /** The hypotheses of one source from its lists of candidates. */
  read({ tokens, parents, scores, width }: StepCandidates, lists: readonly number[]): Hypothesis[] {
    const ofStep = (step: number): Candidate[] => {
      const first = (lists[step] ?? 0) * width;
      return Array.from({ length: width }, (_, rank) => {
        const score = scores[first + rank] ?? 0;
        return { beam: parents[first + rank] ?? 0, token: tokens[first + rank] ?? 0, score: score < IMPOSSIBLE ? -Infinity : score };
      });
    };
    return this.#greedy ? this.#readGreedy(ofStep, lists.length) : this.#readBeams(ofStep, lists.length);
  }

  #readGreedy(ofStep: (step: number) => Candidate[], steps: number): Hypothesis[] {
    const { eosTokenIds, lengthPenalty, forcedEosTokenIds } = this.#options;
    const tokens = [...this.#given];
    let sum = 0;
    const tokenScores = this.#given.slice(this.#prompt.length).map(() => 0);
    for (let step = this.#given.length - 1; step < steps; step++) {
      const [best] = ofStep(step);
      if (best === undefined) break;
      tokens.push(best.token);
      tokenScores.push(best.score - sum);
      sum = best.score;
      if (eosTokenIds.includes(best.token)) break;
    }
    const [forced] = forcedEosTokenIds;
    if (forced !== undefined && tokens.length === this.#maxLength - 1 && !eosTokenIds.includes(tokens.at(-1) ?? -1)) {
      tokens.push(forced);
      tokenScores.push(0);
    }
    return [{ tokens, score: sum / (tokens.length - this.#prompt.length) ** lengthPenalty, tokenScores }];
  }

  #readBeams(ofStep: (step: number) => Candidate[], steps: number): Hypothesis[] {
    const beams = new SentenceBeams(this.#options, this.#prompt, this.#maxLength);
    const saysTheSame = (token: number): void => {
      const candidates = beams.running.map(({ score }, beam) => ({ beam, token, score }));
      beams.take(candidates.toSorted((a, b) => b.score - a.score));
    };
    for (const token of this.#given.slice(this.#prompt.length)) saysTheSame(token);
    for (let step = this.#given.length - 1; step < steps && beams.active; step++) beams.take(ofStep(step));
    const [forced] = this.#options.forcedEosTokenIds;
    if (beams.active && forced !== undefined) saysTheSame(forced);
    return beams.results();
  }
}
