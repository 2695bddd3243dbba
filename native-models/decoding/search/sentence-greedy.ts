/** The greedy search of one sentence: the best token each time. */
import type { GenerationOptions } from './generation-options.ts';
import { logSumExp } from './log-softmax.ts';
import type { Hypothesis } from './sentence-beams.ts';

export class SentenceGreedy {
  running: readonly { readonly tokens: readonly number[] }[];
  active = true;
  readonly #options: GenerationOptions;
  readonly #promptLength: number;
  readonly #maxLength: number;
  readonly #tokenScores: number[] = [];
  #logProbability = 0;

  constructor(options: GenerationOptions, prompt: readonly number[], maxLength: number) {
    this.#options = options;
    this.#promptLength = prompt.length;
    this.#maxLength = maxLength;
    this.running = [{ tokens: prompt }];
  }

  advance(scores: (row: number) => Float32Array): Int32Array {
    const row = scores(0);
    let best = 0;
    for (let id = 1; id < row.length; id++) if ((row[id] ?? 0) > (row[best] ?? 0)) best = id;
    const logProbability = (row[best] ?? 0) - logSumExp(row);
    this.#tokenScores.push(logProbability);
    this.#logProbability += logProbability;
    const tokens = [...(this.running[0]?.tokens ?? []), best];
    this.running = [{ tokens }];
    this.active = tokens.length < this.#maxLength && !this.#options.eosTokenIds.includes(best);
    return Int32Array.of(0);
  }

  /** The one hypothesis; its score is of what the rules left, normalized to probabilities. */
  results(): Hypothesis[] {
    const tokens = this.running[0]?.tokens ?? [];
    return [{ tokens, score: this.#logProbability / (tokens.length - this.#promptLength) ** this.#options.lengthPenalty, tokenScores: this.#tokenScores }];
  }
}
