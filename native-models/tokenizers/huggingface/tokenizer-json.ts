/**
 * Tokenizers of `tokenizer.json`, run by Hugging Face's own JavaScript library. Two of its parts are approximations and
 * are replaced by exact ones: the `Precompiled` normalizer, and white space as Rust knows it. The special tokens around
 * a source are put there by this file: stored post-processors know one source language only.
 */
import { Normalizer, PreTokenizer, Tokenizer } from '@huggingface/tokenizers';
import { EngineError } from '../../engine/engine-error.ts';
import type { DecodedText, TokenizedText } from '../tokenizer.ts';
import { offsetsOfTokens } from '../token-offsets.ts';
import { brokenFile, isObject, maxLengthIn, stringIn, stringsIn, tokenIn, type JsonObject } from './json-values.ts';
import { unknownLanguage } from './sentencepiece-vocabulary.ts';
import { withSpecialTokens, type EncodeOptions, type ModelTokenizer, type SpecialTokens } from './model-tokenizer.ts';
import { PrecompiledNormalizer } from './precompiled-normalizer.ts';
import { byteLevelBytes } from './byte-level.ts';
import { specialTokenLayout, type SpecialTokenLayout } from './special-token-layout.ts';

const MARK = '\u2581';

/** Opens a parsed tokenizer.json with its tokenizer_config.json. Throws EngineError MODEL_BROKEN or MODEL_UNSUPPORTED naming the part. */
export function openTokenizerJson(json: JsonObject, config: JsonObject): ModelTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(json, config);
    tokenizer.normalizer = exactNormalizer(json['normalizer']) ?? tokenizer.normalizer;
    tokenizer.pre_tokenizer = exactPreTokenizer(json['pre_tokenizer']) ?? tokenizer.pre_tokenizer;
  } catch (cause) {
    throw brokenFile('tokenizer.json', cause instanceof Error ? cause.message : String(cause), cause);
  }
  return new TokenizerJson(tokenizer, json, config);
}

/** Each step of a `Sequence`, or the one step. */
const stepsOf = (part: unknown, list: string): JsonObject[] => {
  if (!isObject(part)) return [];
  const steps = part['type'] === 'Sequence' ? part[list] : [part];
  return Array.isArray(steps) ? steps.filter(isObject) : [];
};

/** A tokenizer of the library with nothing but one part. */
function libraryPart(part: JsonObject): Tokenizer {
  return new Tokenizer({ added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, model: { type: 'BPE', vocab: {}, merges: [] }, ...part }, {});
}

function exactNormalizer(part: unknown): Normalizer | null {
  const steps = stepsOf(part, 'normalizers').map((step): ((text: string) => string) => {
    const charsmap = stringIn(step, 'precompiled_charsmap');
    if (step['type'] !== 'Precompiled' || charsmap === null) {
      const { normalizer } = libraryPart({ normalizer: step });
      return (text) => normalizer?.normalize(text) ?? text;
    }
    const precompiled = new PrecompiledNormalizer(Buffer.from(charsmap, 'base64'));
    return (text) => precompiled.normalize(text);
  });
  return steps.length === 0 ? null : new StepsNormalizer(steps);
}

class StepsNormalizer extends Normalizer {
  readonly steps: readonly ((text: string) => string)[];
  constructor(steps: readonly ((text: string) => string)[]) {
    super({ type: 'Sequence', normalizers: [] });
    this.steps = steps;
  }
  override normalize(text: string): string {
    return this.steps.reduce((normalized, step) => step(normalized), text);
  }
}

function exactPreTokenizer(part: unknown): PreTokenizer | null {
  const steps = stepsOf(part, 'pretokenizers');
  if (!steps.some((step) => step['type'] === 'WhitespaceSplit')) return null;
  return new StepsPreTokenizer(steps.map((step) => {
    if (step['type'] === 'WhitespaceSplit') return (text: string) => text.split(/\p{White_Space}+/u).filter((word) => word !== '');
    const library = libraryPart({ pre_tokenizer: step }).pre_tokenizer;
    return (text: string, options?: object) => library?.pre_tokenize_text(text, options) ?? [text];
  }));
}

type PreTokenizerStep = (text: string, options?: object) => string[];

class StepsPreTokenizer extends PreTokenizer {
  readonly steps: readonly PreTokenizerStep[];
  constructor(steps: readonly PreTokenizerStep[]) {
    super();
    this.steps = steps;
  }
  override pre_tokenize_text(text: string, options?: object): string[] {
    return this.steps.reduce((words, step) => words.flatMap((word) => step(word, options)), [text]);
  }
}

class TokenizerJson implements ModelTokenizer {
  readonly languages: readonly string[];
  readonly maxLength: number | null;
  readonly spaceBeforeFirstWord: boolean;
  readonly size: number;
  readonly unkId: number;
  readonly eosId: number;
  readonly #tokenizer: Tokenizer;
  readonly #specialIds: ReadonlySet<number>;
  #surfaces: readonly Uint8Array[] | null = null;
  readonly #layout: SpecialTokenLayout;
  readonly #byteLevel: boolean;

  constructor(tokenizer: Tokenizer, json: JsonObject, config: JsonObject) {
    this.#tokenizer = tokenizer;
    this.maxLength = maxLengthIn(config);
    this.#layout = specialTokenLayout(json['post_processor'], config, (token) => this.#idOf(token));
    this.languages = this.#layout.languages;
    this.#byteLevel = isObject(json['decoder']) && json['decoder']['type'] === 'ByteLevel';
    this.spaceBeforeFirstWord = !this.#byteLevel;
    const added = tokenizer.get_added_tokens_decoder();
    this.#specialIds = new Set([...added].filter(([, token]) => token.special).map(([id]) => id));
    this.size = Math.max(tokenizer.get_vocab().size, ...[...added.keys()].map((id) => id + 1));
    this.unkId = this.#known(tokenIn(config, 'unk_token') ?? '<unk>');
    this.eosId = this.#known(tokenIn(config, 'eos_token') ?? '</s>');
    if (stringsIn(config, 'additional_special_tokens').length > 0 && tokenizer.get_added_tokens_decoder().size === 0) throw brokenFile('tokenizer.json', 'it lacks its special tokens');
  }

  encode(text: string, { sourceLanguage, maxLength }: EncodeOptions = {}): number[] {
    return withSpecialTokens(this.encodeTarget(text), this.#layout.around(sourceLanguage), maxLength);
  }

  around(sourceLanguage?: string): SpecialTokens {
    return this.#layout.around(sourceLanguage);
  }

  encodeWithOffsets(text: string): TokenizedText {
    const ids = this.encodeTarget(text);
    return { ids, offsets: offsetsOfTokens(text, this.#spellings(ids), { normalized: !this.#byteLevel }) };
  }

  decodeWithOffsets(ids: readonly number[]): DecodedText {
    const text = this.decode(ids, { skipSpecialTokens: true });
    return { text, offsets: offsetsOfTokens(text, this.#spellings(ids), { normalized: false }) };
  }

  isSpecial(id: number): boolean {
    return id !== this.unkId && this.#specialIds.has(id);
  }

  encodeTarget(text: string): number[] {
    return this.#tokenizer.encode(text.toWellFormed(), { add_special_tokens: false }).ids;
  }

  languageId(code: string): number {
    const id = this.#layout.languageId(code);
    if (id === null) throw unknownLanguage(code, this.languages);
    return id;
  }

  decode(ids: readonly number[], { skipSpecialTokens }: { skipSpecialTokens: boolean }): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], { skip_special_tokens: skipSpecialTokens });
  }

  #spellings(ids: readonly number[]): Uint8Array[] {
    this.#surfaces ??= this.surfaces();
    return ids.map((id) => this.#surfaces?.[id] ?? new Uint8Array(0));
  }

  surfaces(): Uint8Array[] {
    const surfaces: Uint8Array[] = [];
    const added = this.#tokenizer.get_added_tokens_decoder();
    for (const [token, id] of this.#tokenizer.get_vocab()) {
      if (added.get(id)?.special === true) surfaces[id] = new Uint8Array(0);
      else surfaces[id] = this.#byteLevel ? byteLevelBytes(token) : Buffer.from(token.replaceAll(MARK, ' '));
    }
    return Array.from(surfaces, (surface: Uint8Array | undefined) => surface ?? new Uint8Array(0));
  }

  /** -1 for a token that the vocabulary lacks: byte-level ones know no unknown token. */
  #known(token: string): number {
    return this.#tokenizer.token_to_id(token) ?? -1;
  }

  #idOf(token: string): number {
    const id = this.#tokenizer.token_to_id(token);
    if (id === undefined) throw new EngineError('MODEL_BROKEN', `The model's file tokenizer.json lacks the token "${token}".`, 'Download or copy the model folder again.');
    return id;
  }
}
