import { describe, expect, it } from 'vitest';
import { EngineError } from '../../engine/engine-error.ts';
import { SentencePieceTokenizer } from '../../tokenizers/sentencepiece.ts';
import { readSentencePieceModel } from '../../tokenizers/sentencepiece-model.ts';
import { encodeCharacterMap, nfkcRules } from './character-map.ts';
import { trainBpe } from './train-bpe.ts';
import { trainUnigram } from './train-unigram.ts';
import { trainVocabulary, type VocabularyOptions } from './train-vocabulary.ts';

const OPTIONS: VocabularyOptions = { algorithm: 'unigram', size: 60, characterCoverage: 1, byteFallback: false, userDefined: [] };

/** Sentences of a small made-up language with endings, from a fixed sequence of numbers. */
function sentences(count: number): string[] {
  let state = 1;
  const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  const stems = ['cant', 'parl', 'amig', 'trov', 'port', 'salt', 'ment'];
  const endings = ['are', 'ando', 'ato', 'o', 'i', 'amente'];
  return Array.from({ length: count }, () => Array.from({ length: 3 + next(5) }, () => `${stems[next(stems.length)] ?? ''}${endings[next(endings.length)] ?? ''}`).join(' '));
}

const countsOf = (entries: Record<string, number>): Map<string, number> => new Map(Object.entries(entries));

describe('training a vocabulary', () => {
  it.each(['unigram', 'bpe'] as const)('gives a %s file that reads and segments its corpus back', async (algorithm) => {
    const corpus = sentences(400);
    const { bytes, pieces, lines } = await trainVocabulary(corpus, { ...OPTIONS, algorithm });
    const tokenizer = SentencePieceTokenizer.fromBytes(bytes, 'trained.model');
    expect({ lines, pieces, size: tokenizer.size, eos: tokenizer.eosId, unknown: tokenizer.unkId }).toEqual({ lines: 400, pieces: 60, size: 60, eos: 0, unknown: 1 });
    expect(corpus.map((line) => tokenizer.decode(tokenizer.encode(line)))).toEqual(corpus);
    const tokens = corpus.reduce((sum, line) => sum + tokenizer.encode(line).length, 0);
    const words = corpus.reduce((sum, line) => sum + line.split(' ').length, 0);
    // Stems and endings are what there is to find: at most two pieces a word, on average.
    expect(tokens / words).toBeLessThan(2);
    expect(corpus.some((line) => tokenizer.encode(line).includes(1))).toBe(false);
  });

  it.each(['unigram', 'bpe'] as const)('gives the same %s file again', async (algorithm) => {
    const [one, two] = await Promise.all([1, 2].map(() => trainVocabulary(sentences(100), { ...OPTIONS, algorithm })));
    expect(Buffer.from(one?.bytes ?? []).equals(two?.bytes ?? new Uint8Array())).toBe(true);
  });

  it('writes special, user-defined and byte pieces in this order, and spells strange characters as bytes', async () => {
    const { bytes } = await trainVocabulary(sentences(50), { ...OPTIONS, size: 400, byteFallback: true, userDefined: ['<br/>'] });
    const model = readSentencePieceModel(bytes, 'trained.model');
    const texts = model.pieces.slice(0, 4).map((piece) => Buffer.from(piece).toString());
    expect({ texts, types: [...model.types.slice(0, 4)], last: Buffer.from(model.pieces[258] ?? []).toString() }).toEqual({ texts: ['</s>', '<unk>', '<br/>', '<0x00>'], types: [3, 2, 4, 6], last: '<0xFF>' });
    const tokenizer = SentencePieceTokenizer.fromBytes(bytes, 'trained.model');
    const pieces = tokenizer.encodeAsPieces('cantare<br/>Ж');
    expect([pieces.includes('<br/>'), pieces.slice(-2), tokenizer.decode(tokenizer.encode('cantare<br/>Ж'))]).toEqual([true, ['<0xD0>', '<0x96>'], 'cantare<br/>Ж']);
  });

  it('refuses a corpus without text and a size without room, and says what to do', async () => {
    const refusal = async (lines: string[], size: number): Promise<unknown> => {
      const error: unknown = await trainVocabulary(lines, { ...OPTIONS, size }).catch((reason: unknown) => reason);
      return error instanceof EngineError ? [error.code, error.message, error.advice] : error;
    };
    expect(await refusal(['', ' \t '], 100)).toEqual(['INVALID_INPUT', 'The corpus has no text to learn a vocabulary from.', 'Give a corpus with at least a few hundred sentences.']);
    expect(await refusal(['abc'], 5)).toEqual(['INVALID_INPUT', 'A vocabulary of 5 pieces has no room for the 4 characters of this corpus.', 'Ask for at least 6 pieces, or cover fewer characters.']);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const training = trainVocabulary(sentences(400), OPTIONS, { signal: controller.signal, report: () => controller.abort(new Error('enough')) });
    await expect(training).rejects.toThrow('enough');
  });
});

describe('byte-pair merges', () => {
  // Sennrich et al. 2016, figure 1: low 5, lower 2, newest 6, widest 3. e+s occurs 9 times, es+t 9, and of the two pairs
  // that occur 7 times l+o comes first by its code units.
  it('merges the most frequent pair first', async () => {
    const words = countsOf({ '\u2581low': 5, '\u2581lower': 2, '\u2581newest': 6, '\u2581widest': 3 });
    const characters = countsOf({ '\u2581': 16, e: 17, w: 16, s: 9, t: 9, l: 7, o: 7, n: 6, r: 2, i: 3, d: 3 });
    const pieces = await trainBpe(words, characters, characters.size + 4);
    expect(pieces.slice(0, 4)).toEqual([['es', -0], ['est', -1], ['lo', -2], ['low', -3]]);
    expect(pieces.slice(4).map(([piece]) => piece)).toEqual([...characters.keys()]);
  });

  it('counts overlapping pairs of a run once each as it merges', async () => {
    expect((await trainBpe(countsOf({ aaaa: 3 }), countsOf({ a: 12 }), 4)).map(([piece]) => piece)).toEqual(['aa', 'aaaa', 'a']);
  });
});

describe('unigram probabilities', () => {
  it('give every character a piece and sum to at most one', async () => {
    const words = countsOf({ '\u2581banana': 50, '\u2581bandana': 30, '\u2581ban': 20, '\u2581x': 1 });
    const characters = countsOf({ '\u2581': 101, a: 250, b: 100, n: 180, d: 30, x: 1 });
    const pieces = await trainUnigram(words, characters, 12);
    expect([...characters.keys()].every((character) => pieces.some(([piece]) => piece === character))).toBe(true);
    expect(pieces.reduce((sum, [, score]) => sum + Math.exp(score), 0)).toBeLessThanOrEqual(1);
    expect(pieces.slice(0, 2).map(([piece]) => piece)).toContain('\u2581banana');
  });
});

describe('the character map', () => {
  it('normalizes as Unicode does, every character alone and in front of combining marks', () => {
    const bytes = encodeCharacterMap(nfkcRules());
    const texts = ['ﬁne', 'ｆｕｌｌ', '①', 'cafe\u0301', 'A\u030a', '한글', 'a\u00a0b', 'x\u200by', 'a\u0001b', 'a\u2028b', '½', 'ｶﾞ'];
    expect(texts.map((text) => mapped(bytes, text))).toEqual(['fine', 'full', '1', 'café', 'Å', '한글', 'a b', 'xy', 'ab', 'a b', '1⁄2', 'ガ']);
    for (let code = 0x20; code < 0x2fa20; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      if (/\p{Zs}|\p{Cc}|[\u00ad\u200b\u200e\u200f\u2028\u2029\u2060\ufeff]/u.test(character)) continue;
      const wanted = character.normalize('NFKC').replace(/\p{Zs}/gu, ' ');
      if (mapped(bytes, character) !== wanted) expect([code.toString(16), mapped(bytes, character)]).toEqual([code.toString(16), wanted]);
    }
  });

  /** The format is that of Google's library: a Darts-clone double array, read here by its definition. */
  function mapped(bytes: Uint8Array, text: string): string {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const trie = view.getUint32(0, true);
    const unitAt = (index: number): number => view.getUint32(4 + 4 * index, true);
    const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
    const input = Buffer.from(text);
    const output: number[] = [];
    for (let at = 0; at < input.length;) {
      let node = offset(unitAt(0));
      let found: [length: number, value: number] | null = null;
      for (let i = at; i < input.length; i++) {
        node ^= input[i] ?? 0;
        const unit = unitAt(node);
        if (((unit & 0x800000ff) >>> 0) !== input[i]) break;
        node ^= offset(unit);
        if ((unit & 0x100) !== 0) found = [i - at + 1, unitAt(node) & 0x7fffffff];
      }
      if (found === null) output.push(input[at++] ?? 0);
      else {
        for (let i = 4 + trie + found[1]; bytes[i] !== 0; i++) output.push(bytes[i] ?? 0);
        at += found[0];
      }
    }
    return Buffer.from(output).toString();
  }
});
