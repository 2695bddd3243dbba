/** The way of a text's parts through the model: translated, in other ways as long as there is a fault, their terms bound. */
import type { EncodedPair } from '../adaptation/pair-memory.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import type { DeterminerChoice } from '../terms/determiners.ts';
import type { TermOccurrence } from '../terms/term-book.ts';
import type { RecentTexts } from '../tokenizers/recent-texts.ts';
import { Assembly, type Outcome, unchanged } from './assembly.ts';
import type { ChunkQueue } from './chunk-queue.ts';
import { faultsOf, readOutcome, withFlags, withoutDanglingEnd } from './decoded-outcome.ts';
import type { JobModel } from './job-model.ts';
import { type PreparedText, prepareText } from './prepared-text.ts';
import { type Faults, gravenessOf, isBetter } from './repair.ts';
import { mayHoldLost, type SecondSearch, secondTries, writeLost } from './second-tries.ts';
import { type DeterminerQuestion, losesWords, type TermBinding } from './term-binding.ts';
import type { TermQuestions } from './term-questions.ts';
import type { TextPart } from './text-plan.ts';
import { countWords } from './throughput.ts';

/** What the parts of one text have in common. */
export interface Work {
  readonly indices: readonly number[];
  readonly linked: boolean;
  /** Of the whole text. */
  readonly terms: readonly TermOccurrence[];
  readonly similar: readonly EncodedPair[];
  /** No second try of something that went wrong. */
  readonly first: boolean;
}

/** What parts are translated with, the same for a whole request. */
export interface PartTools {
  readonly model: JobModel;
  readonly tokens: RecentTexts;
  /** BCP 47 */
  readonly targetLanguage: string;
  readonly terms: TermBinding | null;
  readonly questions: TermQuestions;
  readonly queue: ChunkQueue;
}

export class PartTranslation {
  private readonly model: JobModel;
  private readonly tokens: RecentTexts;
  private readonly targetLanguage: string;
  private readonly terms: TermBinding | null;
  private readonly questions: TermQuestions;
  private readonly queue: ChunkQueue;

  constructor({ model, tokens, targetLanguage, terms, questions, queue }: PartTools) {
    this.model = model;
    this.tokens = tokens;
    this.targetLanguage = targetLanguage;
    this.terms = terms;
    this.questions = questions;
    this.queue = queue;
  }

  /** Queues the parts of an assembly; `done` is called when the last of them is there, at once when there is none. */
  translate(assembly: Assembly, work: Work, done: () => void): void {
    assembly.parts.forEach((part, i) => {
      if (!part.translate) return;
      const settle = (outcome: Outcome): void => {
        assembly.set(i, outcome);
        if (assembly.waiting === 0) done();
      };
      const prepared = prepareText(part, this.tokens, this.targetLanguage);
      // Nothing that the model knows: its answer would be invented.
      if (prepared.text === null) return settle(unchanged(part.text, work.linked));
      this.run(part.text, prepared, work, [], (outcome, output) => (work.first ? this.repair(part.text, { prepared, output }, work, outcome, (best) => this.bind(part, work, prepared, best, settle)) : settle(outcome)));
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
      this.translate(assembly, { ...work, first: false }, () => compare([assembly.outcome()]));
    };
    tryNext(first, faults);
  }

  /** All that another search finds, best first. */
  private searchAgain(source: string, prepared: PreparedText, work: Work, second: SecondSearch, settle: (outcomes: readonly Outcome[]) => void): void {
    const answer = (output: DecodedSentence): void => {
      const { sourceLength, hypotheses = [] } = output;
      settle(hypotheses.length === 0 ? [readOutcome(this.model, prepared, work.linked, output)] : hypotheses.map((each) => readOutcome(this.model, prepared, work.linked, { ...each, sourceLength })));
    };
    this.queue.add({ ids: [...prepared.tokens.ids, this.model.eosId], prefix: [], words: countWords(source), indices: work.indices, second, similar: [], answer });
  }

  /** The first translation with what it lacks in its place; where that put a word in, also with what follows decoded anew. */
  private writeIn(source: string, prepared: PreparedText, work: Work, first: DecodedSentence, settle: (outcomes: readonly Outcome[]) => void): void {
    const outcome = readOutcome(this.model, prepared, true, first);
    const written = writeLost(source, outcome, this.model.target);
    if (written === null) return settle([]);
    const asIs = { ...outcome, text: written.text, links: written.links, words: [] };
    const isDone = written.replaces && gravenessOf(faultsOf(source, asIs)) === 0;
    if (isDone || written.prefix === null || prepared.text !== source) return settle([asIs]);
    this.run(source, prepared, { ...work, linked: true }, written.prefix, (second) => settle([second, asIs]));
  }

  private run(source: string, prepared: PreparedText, work: Work, prefix: readonly number[], settle: (outcome: Outcome, output: DecodedSentence) => void): void {
    const ids = [...prepared.tokens.ids, this.model.eosId];
    this.queue.add({ ids, prefix, words: countWords(source), indices: work.indices, second: null, similar: work.similar, answer: (output) => settle(readOutcome(this.model, prepared, work.linked, output), output) });
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
      this.run(part.text, prepared, work, prefix, (answer) => {
        const second = withFlags(part.text, this.withTerms(part.text, terms, answer));
        const isWorse = isBetter(faultsOf(part.text, written), faultsOf(part.text, second)) || losesWords(part.text, written.links, second.links);
        settle(isWorse ? written : second);
      });
    }));
  }

  /** The same translation with the terms that it still lacks written in. */
  withTerms(source: string, terms: readonly TermOccurrence[], outcome: Outcome): Outcome {
    const bound = this.terms?.isMissingAny(terms, outcome.text) === true ? this.terms.bind(source, terms, outcome) : null;
    return bound === null ? outcome : withFlags(source, { ...outcome, text: bound.text, links: bound.links, words: [] });
  }
}
