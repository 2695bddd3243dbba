import type { TokenizedText, Tokenizer } from './tokenizer.ts';

/** Sentences of a long text. */
const MOST = 64;

/** A tokenizer that knows the last few texts: who asks whether a text is short enough most often asks for its tokens next. */
export class RecentTexts {
  readonly unkId: number;
  private readonly tokenizer: Tokenizer;
  private readonly known = new Map<string, TokenizedText>();

  constructor(tokenizer: Tokenizer) {
    this.tokenizer = tokenizer;
    this.unkId = tokenizer.unkId;
  }

  /** As the tokenizer's own; the answer is shared and not to be changed. */
  encodeWithOffsets(text: string): TokenizedText {
    let tokens = this.known.get(text);
    if (tokens === undefined) {
      tokens = this.tokenizer.encodeWithOffsets(text);
      if (this.known.size >= MOST) this.known.clear();
      this.known.set(text, tokens);
    }
    return tokens;
  }
}
