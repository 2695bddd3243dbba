/**
 * Runs the graphs of a student: packs token ids into tensors and cuts the answers out of them.
 */
import { EngineError } from '../engine/engine-error.ts';
import type { StudentArchitecture } from '../weights/marian-config.ts';
import type { CandidateFinder, CandidateTable } from './candidates.ts';
import { FREE_TOKEN, WIDEST_BEAM, type CompiledModel, type DecodedBatch, type MemoryRun, type RunOptions } from './compiled-model.ts';
import { collectBeams } from './collect-beams.ts';
import { collectSentences } from './collect-sentences.ts';
import { memoryTensors, tokensOf } from './memory-tensors.ts';
import { OpenVariants } from './open-variants.ts';
import type { FeedTensor, GraphSession } from './session.ts';

/** What a graph yields beside the tokens; each combination is a graph of its own, opened when first asked for. */
export interface GraphVariant {
  readonly alignment: boolean;
  readonly scores: boolean;
  /** 1: greedy */
  readonly beam: number;
  /** 0: outputs may repeat themselves */
  readonly noRepeatNgram: number;
  /** Takes a memory of similar sentences, and yields states. */
  readonly remembers?: boolean;
}

export interface StudentModelParts {
  readonly architecture: StudentArchitecture;
  openVariant(variant: GraphVariant): Promise<GraphSession>;
  /** Null: every token of the vocabulary is a candidate. */
  readonly finder: CandidateFinder | null;
  readonly maxSourceTokens: number;
  readonly maxTargetTokens: number;
}

/** Ids that Marian gives the two in every vocabulary that it makes. */
const EOS = 0;
const UNKNOWN = 1;
const MASKED = -1e9;
const NOTHING_REMEMBERED: MemoryRun = { memories: [], temperature: 1, reach: 1, most: 0 };
/** Marian's `max-length-factor` in the students' own configuration. */
const TARGET_PER_SOURCE = 2.5;

export class StudentModel implements CompiledModel {
  readonly eosId = EOS;
  readonly unkId = UNKNOWN;
  readonly vocabularySize: number;
  readonly maxSourceTokens: number;
  readonly #parts: StudentModelParts;
  readonly #sessions: OpenVariants<GraphSession, GraphVariant>;

  constructor(parts: StudentModelParts) {
    this.#parts = parts;
    this.#sessions = new OpenVariants(
      (variant) => parts.openVariant(variant),
      ({ alignment, scores, beam, noRepeatNgram, remembers = false }) => `${alignment}/${scores}/${beam}/${noRepeatNgram}/${remembers}`,
    );
    this.vocabularySize = parts.architecture.sourceVocabulary;
    this.maxSourceTokens = parts.maxSourceTokens;
  }

  /** Opens the graph for a variant ahead of its first run. */
  async warm(variant: GraphVariant): Promise<void> {
    await this.#sessions.use(variant);
  }

  async run(sources: readonly (readonly number[])[], options: RunOptions): Promise<DecodedBatch> {
    if (sources.length === 0) return { outputs: [] };
    for (const source of sources) this.#check(source);
    const { alignment, beam = 1, lengthPenalty = 1, noRepeatNgram = 0, prefixes = [] } = options;
    if (!Number.isInteger(beam) || beam < 1 || beam > WIDEST_BEAM)
      throw new EngineError('INVALID_INPUT', `A beam of ${beam} is not between 1 and ${WIDEST_BEAM}.`);
    if (!Number.isInteger(noRepeatNgram) || noRepeatNgram < 0) throw new EngineError('INVALID_INPUT', `${noRepeatNgram} is no number of tokens.`);
    for (const prefix of prefixes) this.#checkPrefix(prefix);
    const scores = options.scores || beam > 1;
    const remembers = beam === 1 && (options.memory !== undefined || options.states === true);
    const session = await this.#sessions.use({ alignment, scores, beam, noRepeatNgram, ...(remembers ? { remembers } : {}) });
    const limits = sources.map((source, row) => this.#limit(source.length, prefixes[row]?.length ?? 0, options.maxTargetTokens));
    const fetches = ['tokens', beam > 1 ? 'parents' : 'rows', ...(alignment ? ['attention'] : []), ...(scores ? ['scores'] : []), ...(remembers && options.states === true ? ['hidden'] : [])];
    const fetched = await session.run(this.#feeds(sources, Math.max(...limits), options, remembers), fetches);
    return { outputs: beam > 1 ? collectBeams(sources, limits, { beam, lengthPenalty }, fetched) : collectSentences(sources, limits, fetched) };
  }

  async close(): Promise<void> {
    await this.#sessions.close();
  }

  /** Most tokens of an output. One that must begin with much gets as many again as its source has, whatever was forced. */
  #limit(sourceLength: number, prefixLength: number, asked: number | undefined): number {
    const usual = asked ?? Math.floor(TARGET_PER_SOURCE * sourceLength);
    const behindPrefix = prefixLength === 0 ? 0 : prefixLength + (asked === undefined ? sourceLength : 0);
    return Math.min(Math.max(usual, behindPrefix), this.#parts.maxTargetTokens - 1);
  }

  #feeds(sources: readonly (readonly number[])[], steps: number, { prefixes = [], extraCandidates = [], memory = NOTHING_REMEMBERED }: RunOptions, remembers: boolean): Record<string, FeedTensor> {
    const rows = sources.length;
    const width = Math.max(...sources.map((source) => source.length));
    const ids = new Int32Array(rows * width);
    const mask = new Float32Array(rows * width).fill(MASKED);
    for (const [row, source] of sources.entries()) {
      for (const [position, id] of source.entries()) ids[position * rows + row] = id;
      mask.fill(0, row * width, row * width + source.length);
    }
    const feeds: Record<string, FeedTensor> = {
      source: { type: 'int32', dims: [width, rows], data: ids },
      mask: { type: 'float32', dims: [rows, 1, 1, width], data: mask },
      // One more than the limit: a sentence that ends exactly there still says so.
      steps: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(steps + 1)) },
    };
    const { finder } = this.#parts;
    const table = finder === null ? null : finder.table(sources, (row) => [...(prefixes[row] ?? []).filter((id) => id !== FREE_TOKEN), ...(extraCandidates[row] ?? []), ...(remembers ? tokensOf(memory.memories[row]) : [])]);
    if (table !== null) feeds['candidates'] = { type: 'int32', dims: [rows, table.columns], data: table.ids };
    feeds['forced'] = forcedColumns(prefixes, rows, table);
    if (!remembers) return feeds;
    const { dim, targetVocabulary: vocabulary } = this.#parts.architecture;
    return { ...feeds, ...memoryTensors(memory, { rows, dim, vocabulary, table }) };
  }

  #checkPrefix(prefix: readonly number[]): void {
    const { architecture, maxTargetTokens } = this.#parts;
    if (prefix.length >= maxTargetTokens)
      throw new EngineError('INVALID_INPUT', `An output can't begin with ${prefix.length} tokens; it has at most ${maxTargetTokens - 1}.`, 'Split the text.');
    for (const id of prefix) {
      if (id === FREE_TOKEN) continue;
      if (!Number.isInteger(id) || id <= EOS || id >= architecture.targetVocabulary)
        throw new EngineError('INVALID_INPUT', `An output can't begin with token id ${id}.`);
    }
  }

  #check(source: readonly number[]): void {
    if (source.at(-1) !== EOS) throw new EngineError('INVALID_INPUT', 'A source must end with the id of the end of sentence.');
    if (source.length > this.maxSourceTokens)
      throw new EngineError(
        'INVALID_INPUT',
        `A source of ${source.length} tokens is longer than the ${this.maxSourceTokens} that the model takes.`,
        'Split the text.',
      );
    for (const id of source) {
      if (!Number.isInteger(id) || id < 0 || id >= this.vocabularySize)
        throw new EngineError('INVALID_INPUT', `Token id ${id} is outside the vocabulary of ${this.vocabularySize}.`);
    }
  }
}

/** What each of `rows` sentences must begin with, a step a row: columns of the table, or token ids without one; -1 where free. */
function forcedColumns(prefixes: readonly (readonly number[])[], rows: number, table: CandidateTable | null): FeedTensor {
  const steps = prefixes.slice(0, rows).reduce((most, prefix) => Math.max(most, prefix.length), 0);
  const data = new Int32Array(steps * rows).fill(-1);
  for (const [row, prefix] of prefixes.slice(0, rows).entries()) {
    const candidates = table?.ids.subarray(row * table.columns, (row + 1) * table.columns);
    for (const [step, id] of prefix.entries()) data[step * rows + row] = candidates === undefined || id === FREE_TOKEN ? id : candidates.indexOf(id);
  }
  return { type: 'int32', dims: [steps, rows], data };
}
