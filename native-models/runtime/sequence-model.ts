/**
 * Any encoder-decoder that is no Marian student as the engine takes models: token ids in, token ids out, searched by the
 * settings of its folder.
 */
import { generationOptions, maxLengthOf, type GenerationOptions } from '../decoding/search/generation-options.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { CompiledModel, DecodedBatch, DecodedSentence, Hypothesis, RunOptions } from './compiled-model.ts';
import type { SequenceSearch } from './sequence-search.ts';
import type { AttendedHypothesis } from './transformer-search.ts';

export interface SequenceModelParts {
  readonly search: SequenceSearch;
  /** By the names of Hugging Face's generation config. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly vocabularySize: number;
  /** Null where the model has no limit. */
  readonly maxSourceTokens: number | null;
  readonly maxTargetTokens: number | null;
}

/** Sources up to a multiple of it share a limit for their outputs: it must depend on a sentence alone, not on its batch. */
const LENGTH_STEP = 32;
/** Most tokens of an output for each of its source, as Marian has it (`max-length-factor`). */
const TARGET_PER_SOURCE = 3;
/** Of models without a limit: attention costs the square of the length. */
const MOST_SOURCE_TOKENS = 512;

export class SequenceModel implements CompiledModel {
  readonly eosId: number;
  /** The tokenizer knows it. */
  readonly unkId = -1;
  readonly vocabularySize: number;
  readonly maxSourceTokens: number;
  readonly #parts: SequenceModelParts;

  /** Throws EngineError INVALID_INPUT or MODEL_UNSUPPORTED naming a setting that makes no sense or is not supported. */
  constructor(parts: SequenceModelParts) {
    this.#parts = parts;
    this.vocabularySize = parts.vocabularySize;
    this.maxSourceTokens = Math.min(parts.maxSourceTokens ?? MOST_SOURCE_TOKENS, MOST_SOURCE_TOKENS);
    this.eosId = generationOptions(parts.settings, undefined).eosTokenIds[0] ?? -1;
  }

  /** `sources`: with all special tokens around them. */
  async run(sources: readonly (readonly number[])[], options: RunOptions): Promise<DecodedBatch> {
    const outputs = new Array<DecodedSentence>(sources.length);
    for (const group of groupsOf(sources, options)) {
      const found = await this.#search(group, options);
      for (const [at, index] of group.indices.entries()) {
        const sentence = found[at];
        if (sentence !== undefined) outputs[index] = sentence;
      }
    }
    return { outputs };
  }

  close(): Promise<void> {
    return this.#parts.search.close();
  }

  async #search(group: SentenceGroup, run: RunOptions): Promise<DecodedSentence[]> {
    const { search } = this.#parts;
    const options = this.#optionsOf(group, run);
    const first = run.firstToken ?? null;
    const asMarian = isPlain(run, group) ? ((await search.searchAsMarian(group.sources, run.stop))?.map((list) => list.map((each) => ({ ...each, score: each.pathScore }))) ?? null) : null;
    // The language comes before a prefix, not after it.
    const prefix = group.prefix.length === 0 || options.forcedBosTokenId === null ? group.prefix : [options.forcedBosTokenId, ...group.prefix];
    const found = asMarian ?? (await search.search({ sources: group.sources, options, prefix, attention: run.alignment, ...(run.stop === undefined ? {} : { signal: run.stop }) }));
    const given = 1 + (first === null ? 0 : 1);
    const prompt = 1 + (asMarian === null ? prefix.length : 0);
    const maxLength = asMarian === null ? maxLengthOf(options, prompt) : Infinity;
    return found.map((hypotheses, at) => sentenceOf(hypotheses, { given, prompt, maxLength, eosTokenIds: options.eosTokenIds, lengthPenalty: asMarian === null ? options.lengthPenalty : 0, sourceLength: group.sources[at]?.length ?? 0 }, run));
  }

  #optionsOf(group: SentenceGroup, { beam, lengthPenalty, maxTargetTokens, firstToken, generation, noRepeatNgram }: RunOptions): GenerationOptions {
    const { settings, maxTargetTokens: most } = this.#parts;
    const asked: Readonly<Record<string, unknown>> = { ...settings, ...generation, ...(firstToken === undefined ? {} : { forced_bos_token_id: firstToken }) };
    const options = generationOptions(asked, undefined);
    const limited = asked['max_length'] !== undefined || asked['max_new_tokens'] !== undefined;
    const prompt = 1 + group.prefix.length;
    const limit = Math.min(maxTargetTokens ?? group.limit, limited ? maxLengthOf(options, 1) - 1 : Infinity, (most ?? Infinity) - 1);
    if (limit <= group.prefix.length + (firstToken === undefined ? 0 : 1))
      throw new EngineError('INVALID_INPUT', `A beginning of ${group.prefix.length} tokens leaves no room in the ${limit} that an output may have.`, 'Shorten it.');
    return {
      ...options,
      ...(beam === undefined ? { numReturnSequences: 1 } : { numBeams: beam, numReturnSequences: beam }),
      ...(lengthPenalty === undefined ? {} : { lengthPenalty }),
      ...(noRepeatNgram === undefined ? {} : { noRepeatNgramSize: noRepeatNgram }),
      maxLength: null,
      maxNewTokens: limit + 1 - prompt,
    };
  }
}

/** Sentences that are searched together: with one limit and one beginning. */
interface SentenceGroup {
  readonly indices: readonly number[];
  readonly sources: readonly (readonly number[])[];
  readonly prefix: readonly number[];
  /** Most tokens of an output, EOS counted. */
  readonly limit: number;
}

function groupsOf(sources: readonly (readonly number[])[], { prefixes }: RunOptions): SentenceGroup[] {
  const groups = new Map<string, number[]>();
  for (const [index, { length }] of sources.entries()) {
    const key = `${Math.ceil(length / LENGTH_STEP)}/${(prefixes?.[index] ?? []).join()}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()].map((indices) => {
    const [first = 0] = indices;
    const steps = Math.ceil((sources[first]?.length ?? 0) / LENGTH_STEP);
    return { indices, sources: indices.map((index) => sources[index] ?? []), prefix: prefixes?.[first] ?? [], limit: TARGET_PER_SOURCE * LENGTH_STEP * steps };
  });
}

/** Whether nothing is asked for that the model's own search would not do. */
const isPlain = ({ beam, lengthPenalty, maxTargetTokens, generation, noRepeatNgram }: RunOptions, { prefix }: SentenceGroup): boolean =>
  beam === undefined && lengthPenalty === undefined && maxTargetTokens === undefined && generation === undefined && (noRepeatNgram ?? 0) === 0 && prefix.length === 0;

interface Reading {
  /** Tokens at the start that are no text: the start token, the language. */
  readonly given: number;
  /** Tokens at the start that the score does not count. */
  readonly prompt: number;
  readonly maxLength: number;
  readonly eosTokenIds: readonly number[];
  /** By which the hypotheses' scores were divided. */
  readonly lengthPenalty: number;
  readonly sourceLength: number;
}

function sentenceOf(found: readonly AttendedHypothesis[], reading: Reading, { alignment, scores, beam = 1 }: RunOptions): DecodedSentence {
  const { sourceLength } = reading;
  const hypotheses = found.map((each) => readHypothesis(each, reading, alignment));
  const [best] = hypotheses;
  if (best === undefined) return { ids: new Int32Array(), score: scores ? 0 : null, attention: alignment ? new Float32Array() : null, sourceLength, truncated: true };
  const { ids, score, tokenScores = null, attention, truncated } = best;
  return { ids, score: scores || beam > 1 ? score : null, tokenScores: scores || beam > 1 ? tokenScores : null, attention, sourceLength, truncated, ...(beam > 1 ? { hypotheses } : {}) };
}

function readHypothesis({ tokens, score, tokenScores, attention }: AttendedHypothesis, { given, prompt, maxLength, eosTokenIds, lengthPenalty, sourceLength }: Reading, alignment: boolean): Hypothesis {
  const ended = eosTokenIds.includes(tokens.at(-1) ?? -1);
  // An end that was forced at the longest length is none.
  const truncated = !ended || tokens.length >= maxLength;
  const ids = Int32Array.from(tokens.slice(given, ended ? -1 : undefined));
  const rows = ids.length + (truncated ? 0 : 1);
  return {
    ids,
    score: score * (tokens.length - prompt) ** lengthPenalty,
    normalizedScore: score,
    tokenScores: tokenScores === undefined ? null : Float32Array.from({ length: rows }, (_, i) => tokenScores[i + given - prompt] ?? 0),
    attention: attention === null || !alignment ? null : attention.slice((given - 1) * sourceLength, (given - 1 + rows) * sourceLength),
    truncated,
  };
}
