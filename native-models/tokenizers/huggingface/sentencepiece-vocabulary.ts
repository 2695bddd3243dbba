/**
 * Tokenizers that take their pieces from SentencePiece and their ids from a vocabulary file: Marian (source.spm,
 * target.spm, vocab.json) and M2M100 (sentencepiece.bpe.model, vocab.json, language codes after it).
 * As transformers' MarianTokenizer and M2M100Tokenizer: special tokens in a text are split off first, an unknown piece
 * may still be a token of the vocabulary.
 */
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { openSentencePiece, type SentencePieceTokenizer } from '../sentencepiece.ts';
import { offsetsOfTokens } from '../token-offsets.ts';
import type { DecodedText, TokenizedText } from '../tokenizer.ts';
import { brokenFile, maxLengthIn, readJsonObject, readVocabulary, stringIn, stringsIn, tokenIn, type JsonObject } from './json-values.ts';
import { withSpecialTokens, type EncodeOptions, type ModelTokenizer, type SpecialTokens } from './model-tokenizer.ts';

interface Side {
  readonly pieces: SentencePieceTokenizer;
  readonly ids: ReadonlyMap<string, number>;
}

const MARK = '\u2581';

/** Opens the tokenizer of a Marian folder. Throws EngineError MODEL_MISSING or MODEL_BROKEN. */
export function openMarianTokenizer(folder: string, config: JsonObject): ModelTokenizer {
  const ids = vocabularyOf(folder, 'vocab.json');
  const source: Side = { pieces: openSentencePiece(path.join(folder, 'source.spm')), ids };
  const targetIds = config['separate_vocabs'] === true ? vocabularyOf(folder, 'target_vocab.json') : ids;
  const target: Side = { pieces: openSentencePiece(path.join(folder, 'target.spm')), ids: targetIds };
  return new SentencePieceVocabulary(source, target, { config, languages: new Map(), leadingCodes: true });
}

/** The tokenizer of a Marian teacher's folder: source.spm and target.spm cut texts, its vocabularies number the pieces. */
export function openMarianTeacherTokenizer(folder: string, sourceIds: ReadonlyMap<string, number>, targetIds: ReadonlyMap<string, number>): ModelTokenizer {
  const side = (name: string, ids: ReadonlyMap<string, number>): Side => ({ pieces: openSentencePiece(path.join(folder, name)), ids });
  return new SentencePieceVocabulary(side('source.spm', sourceIds), side('target.spm', targetIds), { config: {}, languages: new Map(), leadingCodes: true });
}

/** Opens the tokenizer of an M2M100 folder: language `en` is the token `__en__`. */
export function openM2m100Tokenizer(folder: string, config: JsonObject): ModelTokenizer {
  const ids = vocabularyOf(folder, 'vocab.json');
  const listed = [config, readJsonObject(folder, 'special_tokens_map.json') ?? {}].map((file) => stringsIn(file, 'additional_special_tokens')).find((list) => list.length > 0) ?? [];
  const languages = new Map(listed.filter((token) => /^__.+__$/.test(token)).map((token, i) => [token.slice(2, -2), ids.get(token) ?? ids.size + i]));
  if (languages.size === 0) throw brokenFile('special_tokens_map.json', 'it lists no language codes');
  const both: Side = { pieces: openSentencePiece(path.join(folder, 'sentencepiece.bpe.model')), ids };
  return new SentencePieceVocabulary(both, both, { config: { bos_token: '<s>', ...config }, languages, leadingCodes: false });
}

function vocabularyOf(folder: string, name: string): Map<string, number> {
  const ids = readVocabulary(folder, name);
  if (ids === null) throw new EngineError('MODEL_MISSING', `The vocabulary ${path.join(folder, name)} can't be read.`, 'Put the file back, or download the model again.');
  return ids;
}

interface VocabularyFacts {
  readonly config: JsonObject;
  readonly languages: ReadonlyMap<string, number>;
  /** Whether a leading `>>code<<` is one token. */
  readonly leadingCodes: boolean;
}

class SentencePieceVocabulary implements ModelTokenizer {
  readonly languages: readonly string[];
  readonly maxLength: number | null;
  readonly spaceBeforeFirstWord = true;
  readonly #source: Side;
  readonly #target: Side;
  readonly #facts: VocabularyFacts;
  readonly #special: ReadonlyMap<string, number>;
  readonly #splitAtSpecial: RegExp;
  readonly #tokens: readonly (string | undefined)[];
  readonly #targetPieces: ReadonlySet<string>;
  readonly size: number;
  readonly unkId: number;
  readonly #unkToken: string;
  readonly eosId: number;
  readonly #specialIds: ReadonlySet<number>;

  constructor(source: Side, target: Side, facts: VocabularyFacts) {
    this.#source = source;
    this.#target = target;
    this.#facts = facts;
    this.languages = [...facts.languages.keys()];
    this.maxLength = maxLengthIn(facts.config);
    const names = { eos: tokenIn(facts.config, 'eos_token') ?? '</s>', unk: tokenIn(facts.config, 'unk_token') ?? '<unk>', pad: tokenIn(facts.config, 'pad_token') ?? '<pad>', bos: tokenIn(facts.config, 'bos_token') ?? '<s>' };
    const idOf = (token: string): number => {
      const id = target.ids.get(token);
      if (id === undefined) throw brokenFile('vocab.json', `it lacks the token "${token}"`);
      return id;
    };
    this.eosId = idOf(names.eos);
    this.unkId = idOf(names.unk);
    this.#unkToken = names.unk;
    const languageTokens = [...facts.languages].map(([code, id]): [string, number] => [`__${code}__`, id]);
    // Marian's own vocabularies have no <pad>, and no Marian model says <s>.
    const known = [...new Set(Object.values(names))].filter((token) => (token !== names.pad && token !== names.bos) || (target.ids.has(token) && (token !== names.bos || facts.config['bos_token'] !== undefined)));
    this.#special = new Map([...known.map((token): [string, number] => [token, idOf(token)]), ...languageTokens]);
    this.#specialIds = new Set([...this.#special.values()].filter((id) => id !== this.unkId));
    this.size = [...source.ids.values(), ...facts.languages.values()].reduce((most, id) => Math.max(most, id + 1), 0);
    const longestFirst = [...this.#special.keys()].sort((a, b) => b.length - a.length);
    this.#splitAtSpecial = new RegExp(`(${longestFirst.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`);
    const tokens: (string | undefined)[] = [];
    for (const [token, id] of [...target.ids, ...languageTokens]) tokens[id] = token;
    this.#tokens = tokens;
    this.#targetPieces = new Set(Array.from({ length: target.pieces.size }, (_, id) => target.pieces.pieceOf(id)));
  }

  encode(text: string, { sourceLanguage, maxLength }: EncodeOptions = {}): number[] {
    return withSpecialTokens(this.#encode(text, this.#source).ids, this.around(sourceLanguage), maxLength);
  }

  around(sourceLanguage?: string): SpecialTokens {
    const language = sourceLanguage ?? stringIn(this.#facts.config, 'src_lang');
    const before = this.languages.length === 0 || language === null ? [] : [this.languageId(language)];
    return { before, after: [this.eosId] };
  }

  encodeWithOffsets(text: string): TokenizedText {
    const { ids, ends, starts } = this.#encode(text, this.#source);
    return { ids, offsets: Int32Array.from(ids.flatMap((_, i) => [starts[i] ?? 0, ends[i] ?? 0])) };
  }

  decodeWithOffsets(ids: readonly number[]): DecodedText {
    const text = this.decode(ids, { skipSpecialTokens: true });
    const spellings = ids.map((id) => UTF8.encode(this.#special.has(this.#tokens[id] ?? '') ? '' : (this.#tokens[id] ?? '').replaceAll(MARK, ' ')));
    return { text, offsets: offsetsOfTokens(text, spellings, { normalized: false }) };
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  encodeTarget(text: string): number[] {
    return this.#encode(text, this.#target).ids;
  }

  languageId(code: string): number {
    const id = this.#facts.languages.get(code);
    if (id === undefined) throw unknownLanguage(code, this.languages);
    return id;
  }

  decode(ids: readonly number[], { skipSpecialTokens }: { skipSpecialTokens: boolean }): string {
    const tokens = ids.map((id) => this.#tokens[id] ?? this.#unkToken).filter((token) => !skipSpecialTokens || !this.#special.has(token));
    let text = '', pieces: string[] = [];
    for (const token of tokens) {
      if (!this.#special.has(token)) pieces.push(token);
      else {
        text += `${this.#join(pieces)}${token} `;
        pieces = [];
      }
    }
    return (text + this.#join(pieces)).trim();
  }

  surfaces(): Uint8Array[] {
    return Array.from(this.#tokens, (token) => Buffer.from(token === undefined || this.#special.has(token) ? '' : token.replaceAll(MARK, ' ')));
  }

  #encode(text: string, { pieces, ids }: Side): PlacedIds {
    const out: PlacedIds = { ids: [], starts: [], ends: [] };
    let at = 0;
    for (const part of text.split(this.#splitAtSpecial)) {
      const special = this.#special.get(part);
      if (special !== undefined) push(out, special, at, at + part.length);
      else if (part !== '') this.#encodePart(part, at, { pieces, ids }, out);
      at += part.length;
    }
    return out;
  }

  #encodePart(text: string, at: number, { pieces, ids }: Side, out: PlacedIds): void {
    const end = this.#facts.leadingCodes && text.startsWith('>>') ? text.indexOf('<<') : -1;
    const code = end < 0 ? '' : text.slice(0, end + 2);
    if (code !== '') push(out, ids.get(code) ?? this.unkId, at, at + code.length);
    const { tokens, offsets } = pieces.encodeAsPlacedPieces(text.slice(code.length));
    for (const [i, token] of tokens.entries()) push(out, ids.get(token) ?? this.unkId, at + code.length + (offsets[2 * i] ?? 0), at + code.length + (offsets[2 * i + 1] ?? 0));
  }

  /** SentencePiece's DecodePieces: the space before the first piece goes, but not from a piece that the model does not have. */
  #join(pieces: readonly string[]): string {
    let text = '';
    for (const piece of pieces) text += text === '' && piece.startsWith(MARK) && this.#targetPieces.has(piece) ? piece.slice(1) : piece;
    return text.replaceAll(MARK, ' ');
  }
}

/** Ids, and the place of each in the text that they are of. */
interface PlacedIds {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

function push({ ids, starts, ends }: PlacedIds, id: number, start: number, end: number): void {
  ids.push(id);
  starts.push(start);
  ends.push(end);
}

const UTF8 = new TextEncoder();

export function unknownLanguage(code: string, known: readonly string[]): EngineError {
  return new EngineError('INVALID_INPUT', `The model does not know the language ${code}.`, known.length === 0 ? 'It has no language codes; leave src_lang and tgt_lang out.' : `It knows ${known.slice(0, 300).join(', ')}.`);
}
