/** A Hugging Face folder's tokenizer as the engine takes tokenizers: one of the source side, one of the target side. */
import type { DecodedText, TokenizedText, Tokenizer } from '../tokenizer.ts';
import type { ModelTokenizer } from './model-tokenizer.ts';

/**
 * Of the source: special tokens that a text spells out (`</s>`, a language code) count as unknown, so that a text is never
 * read as an instruction to the model.
 */
export function sourceSide(tokenizer: ModelTokenizer): Tokenizer {
  const encodeWithOffsets = (text: string): TokenizedText => {
    const { ids, offsets } = tokenizer.encodeWithOffsets(text);
    return { ids: ids.map((id) => (tokenizer.isSpecial(id) ? tokenizer.unkId : id)), offsets };
  };
  return side(tokenizer, encodeWithOffsets, (text) => encodeWithOffsets(text).ids);
}

/** Of the target. `encode` and its offsets are of texts in the target's language. */
export function targetSide(tokenizer: ModelTokenizer): Tokenizer {
  const encode = (text: string): number[] => tokenizer.encodeTarget(text);
  return side(tokenizer, (text) => ({ ids: encode(text), offsets: tokenizer.decodeWithOffsets(encode(text)).offsets }), encode);
}

function side(tokenizer: ModelTokenizer, encodeWithOffsets: (text: string) => TokenizedText, encode: (text: string) => number[]): Tokenizer {
  const decodeWithOffsets = (ids: ArrayLike<number>): DecodedText => tokenizer.decodeWithOffsets(Array.from(ids));
  return {
    size: tokenizer.size, unkId: tokenizer.unkId, eosId: tokenizer.eosId,
    encode, encodeWithOffsets, decodeWithOffsets,
    decode: (ids) => decodeWithOffsets(ids).text,
  };
}
