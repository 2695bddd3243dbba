import type { DecodedText, TokenizedText } from '../tokenizer.ts';

/** What a Hugging Face model folder's tokenizer gives a search: source ids with the special tokens, texts of output ids. */
export interface ModelTokenizer {
  /** Codes that `sourceLanguage` and `languageId` take; empty for models of one pair. */
  readonly languages: readonly string[];
  /** Most ids that the folder says a source may have (`model_max_length`); null where it sets no bound. */
  readonly maxLength: number | null;
  /**
   * Ids of a source text, special tokens included, cut at `maxLength` ids as transformers' `truncation=True` does.
   * Throws EngineError INVALID_INPUT for a language that the model does not know.
   */
  encode(text: string, options?: EncodeOptions): number[];
  /** The special tokens that `encode` puts around a source. Errors: as `encode`. */
  around(sourceLanguage?: string): SpecialTokens;
  /** Ids of a source text without special tokens around it, with their places in the text. */
  encodeWithOffsets(text: string): TokenizedText;
  /** The text of output ids without special tokens, with the place of each id in it. */
  decodeWithOffsets(ids: readonly number[]): DecodedText;
  /** Whether an id is that of a special token, the unknown token not among them. */
  isSpecial(id: number): boolean;
  /** Number of the source's ids. */
  readonly size: number;
  readonly unkId: number;
  readonly eosId: number;
  /** Ids of a text in the output's language, without special tokens. */
  encodeTarget(text: string): number[];
  /** The text of output ids; ids outside the vocabulary read as the unknown token. */
  decode(ids: readonly number[], options: { skipSpecialTokens: boolean }): string;
  /** Token that stands for a language; throws EngineError INVALID_INPUT for one that the model does not know. */
  languageId(code: string): number;
  /** What each id adds to a text inside a sentence, as UTF-8 bytes; empty for special tokens. */
  surfaces(): readonly Uint8Array[];
  /** Whether the first word of a text is spelled with a space in front, too. */
  readonly spaceBeforeFirstWord: boolean;
}

export interface SpecialTokens {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface EncodeOptions {
  readonly sourceLanguage?: string;
  readonly maxLength?: number;
}

/** Puts the special tokens around the content and leaves out what is too much of the content. */
export function withSpecialTokens(content: readonly number[], { before, after }: SpecialTokens, maxLength: number | undefined): number[] {
  const room = maxLength === undefined ? content.length : Math.max(0, maxLength - before.length - after.length);
  return [...before, ...content.slice(0, room), ...after];
}
