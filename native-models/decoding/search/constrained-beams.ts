/**
 * Beam search for outputs that contain given texts, after Post and Vilar (2018), "Fast lexically constrained decoding with
 * dynamic beam allocation": the beams are shared out among hypotheses by how much of the texts they have said, so that one
 * that paid for a text is not pushed out by those that did not. No hypothesis ends without all of them; one that has just
 * enough room left says nothing else.
 */
import { BestCandidates, type Candidate } from './best-candidates.ts';
import type { GenerationOptions } from './generation-options.ts';
import type { Coverage, RequiredTexts } from './required-texts.ts';
import type { Hypothesis } from './sentence-beams.ts';

interface Row {
  readonly tokens: readonly number[];
  readonly score: number;
  readonly coverage: Coverage;
}

interface Continued extends Row { readonly from: number }

export class ConstrainedBeams {
  running: readonly Row[];
  active = true;
  readonly #options: GenerationOptions;
  readonly #texts: RequiredTexts;
  readonly #promptLength: number;
  readonly #maxLength: number;
  readonly #best: BestCandidates;
  #finished: Hypothesis[] = [];

  constructor(options: GenerationOptions, prompt: readonly number[], maxLength: number, texts: RequiredTexts) {
    this.#options = options;
    this.#texts = texts;
    this.#promptLength = prompt.length;
    this.#maxLength = maxLength;
    this.#best = new BestCandidates(options.numBeams);
    const coverage = texts.start(prompt);
    this.running = Array.from({ length: options.numBeams }, (_, k) => ({ tokens: prompt, score: k === 0 ? 0 : -Infinity, coverage }));
  }

  advance(scores: (row: number) => Float32Array): Int32Array {
    const continued = this.running.flatMap((row, from) => (row.score === -Infinity ? [] : this.#continuations(row, from, scores(from))));
    const going: Continued[] = [];
    for (const row of continued) {
      const ended = this.#options.eosTokenIds.includes(row.tokens.at(-1) ?? -1);
      if (!ended && row.tokens.length < this.#maxLength) going.push(row);
      else if (this.#texts.missingTokens(row.coverage) === 0) this.#finished.push({ tokens: row.tokens, score: this.#normalized(row) });
    }
    this.#finished = this.#finished.sort((a, b) => b.score - a.score).slice(0, this.#options.numBeams);
    const chosen = shareOut(going, this.#options.numBeams, (row) => this.#texts.missingTokens(row.coverage));
    this.active = chosen.length > 0 && !this.#settled(chosen);
    const filler = chosen[0];
    if (filler === undefined) return Int32Array.from({ length: this.#options.numBeams }, (_, k) => k);
    const rows = Array.from({ length: this.#options.numBeams }, (_, k) => chosen[k] ?? { ...filler, score: -Infinity });
    this.running = rows;
    return Int32Array.from(rows, ({ from }) => from);
  }

  /** Best first; empty when the rules and the texts leave no output. */
  results(): Hypothesis[] {
    return this.#finished.slice(0, this.#options.numReturnSequences);
  }

  #continuations(row: Row, from: number, scores: Float32Array): Continued[] {
    const missing = this.#texts.missingTokens(row.coverage);
    const room = this.#maxLength - row.tokens.length;
    const onward: Candidate[] = this.#texts.nextTokens(row.coverage).map((token) => ({ beam: from, token, score: Math.fround((scores[token] ?? -Infinity) + row.score) }));
    let candidates = onward;
    if (missing === 0 || missing + 1 < room) {
      this.#best.clear();
      this.#best.offer(from, scores, row.score);
      candidates = [...new Map([...onward, ...this.#best.sorted()].map((candidate) => [candidate.token, candidate])).values()];
    }
    return candidates
      .filter(({ token, score }) => score > -Infinity && (missing === 0 || !this.#options.eosTokenIds.includes(token)))
      .map(({ token, score }) => ({ from, tokens: [...row.tokens, token], score, coverage: this.#texts.after(row.coverage, token) }));
  }

  /** Enough outputs, and none of the beams is better than the worst of them. */
  #settled(going: readonly Continued[]): boolean {
    const worst = this.#finished.at(-1);
    if (worst === undefined || this.#finished.length < this.#options.numBeams) return false;
    return going.every((row) => this.#normalized(row) <= worst.score);
  }

  #normalized({ tokens, score }: Row): number {
    return score / (tokens.length - this.#promptLength) ** this.#options.lengthPenalty;
  }
}

/** Takes the best of each group in turn, the group that lacks least first. */
function shareOut(rows: readonly Continued[], count: number, groupOf: (row: Continued) => number): Continued[] {
  const groups = new Map<number, Continued[]>();
  for (const row of [...rows].sort((a, b) => b.score - a.score)) {
    const group = groups.get(groupOf(row));
    if (group === undefined) groups.set(groupOf(row), [row]);
    else group.push(row);
  }
  const inTurn = [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
  const chosen: Continued[] = [];
  for (let place = 0; chosen.length < Math.min(count, rows.length); place++) for (const group of inTurn) {
    const row = group[place];
    if (row !== undefined && chosen.length < count) chosen.push(row);
  }
  return chosen;
}
