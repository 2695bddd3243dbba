/** What every tokenizer gives the engine, whatever the model family. Not safe for use by several threads at once. */
export interface Tokenizer {
  /** Number of token ids: they lie in 0 .. size - 1. */
  readonly size: number;
  readonly unkId: number;
  /** Id of `</s>`, which the caller appends to a source; -1 when the vocabulary has none. */
  readonly eosId: number;
  /** Token ids of a text, without EOS. Lone surrogates count as U+FFFD; an empty text gives no ids. */
  encode(text: string): number[];
  /** The same ids with the place of each token in the text. */
  encodeWithOffsets(text: string): TokenizedText;
  /** The text of token ids; control tokens (EOS) vanish. Ids outside the vocabulary throw a RangeError. */
  decode(ids: ArrayLike<number>): string;
  /** The same text with the place of each token in it. */
  decodeWithOffsets(ids: ArrayLike<number>): DecodedText;
}

export interface TokenizedText {
  readonly ids: number[];
  /** UTF-16 offsets in the original text: token i covers `offsets[2 * i]` to `offsets[2 * i + 1]`, end exclusive; never decreasing. */
  readonly offsets: Int32Array;
}

export interface DecodedText {
  readonly text: string;
  /** UTF-16 offsets in `text`: token i covers `offsets[2 * i]` to `offsets[2 * i + 1]`, end exclusive; never decreasing. */
  readonly offsets: Int32Array;
}
