/**
 * One `translate` request on its way through the engine: which parts of which texts are still to run, what came back and
 * what was handed over. Identical texts are translated once.
 */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import { PAIRS_A_SENTENCE } from '../adaptation/similar-pairs.ts';
import { confidenceOf } from '../confidence/word-confidence.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import type { TermOccurrence } from '../terms/term-book.ts';
import { RecentTexts } from '../tokenizers/recent-texts.ts';
import { Assembly, type Outcome } from './assembly.ts';
import { type Batch, ChunkQueue } from './chunk-queue.ts';
import type { TranslatedBatch, TranslateRequest, Translation } from './engine.ts';
import { checkTranslation } from './guard.ts';
import type { JobModel } from './job-model.ts';
import { PartTranslation } from './part-translation.ts';
import { TermBinding } from './term-binding.ts';
import { TermQuestions } from './term-questions.ts';
import { planText } from './text-plan.ts';
import { countWords } from './throughput.ts';

/** Texts are sorted by length this many at a time, in their order, so that they fill even batches. */
const WINDOW = 1024;
/** Texts that are looked at in one go, between two answers of the workers. */
const SLICE = 64;

export class TranslationJob {
  readonly request: TranslateRequest;
  readonly words: number;
  /** Batches that a worker has in hand. */
  running = 0;
  cancelled = false;

  private readonly model: JobModel;
  private readonly tokens: RecentTexts;
  private readonly onBatch: (batch: TranslatedBatch) => void;
  private readonly terms: TermBinding | null;
  private readonly queue: ChunkQueue;
  private readonly parts: PartTranslation;
  /** Each different text with the places where it stands. */
  private readonly texts: (readonly [text: string, indices: readonly number[]])[];
  private planned = 0;
  /** The texts before this one may be translated in any order. */
  private windowEnd = WINDOW;
  /** Texts that were planned and are not finished. */
  private open = 0;
  private finished: { indices: number[]; translations: Translation[] } = { indices: [], translations: [] };

  constructor(request: TranslateRequest, model: JobModel, onBatch: (batch: TranslatedBatch) => void) {
    this.request = request;
    this.model = model;
    this.tokens = new RecentTexts(model.source);
    this.onBatch = onBatch;
    this.terms = TermBinding.of(request.terms, model.target, request.to);
    const { terms, tokens } = this;
    const questions = new TermQuestions((question, answer) => terms?.readChoices(question, answer) ?? []);
    this.queue = new ChunkQueue(model, request.beam === undefined ? {} : { beam: request.beam }, questions);
    this.parts = new PartTranslation({ model, tokens, targetLanguage: request.to, terms, questions, queue: this.queue });
    const places = new Map<string, number[]>();
    let words = 0;
    request.texts.forEach((text, i) => {
      words += countWords(text);
      const known = places.get(text);
      if (known) known.push(i);
      else places.set(text, [i]);
    });
    this.words = words;
    this.texts = [...places];
  }

  /** Whether there may be chunks to run. */
  get hasWork(): boolean {
    return !this.cancelled && (!this.queue.isEmpty || this.planned < this.texts.length);
  }

  /** Whether every text was translated and handed over. */
  get isDone(): boolean {
    return this.planned === this.texts.length && this.open === 0;
  }

  /** The next batch: up to `rows` chunks of similar length that together, padded, have at most `tokens` tokens. */
  take(rows: number, tokens: number): Batch {
    const full = this.queue.takeFull(rows);
    if (full !== null) return full;
    if (this.queue.admitted < rows) {
      while (this.queue.plain < rows && this.planned < this.texts.length) this.planSlice();
      if (this.planned > this.windowEnd) this.windowEnd += WINDOW;
      this.queue.admit();
    }
    return this.queue.take(rows, tokens, this.planned >= Math.min(this.texts.length, this.windowEnd));
  }

  /** Takes the answers for a batch and hands over the texts that are complete with them. */
  settle({ chunks }: Batch, outputs: readonly DecodedSentence[]): void {
    chunks.forEach((chunk, i) => {
      const output = outputs[i];
      if (output) chunk.answer(output);
    });
    this.handOver();
  }

  /** Hands over what is finished: texts without anything to translate are as soon as they are planned. */
  handOver(): void {
    const { finished } = this;
    if (finished.indices.length === 0) return;
    this.finished = { indices: [], translations: [] };
    this.onBatch(finished);
  }

  /** Looks at more texts while the workers are busy: the more are known, the more alike are those of a batch. */
  planAhead(): void {
    if (!this.cancelled && this.planned < Math.min(this.texts.length, this.windowEnd + WINDOW)) this.planSlice();
  }

  private planSlice(): void {
    const end = Math.min(this.texts.length, this.planned + SLICE);
    while (this.planned < end) {
      const entry = this.texts[this.planned++];
      if (entry) this.plan(entry[0], entry[1]);
    }
    if (end <= this.windowEnd) this.queue.admit();
  }

  private plan(text: string, indices: readonly number[]): void {
    this.open++;
    const terms = this.terms?.termsIn(text) ?? [];
    const linked = this.request.alignment || terms.length > 0;
    const assembly = new Assembly(text, planText(text, (part) => this.fits(part)), linked);
    this.parts.translate(assembly, { indices, linked, terms, similar: this.similarOf(indices[0]), first: true }, () => {
      this.open--;
      this.finish(text, indices, terms, assembly.outcome());
    });
  }

  private finish(text: string, indices: readonly number[], terms: readonly TermOccurrence[], outcome: Outcome): void {
    const { alignment } = this.request;
    const { text: target, links, words = [], logProbability, tokens, truncated, lostLetters, flags: known } = this.parts.withTerms(text, terms, outcome);
    const score = tokens > 0 ? logProbability / tokens : null;
    const flags = [...(known ?? checkTranslation({ source: text, target, truncated, lostLetters }))];
    if (this.terms?.isMissingAny(terms, target) === true) flags.push('term-missing');
    for (const index of indices) {
      this.finished.indices.push(index);
      this.finished.translations.push({ text: target, links: alignment ? links : [], score, confidence: confidenceOf(score), ...(alignment ? { words } : {}), flags });
    }
  }

  /** The pairs that the request has for a text; those that are too long to be remembered as one sentence are left out. */
  private similarOf(index: number | undefined): EncodedPair[] {
    const pairs = this.model.remembers && index !== undefined ? (this.request.similar?.[index] ?? []) : [];
    const { source, target, eosId, goodTokens } = this.model;
    return pairs.slice(0, PAIRS_A_SENTENCE)
      .map((pair) => ({ source: [...source.encode(pair.source), eosId], target: [...target.encode(pair.target), eosId] }))
      .filter((pair) => pair.source.length > 1 && Math.max(pair.source.length, pair.target.length) <= goodTokens);
  }

  private fits(text: string): boolean {
    return this.tokens.encodeWithOffsets(text).ids.length < this.model.goodTokens;
  }
}
