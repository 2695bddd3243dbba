/**
 * The beams of one sentence: transformers' beam search (`_beam_search` of 4.57) for one row of its batch. There, sums of
 * log-probabilities are float32 and -1e9 stands for "out of the race"; both are kept, so that scores and ties are the same.
 */
import type { GenerationOptions } from './generation-options.ts';
import { BestCandidates, type Candidate } from './best-candidates.ts';

export interface Hypothesis {
  /** All decoder tokens: the prompt first, EOS last where one was said. */
  readonly tokens: readonly number[];
  /** Sum of log-probabilities of the tokens after the prompt, divided by their number to the power of the length penalty. */
  readonly score: number;
  /** For each token after the prompt the row of its sentence that it was chosen from; absent where there is one row. */
  readonly rows?: readonly number[];
  /** Log-probability of each token after the prompt. */
  readonly tokenScores?: readonly number[];
}

interface Running { readonly tokens: readonly number[]; readonly score: number; readonly rows: readonly number[]; readonly tokenScores: readonly number[] }
interface Finished extends Running { readonly done: boolean }

const OUT = -1e9;

/** How many candidates a step looks at: so many that `numBeams` go on whatever ends. */
export function candidatesOf({ numBeams, eosTokenIds }: GenerationOptions): number {
  return Math.max(2, 1 + eosTokenIds.length) * numBeams;
}

export class SentenceBeams {
  /** `numBeams` rows, best first. */
  running: readonly Running[];
  /** False when no further step can change the outcome. */
  active = true;
  readonly #options: GenerationOptions;
  readonly #promptLength: number;
  readonly #maxLength: number;
  readonly #best: BestCandidates;
  readonly #isEos: ReadonlySet<number>;
  #finished: readonly Finished[];
  #improvable = true;

  constructor(options: GenerationOptions, prompt: readonly number[], maxLength: number) {
    const { numBeams, eosTokenIds } = options;
    this.#options = options;
    this.#promptLength = prompt.length;
    this.#maxLength = maxLength;
    this.#isEos = new Set(eosTokenIds);
    this.#best = new BestCandidates(candidatesOf(options));
    // Only the first beam counts at first, else all would be the same.
    this.running = Array.from({ length: numBeams }, (_, k) => ({ tokens: prompt, score: k === 0 ? 0 : OUT, rows: [], tokenScores: [] }));
    this.#finished = Array.from({ length: numBeams }, () => ({ tokens: prompt, score: OUT, rows: [], tokenScores: [], done: false }));
  }

  /**
   * Takes one step. `scores(k)` [vocabulary]: processed log-probabilities of the next token of running beam k.
   * Returns which beam each new running beam continues; its last token is the new one.
   */
  advance(scores: (beam: number) => Float32Array): Int32Array {
    return this.take(this.#candidates(scores));
  }

  /** The same with the best candidates at hand, best first, as many as `candidatesOf` says. */
  take(candidates: readonly Candidate[]): Int32Array {
    const { numBeams } = this.#options;
    const length = (this.running[0]?.tokens.length ?? 0) + 1;
    const ends = candidates.map(({ token }) => length >= this.#maxLength || this.#isEos.has(token));
    this.#finish(candidates, ends, length);
    const left = candidates.map((candidate, i) => ({ ...candidate, score: ends[i] === true ? Math.fround(candidate.score + OUT) : candidate.score }));
    left.sort((a, b) => b.score - a.score || 0);
    const next = left.slice(0, numBeams);
    const from = Int32Array.from(next, ({ beam }) => beam);
    this.running = next.map((candidate) => this.#grown(candidate));
    this.#decideWhetherToGoOn(ends.every(Boolean), length);
    return from;
  }

  /** The best hypotheses, best first. */
  results(): Hypothesis[] {
    return this.#finished.filter(({ done }) => done).slice(0, this.#options.numReturnSequences).map(({ tokens, score, rows, tokenScores }) => ({ tokens, score, rows, tokenScores }));
  }

  #candidates(scores: (beam: number) => Float32Array): { beam: number; token: number; score: number }[] {
    this.#best.clear();
    this.running.forEach(({ score }, beam) => { this.#best.offer(beam, scores(beam), score); });
    return this.#best.sorted();
  }

  /** Only ends among the best `numBeams` candidates count; the others are there so that enough beams can go on. */
  #finish(candidates: readonly { beam: number; token: number; score: number }[], ends: readonly boolean[], length: number): void {
    const { numBeams, lengthPenalty, earlyStopping } = this.#options;
    if (!this.#improvable || (earlyStopping === true && this.#full())) return;
    const divisor = (length - this.#promptLength) ** lengthPenalty;
    const ended = candidates.slice(0, numBeams).filter((_, i) => ends[i] === true)
      .map((candidate) => ({ ...this.#grown(candidate), score: Math.fround(candidate.score / divisor), done: true }));
    this.#finished = [...this.#finished, ...ended].sort((a, b) => b.score - a.score || 0).slice(0, numBeams);
  }

  #grown({ beam, token, score }: { beam: number; token: number; score: number }): Running {
    const before = this.running[beam];
    return { tokens: [...(before?.tokens ?? []), token], score, rows: [...(before?.rows ?? []), beam], tokenScores: [...(before?.tokenScores ?? []), score - (before?.score ?? 0)] };
  }

  #full(): boolean {
    return this.#finished.every(({ done }) => done);
  }

  #decideWhetherToGoOn(allEnded: boolean, length: number): void {
    const { lengthPenalty, earlyStopping } = this.#options;
    const reachable = (earlyStopping === 'never' && lengthPenalty > 0 ? this.#maxLength : length) - this.#promptLength;
    const best = Math.fround((this.running[0]?.score ?? OUT) / reachable ** lengthPenalty);
    const worst = Math.min(...this.#finished.map(({ score }) => score));
    this.#improvable &&= this.#finished.some(({ done }) => best > (done ? worst : OUT));
    this.active = this.#improvable && !(earlyStopping === true && this.#full()) && !allEnded;
  }
}
