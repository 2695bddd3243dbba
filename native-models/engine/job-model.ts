/** What a request needs to know of the model that translates it. */
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

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
