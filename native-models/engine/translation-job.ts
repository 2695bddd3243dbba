/**
 * One `translate` request on its way through the engine: which parts of which texts are still to run, what came back and
 * what was handed over. Identical texts are translated once.
 */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import { PAIRS_A_SENTENCE } from '../adaptation/similar-pairs.ts';
import { lostStretches } from '../alignment/lost-words.ts';
import { wordLinks } from '../alignment/word-links.ts';
import { confidenceOf, wordConfidences } from '../confidence/word-confidence.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import type { DeterminerChoice } from '../terms/determiners.ts';
import type { TermOccurrence } from '../terms/term-book.ts';
import { RecentTexts } from '../tokenizers/recent-texts.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { Assembly, type Outcome, unchanged } from './assembly.ts';
import type { TranslatedBatch, TranslateRequest, Translation } from './engine.ts';
import { batchUpTo, fullestBatch } from './fullest-batch.ts';
import { checkTranslation, isUnbalanced, withoutDangling } from './guard.ts';
import type { SearchOptions } from './model-worker-messages.ts';
import { type PreparedText, prepareText } from './prepared-text.ts';
import { type Faults, gravenessOf, isBetter } from './repair.ts';
import { mayHoldLost, type SecondSearch, secondTries, writeLost } from './second-tries.ts';
import { type DeterminerQuestion, losesWords, QUESTION_BEAM, TermBinding } from './term-binding.ts';
import { TermQuestions } from './term-questions.ts';
import { planText, type TextPart } from './text-plan.ts';
import { countWords } from './throughput.ts';

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

export interface JobModel {
  readonly source: Tokenizer;
  readonly target: Tokenizer;
  readonly eosId: number;
  /** Tokens with EOS that the model translates well in one go. */
  readonly goodTokens: number;
  /** A prefix may leave a token free (`FREE_TOKEN`). */
  readonly freeTokens: boolean;
  /** It can be shown confirmed translations of similar texts. */
  readonly remembers: boolean;
  /** What the attention passes over is lost: it comes from a head that aligns well. */
  readonly coverage: boolean;
}

/** What the parts of one text have in common. */
interface Work {
  readonly indices: readonly number[];
  readonly linked: boolean;
  /** Of the whole text. */
  readonly terms: readonly TermOccurrence[];
  readonly similar: readonly EncodedPair[];
  /** No second try of something that went wrong. */
  readonly first: boolean;
}

/** Texts are sorted by length this many at a time, in their order, so that they fill even batches. */
const WINDOW = 1024;
/** Texts that are looked at in one go, between two answers of the workers. */
const SLICE = 64;
/** Questions about terms are a few words long: so many times as many of them make a batch. */
const QUESTIONS_PER_ROW = 4;

export class TranslationJob {
  readonly request: TranslateRequest;
  readonly words: number;
  /** Batches that a worker has in hand. */
  running = 0;
  cancelled = false;

  private readonly model: JobModel;
  private readonly tokens: RecentTexts;
  /** Of everything that is not a second try. */
  private readonly search: SearchOptions;
  private readonly onBatch: (batch: TranslatedBatch) => void;
  private readonly terms: TermBinding | null;
  private readonly questions: TermQuestions;
  /** Each different text with the places where it stands. */
  private readonly texts: (readonly [text: string, indices: readonly number[]])[];
  private planned = 0;
  /** The texts before this one may be translated in any order. */
  private windowEnd = WINDOW;
  /** Shortest first once they are `sorted`. */
  private chunks: Chunk[] = [];
  private sorted = true;
  /** Those of the next window, in no order. */
  private upcoming: Chunk[] = [];
  /** Those whose answers begin with something. */
  private continued: Chunk[] = [];
  /** To be searched in another way than the others. */
  private again: Chunk[] = [];
  private open = 0;
  private finished: { indices: number[]; translations: Translation[] } = { indices: [], translations: [] };

  constructor(request: TranslateRequest, model: JobModel, onBatch: (batch: TranslatedBatch) => void) {
    this.request = request;
    this.model = model;
    this.tokens = new RecentTexts(model.source);
    this.search = request.beam === undefined ? {} : { beam: request.beam };
    this.onBatch = onBatch;
    this.terms = TermBinding.of(request.terms, model.target, request.to);
    this.questions = new TermQuestions((question, answer) => this.terms?.readChoices(question, answer) ?? []);
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
    return !this.cancelled && (this.chunks.length > 0 || this.upcoming.length > 0 || this.questions.count > 0 || this.again.length > 0 || this.continued.length > 0 || this.planned < this.texts.length);
  }

  /** Whether every text was translated and handed over. */
  get isDone(): boolean {
    return this.planned === this.texts.length && this.open === 0;
  }

  /** The next batch: up to `rows` chunks of similar length that together, padded, have at most `tokens` tokens. */
  take(rows: number, tokens: number): Batch {
    if (this.questions.count >= QUESTIONS_PER_ROW * rows) return this.takeQuestions(rows);
    if (this.again.length >= rows) return this.takeAgain(rows);
    if (this.continued.length >= rows) return this.takeContinued(rows);
    if (this.chunks.length < rows) {
      while (this.chunks.length + this.upcoming.length < rows && this.planned < this.texts.length) this.planSlice();
      if (this.planned > this.windowEnd) this.windowEnd += WINDOW;
      this.admit();
    }
    if (!this.sorted) this.chunks.sort((a, b) => a.ids.length - b.ids.length);
    this.sorted = true;
    if (this.chunks.length === 0) return this.questions.count > 0 ? this.takeQuestions(rows) : this.continued.length > 0 ? this.takeContinued(rows) : this.takeAgain(rows);
    const lengths = this.chunks.map(({ ids }) => ids.length);
    const isWindowPlanned = this.planned >= Math.min(this.texts.length, this.windowEnd);
    const { start, end } = isWindowPlanned ? batchUpTo(lengths, lengths.length, rows, tokens) : fullestBatch(lengths, rows, tokens);
    const chunks = this.chunks.splice(start, end - start);
    return { chunks, search: this.search, ...similarOf(chunks) };
  }

  /** Takes the answers for a batch and hands over the texts that are complete with them. */
  settle({ chunks }: Batch, outputs: readonly DecodedSentence[]): void {
    chunks.forEach((chunk, i) => {
      const output = outputs[i];
      if (output) chunk.answer(output);
    });
    this.handOver();
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
    if (end <= this.windowEnd) this.admit();
  }

  private admit(): void {
    if (this.upcoming.length === 0) return;
    this.chunks.push(...this.upcoming);
    this.upcoming = [];
    this.sorted = false;
  }

  private plan(text: string, indices: readonly number[]): void {
    this.open++;
    const terms = this.terms?.termsIn(text) ?? [];
    const linked = this.request.alignment || terms.length > 0;
    const assembly = new Assembly(text, planText(text, (part) => this.fits(part)), linked);
    this.start(assembly, { indices, linked, terms, similar: this.similarOf(indices[0]), first: true }, () => {
      this.open--;
      const { text: target, links, words = [], logProbability, tokens, truncated, lostLetters, flags: known } = this.withTerms(text, terms, assembly.outcome());
      const score = tokens > 0 ? logProbability / tokens : null;
      const flags = [...(known ?? checkTranslation({ source: text, target, truncated, lostLetters }))];
      if (this.terms?.isMissingAny(terms, target) === true) flags.push('term-missing');
      for (const index of indices) {
        this.finished.indices.push(index);
        this.finished.translations.push({ text: target, links: this.request.alignment ? links : [], score, confidence: confidenceOf(score), ...(this.request.alignment ? { words } : {}), flags });
      }
    });
  }

  /** Queues the parts of an assembly; `done` is called when the last of them is there, at once when there is none. */
  private start(assembly: Assembly, work: Work, done: () => void): void {
    assembly.parts.forEach((part, i) => {
      if (!part.translate) return;
      const settle = (outcome: Outcome): void => {
        assembly.set(i, outcome);
        if (assembly.waiting === 0) done();
      };
      const prepared = prepareText(part, this.tokens, this.request.to);
      // Nothing that the model knows: its answer would be invented.
      if (prepared.text === null) return settle(unchanged(part.text, work.linked));
      this.queue(part.text, prepared, work, [], (outcome, output) => (work.first ? this.repair(part.text, { prepared, output }, work, outcome, (best) => this.bind(part, work, prepared, best, settle)) : settle(outcome)));
    });
    if (assembly.parts.every((part) => !part.translate)) done();
  }

  /** Translates a part again, in other ways, as long as its translation has a fault; the best one stays. */
  private repair(source: string, { prepared, output }: { prepared: PreparedText; output: DecodedSentence }, work: Work, first: Outcome, settle: (outcome: Outcome) => void): void {
    const faults = faultsOf(source, first);
    if (gravenessOf(faults) === 0) return settle({ ...first, flags: faults.flags });
    const ways = secondTries(source, faults);
    const tryNext = (best: Outcome, left: Faults): void => {
      const way = gravenessOf(left) === 0 ? undefined : ways.shift();
      const compare = (outcomes: readonly Outcome[]): void => {
        let chosen = { outcome: best, faults: left };
        for (const outcome of outcomes) {
          const found = faultsOf(source, outcome);
          if (left.lostLetters > 0 && !mayHoldLost(outcome.text, best.text, left.lostLetters)) continue;
          if (isBetter(found, chosen.faults)) chosen = { outcome, faults: found };
        }
        tryNext(chosen.outcome, chosen.faults);
      };
      if (way === undefined) return settle({ ...withoutDanglingEnd(source, best), flags: left.flags });
      if (way.kind === 'search') return this.searchAgain(source, prepared, work, way.search, compare);
      if (way.kind === 'verbatim') return this.writeIn(source, prepared, work, output, compare);
      const assembly = new Assembly(source, way.parts, work.linked);
      this.start(assembly, { ...work, first: false }, () => compare([assembly.outcome()]));
    };
    tryNext(first, faults);
  }

  /** All that another search finds, best first. */
  private searchAgain(source: string, prepared: PreparedText, work: Work, second: SecondSearch, settle: (outcomes: readonly Outcome[]) => void): void {
    const answer = (output: DecodedSentence): void => {
      const { sourceLength, hypotheses = [] } = output;
      settle(hypotheses.length === 0 ? [this.read(prepared, work.linked, output)] : hypotheses.map((each) => this.read(prepared, work.linked, { ...each, sourceLength })));
    };
    this.again.push({ ids: [...prepared.tokens.ids, this.model.eosId], prefix: [], words: countWords(source), indices: work.indices, second, similar: [], answer });
  }

  /** The first translation with what it lacks in its place; where that put a word in, also with what follows decoded anew. */
  private writeIn(source: string, prepared: PreparedText, work: Work, first: DecodedSentence, settle: (outcomes: readonly Outcome[]) => void): void {
    const outcome = this.read(prepared, true, first);
    const written = writeLost(source, outcome, this.model.target);
    if (written === null) return settle([]);
    const asIs = { ...outcome, text: written.text, links: written.links, words: [] };
    const isDone = written.replaces && gravenessOf(faultsOf(source, asIs)) === 0;
    if (isDone || written.prefix === null || prepared.text !== source) return settle([asIs]);
    this.queue(source, prepared, { ...work, linked: true }, written.prefix, (second) => settle([second, asIs]));
  }

  private queue(source: string, prepared: PreparedText, work: Work, prefix: readonly number[], settle: (outcome: Outcome, output: DecodedSentence) => void): void {
    const ids = [...prepared.tokens.ids, this.model.eosId];
    (prefix.length > 0 ? this.continued : this.upcoming).push({ ids, prefix, words: countWords(source), indices: work.indices, second: null, similar: work.similar, answer: (output) => settle(this.read(prepared, work.linked, output), output) });
  }

  /** Sees to the terms of a part: writes those that its translation lacks, and has decoded again what must agree with them. */
  private bind(part: TextPart, work: Work, prepared: PreparedText, first: Outcome, settle: (outcome: Outcome) => void): void {
    const { terms: binding, questions } = this;
    const end = part.start + part.text.length;
    const terms = work.terms.filter((term) => part.start <= term.start && term.end <= end).map((term) => ({ ...term, start: term.start - part.start, end: term.end - part.start }));
    const bound = binding?.bind(part.text, terms, first) ?? null;
    if (binding === null || bound === null) return settle(first);
    const asked = this.model.freeTokens ? bound.terms.flatMap(({ question }) => question ?? []) : [];
    const answers = (question: DeterminerQuestion): readonly DeterminerChoice[] | null => questions.choices(question);
    questions.ask(asked, work.indices, () => questions.ask(binding.controlsOf(bound, answers), work.indices, () => {
      const { text, links, prefix } = binding.agree(part.text, bound, answers);
      const written = withFlags(part.text, { ...first, text, links, words: [] });
      // What the model sees must be the part itself for the translation so far to be its own.
      if (prefix === null || prepared.text !== part.text) return settle(written);
      this.queue(part.text, prepared, work, prefix, (answer) => {
        const second = withFlags(part.text, this.withTerms(part.text, terms, answer));
        const isWorse = isBetter(faultsOf(part.text, written), faultsOf(part.text, second)) || losesWords(part.text, written.links, second.links);
        settle(isWorse ? written : second);
      });
    }));
  }

  /** The same with the terms that it still lacks written in. */
  private withTerms(source: string, terms: readonly TermOccurrence[], outcome: Outcome): Outcome {
    const bound = this.terms?.isMissingAny(terms, outcome.text) === true ? this.terms.bind(source, terms, outcome) : null;
    return bound === null ? outcome : withFlags(source, { ...outcome, text: bound.text, links: bound.links, words: [] });
  }

  private read(prepared: PreparedText, linked: boolean, output: DecodedSentence): Outcome {
    const decoded = this.model.target.decodeWithOffsets(output.ids);
    const wanted = linked || prepared.needsLinks;
    const source = { text: prepared.text ?? '', offsets: prepared.tokens.offsets };
    const links = output.attention === null || !wanted ? [] : wordLinks(source, decoded, output.attention, output.sourceLength);
    const lost = output.attention === null || !this.model.coverage ? [] : lostStretches(source, decoded, output.attention, output.sourceLength);
    const words = linked && output.tokenScores ? wordConfidences(decoded, output.tokenScores) : [];
    const restored = prepared.restore({ text: decoded.text, links, words });
    return {
      text: restored.text,
      links: linked ? restored.links : [],
      words: restored.words ?? [],
      logProbability: output.score ?? 0,
      tokens: output.ids.length + (output.truncated ? 0 : 1),
      truncated: output.truncated,
      lostLetters: lost.reduce((sum, { letters }) => sum + letters, 0),
    };
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

function faultsOf(source: string, { text: target, truncated, lostLetters }: Outcome): Faults {
  return { flags: checkTranslation({ source, target, truncated, lostLetters }), unbalanced: isUnbalanced(source, target), lostLetters };
}

const similarOf = (chunks: readonly Chunk[]): Pick<Batch, 'similar'> => (chunks.some(({ similar }) => similar.length > 0) ? { similar: chunks.map(({ similar }) => similar) } : {});

function withoutDanglingEnd(source: string, outcome: Outcome): Outcome {
  const text = withoutDangling(source, outcome.text);
  return text === outcome.text ? outcome : { ...outcome, text, links: outcome.links.filter(({ target }) => target[1] <= text.length), words: (outcome.words ?? []).filter(({ target }) => target[1] <= text.length) };
}

const withFlags = (source: string, outcome: Outcome): Outcome => ({ ...outcome, flags: faultsOf(source, outcome).flags });
