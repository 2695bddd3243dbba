/** Tokens of pairs, and the order in which training sees them: shuffled by a seed, packed with others of like length. */
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { seededRandom } from '../seeded-random.ts';
import { DropCount, type CorpusReport } from './corpus-report.ts';
import type { SentencePair } from './read-corpus.ts';

export interface TrainingExample {
  /** Token ids, the end-of-sentence token last. */
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** Absent: each target token counts whole. Else what counts instead of it: a distribution a target token. */
  readonly distributions?: readonly TokenDistribution[];
}

/** Tokens and the share of each; the shares' sum is 1. */
export interface TokenDistribution {
  readonly tokens: readonly number[];
  readonly shares: readonly number[];
}

export interface EncodedCorpus {
  readonly examples: readonly TrainingExample[];
  /** By the numbers of the pairs, from 1. */
  readonly report: CorpusReport;
}

/** Pairs of which a side has more than `maxTokens` tokens are left out. */
export function encodePairs(pairs: readonly SentencePair[], source: Pick<Tokenizer, 'encode' | 'eosId'>, target: Pick<Tokenizer, 'encode' | 'eosId'>, maxTokens: number): EncodedCorpus {
  const examples: TrainingExample[] = [];
  const count = new DropCount();
  pairs.forEach((pair, index) => {
    const example = { source: [...source.encode(pair.source), source.eosId], target: [...target.encode(pair.target), target.eosId] };
    if (Math.max(example.source.length, example.target.length) > maxTokens) count.drop('too-long', index + 1);
    else {
      examples.push(example);
      count.keep();
    }
  });
  return { examples, report: count.report() };
}

export interface BatchRule {
  /** Rows times the longest target of the batch stay at or below it; a longer example makes a batch alone. */
  readonly targetTokens: number;
  /** The same for sources, which of summaries are much longer; absent: any length. */
  readonly sourceTokens?: number;
  readonly maxRows: number;
  readonly seed: number;
}

/** Examples sorted by length together: more saves padding, fewer mixes better. */
const POOL = 2048;

/** The batches of one pass over the corpus, as indices. The same rule and epoch give the same batches; every index comes once. */
export function batchesOf(examples: readonly TrainingExample[], rule: BatchRule, epoch: number): number[][] {
  const random = seededRandom(rule.seed, epoch);
  const order = random.shuffled(examples.map((_, index) => index));
  const lengths = (index: number): [target: number, source: number] => [examples[index]?.target.length ?? 0, examples[index]?.source.length ?? 0];
  const batches: number[][] = [];
  for (let from = 0; from < order.length; from += POOL) {
    const pool = order.slice(from, from + POOL).sort((a, b) => {
      const [s, t] = [lengths(a), lengths(b)];
      return s[0] - t[0] || s[1] - t[1];
    });
    let batch: number[] = [];
    let longestSource = 0;
    for (const index of pool) {
      const rows = batch.length + 1;
      // Sorted: the last has the longest target.
      const [target, source] = lengths(index);
      longestSource = Math.max(longestSource, source);
      if (batch.length > 0 && (rows > rule.maxRows || rows * target > rule.targetTokens || rows * longestSource > (rule.sourceTokens ?? Infinity))) {
        batches.push(batch);
        batch = [];
        longestSource = source;
      }
      batch.push(index);
    }
    if (batch.length > 0) batches.push(batch);
  }
  return random.shuffled(batches);
}
