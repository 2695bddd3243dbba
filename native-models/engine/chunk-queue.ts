/** The chunks of a request that wait for a worker, and how they make batches: of similar length, and of one kind of search. */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import { batchUpTo, fullestBatch } from './fullest-batch.ts';
import type { JobModel } from './job-model.ts';
import type { SearchOptions } from './model-worker-messages.ts';
import type { SecondSearch } from './second-tries.ts';
import { QUESTION_BEAM } from './term-binding.ts';
import type { TermQuestions } from './term-questions.ts';

/** A row of a batch: one part of a text, or a question about its terms, as token ids, EOS last. */
export interface Chunk {
  readonly ids: readonly number[];
  /** Target ids that the answer begins with. */
  readonly prefix: readonly number[];
  readonly words: number;
  /** Places in the request of the text that it belongs to. */
  readonly indices: readonly number[];
  /** Null: the plain best translation. */
  readonly second: SecondSearch | null;
  /** Confirmed pairs that are like its text. */
  readonly similar: readonly EncodedPair[];
  /** Takes the model's answer. */
  answer(output: DecodedSentence): void;
}

export interface Batch {
  readonly chunks: readonly Chunk[];
  readonly search: SearchOptions;
  /** Of each chunk; absent where none has any. */
  readonly similar?: readonly (readonly EncodedPair[])[];
}

/** Questions about terms are a few words long: so many times as many of them make a batch. */
const QUESTIONS_PER_ROW = 4;

export class ChunkQueue {
  private readonly model: JobModel;
  /** Of everything that is not a second try. */
  private readonly search: SearchOptions;
  private readonly questions: TermQuestions;
  /** Shortest first once they are `sorted`. */
  private chunks: Chunk[] = [];
  private sorted = true;
  /** Those of the next window, in no order. */
  private upcoming: Chunk[] = [];
  /** Those whose answers begin with something. */
  private readonly continued: Chunk[] = [];
  /** To be searched in another way than the others. */
  private again: Chunk[] = [];

  /** `search`: of everything that is not a second try. `questions` go into batches of their own. */
  constructor(model: JobModel, search: SearchOptions, questions: TermQuestions) {
    this.model = model;
    this.search = search;
    this.questions = questions;
  }

  get isEmpty(): boolean {
    return this.plain === 0 && this.questions.count === 0 && this.again.length === 0 && this.continued.length === 0;
  }

  /** Chunks of the usual search, admitted or not. */
  get plain(): number {
    return this.chunks.length + this.upcoming.length;
  }

  /** Chunks of the usual search that the next batch is made of. */
  get admitted(): number {
    return this.chunks.length;
  }

  add(chunk: Chunk): void {
    if (chunk.second !== null) this.again.push(chunk);
    else if (chunk.prefix.length > 0) this.continued.push(chunk);
    else this.upcoming.push(chunk);
  }

  /** Lets the chunks that were added go into batches with those before them. */
  admit(): void {
    if (this.upcoming.length === 0) return;
    // Not by `push(...)`: a text of two hundred thousand lines would be as many arguments.
    this.chunks = this.chunks.concat(this.upcoming);
    this.upcoming = [];
    this.sorted = false;
  }

  /** A batch of `rows` of what is not the usual search, where there is enough for one; else null. */
  takeFull(rows: number): Batch | null {
    if (this.questions.count >= QUESTIONS_PER_ROW * rows) return this.takeQuestions(rows);
    if (this.again.length >= rows) return this.takeAgain(rows);
    return this.continued.length >= rows ? this.takeContinued(rows) : null;
  }

  /**
   * Up to `rows` chunks of similar length that together, padded, have at most `tokens` tokens; where none of the usual search
   * is left, what there is. `complete`: no more chunks come that could be more alike.
   */
  take(rows: number, tokens: number, complete: boolean): Batch {
    if (this.chunks.length === 0) return this.questions.count > 0 ? this.takeQuestions(rows) : this.continued.length > 0 ? this.takeContinued(rows) : this.takeAgain(rows);
    if (!this.sorted) this.chunks.sort((a, b) => a.ids.length - b.ids.length);
    this.sorted = true;
    const lengths = this.chunks.map(({ ids }) => ids.length);
    const { start, end } = complete ? batchUpTo(lengths, lengths.length, rows, tokens) : fullestBatch(lengths, rows, tokens);
    const chunks = this.chunks.splice(start, end - start);
    return { chunks, search: this.search, ...similarOf(chunks) };
  }

  /** Chunks that want the same search. */
  private takeAgain(rows: number): Batch {
    const [first] = this.again;
    const same = this.again.filter(({ second }) => second === first?.second).slice(0, rows);
    this.again = this.again.filter((chunk) => !same.includes(chunk));
    return { chunks: same, search: first?.second ?? {} };
  }

  /** Chunks whose answers begin with something: among themselves, because forced steps are steps for a whole batch. */
  private takeContinued(rows: number): Batch {
    const chunks = this.continued.sort((a, b) => a.prefix.length - b.prefix.length).splice(-rows);
    return { chunks, search: { ...this.search, prefixes: chunks.map(({ prefix }) => prefix) }, ...similarOf(chunks) };
  }

  private takeQuestions(rows: number): Batch {
    const chunks = this.questions.take(QUESTIONS_PER_ROW * rows).map(({ question, indices }): Chunk => ({
      ids: [...this.model.source.encode(question.source), this.model.eosId], prefix: question.prefix, words: 0, indices, second: null, similar: [],
      answer: (output) => this.questions.settle(question, output),
    }));
    // No more tokens than are forced: nothing behind the term is of interest.
    return { chunks, search: { prefixes: chunks.map(({ prefix }) => prefix), beam: QUESTION_BEAM, alignment: false, maxTargetTokens: 1 } };
  }
}

const similarOf = (chunks: readonly Chunk[]): Pick<Batch, 'similar'> => (chunks.some(({ similar }) => similar.length > 0) ? { similar: chunks.map(({ similar }) => similar) } : {});
