import { describe, expect, it } from 'vitest';
import { SentencePieceTokenizer } from './sentencepiece.ts';
import { type TestModel, writeSentencePieceModel } from './testing/write-sentencepiece-model.ts';

const open = (model: TestModel): SentencePieceTokenizer => SentencePieceTokenizer.fromBytes(writeSentencePieceModel(model), 'test.spm');
const SPECIAL = [['</s>', 0, 'control'], ['<unk>', 0, 'unknown']] as const;

/** Ids: ▁ 2, a 3, b 4, ab 5, ▁ab 6, fi 7, i 8. */
const UNIGRAM: TestModel = {
  pieces: [...SPECIAL, ['▁', -3], ['a', -2], ['b', -2.5], ['ab', -3], ['▁ab', -4], ['fi', -5], ['i', -6]],
  rules: { '\t': ' ', '\u00a0': ' ', '\u0007': '', 'ﬁ': 'fi', 'A': 'a', 'A\u0300': 'i' },
};

describe('unigram', () => {
  const tokenizer = open(UNIGRAM);
  const spans = (text: string): [number, string][] => {
    const { ids, offsets } = tokenizer.encodeWithOffsets(text);
    return ids.map((id, i) => [id, text.slice(offsets[2 * i], offsets[2 * i + 1])]);
  };

  it('takes the pieces with the highest sum of scores', () => {
    expect(tokenizer.encode('ab')).toEqual([6]); // -4, against ▁+ab -6
    expect(tokenizer.encode('aab')).toEqual([2, 3, 5]); // ▁ a ab -8, against ▁ a a b -9.5
  });

  it('of equal sums takes the one whose last piece starts first', () => {
    const equal = open({ pieces: [...SPECIAL, ['x', -1], ['xx', -1]], addDummyPrefix: false });
    expect(equal.encode('xxx')).toEqual([2, 3]); // x xx and xx x both cost 2
  });

  it('makes white space one space and drops it at both ends', () => {
    expect(tokenizer.encode(' \t ab\u00a0 \t ab  ')).toEqual([6, 6]);
    expect(tokenizer.encode('   \t')).toEqual([]);
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('takes the longest rule of the character map', () => {
    expect(tokenizer.encode('Ab')).toEqual([6]);
    expect(tokenizer.encode('A\u0300')).toEqual([2, 8]);
    expect(tokenizer.encode('a\u0007b')).toEqual([6]);
  });

  it('joins a run of unknown characters into one token and says where it stood', () => {
    expect(spans('ab 日本😀 ab')).toEqual([[6, 'ab'], [2, ' '], [1, '日本😀'], [6, ' ab']]);
  });

  it('gives UTF-16 offsets in the text before normalization', () => {
    expect(spans('😀ﬁab')).toEqual([[2, ''], [1, '😀'], [7, 'ﬁ'], [5, 'ab']]);
    expect(spans('  ab  ')).toEqual([[6, 'ab']]);
  });

  it('counts a lone surrogate as U+FFFD', () => {
    expect(spans('a\ud800b')).toEqual([[2, ''], [3, 'a'], [1, '\ud800'], [4, 'b']]);
  });

  it('decodes: marks become spaces, the first goes, control pieces vanish, unknown is shown', () => {
    expect(tokenizer.decode([6, 6, 3, 0])).toBe('ab aba');
    expect(tokenizer.decode([6, 1, 6])).toBe('ab \u2047  ab');
    expect(tokenizer.decodeWithOffsets([6, 6, 0, 3])).toEqual({ text: 'ab aba', offsets: Int32Array.of(0, 2, 2, 5, 5, 5, 5, 6) });
    expect(() => tokenizer.decode([99])).toThrow('token id 99 is outside the vocabulary of 9');
  });

  it('knows the ids of its special pieces', () => {
    expect([tokenizer.size, tokenizer.eosId, tokenizer.unkId, tokenizer.idOf('▁ab'), tokenizer.idOf('none')]).toEqual([9, 0, 1, 6, undefined]);
    expect(tokenizer.pieceOf(6)).toBe('▁ab');
  });
});

describe('vocabularies of other kinds', () => {
  it('a user-defined piece is never cut or normalized', () => {
    const tokenizer = open({ pieces: [...SPECIAL, ['▁', -3], ['a', -0.1], ['A', -0.1], ['<A', 0, 'userDefined']], rules: { A: 'a' } });
    expect(tokenizer.encode('A<AA')).toEqual([2, 3, 5, 3]);
  });

  it('an unknown character falls back to its bytes, and bytes decode to characters again', () => {
    const bytes = Array.from({ length: 256 }, (_, b) => [`<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`, 0, 'byte'] as const);
    const tokenizer = open({ pieces: [...SPECIAL, ...bytes, ['▁', -1]], byteFallback: true });
    // é is C3 A9 in UTF-8; byte b has id b + 2.
    expect(tokenizer.encodeWithOffsets('é')).toEqual({ ids: [258, 0xc3 + 2, 0xa9 + 2], offsets: Int32Array.of(0, 0, 0, 0, 0, 1) });
    expect(tokenizer.decode([0xc3 + 2, 0xa9 + 2])).toBe('é');
    expect(tokenizer.decode([0xc3 + 2, 0x41 + 2])).toBe('\ufffdA');
    expect(tokenizer.decode([0xed + 2, 0xa0 + 2, 0x80 + 2])).toBe('\ufffd\ufffd\ufffd');
  });

  it('byte-pair encoding merges the best pair first, the left one of equals', () => {
    // ▁ 2, a 3, b 4, ab 5, aa 6, aab 7
    const tokenizer = open({ algorithm: 'bpe', pieces: [...SPECIAL, ['▁', -9], ['a', -9], ['b', -9], ['ab', -1], ['aa', -2], ['aab', -3]] });
    expect(tokenizer.encode('aaab')).toEqual([2, 6, 5]); // ab first, then aa; aa+ab is no piece
    expect(tokenizer.encode('aab')).toEqual([2, 7]); // ab, then a+ab
    expect(tokenizer.encode('aaa')).toEqual([2, 6, 3]);
  });

  it('byte-pair encoding splits an unused piece again', () => {
    const tokenizer = open({ algorithm: 'bpe', pieces: [...SPECIAL, ['▁', -9], ['a', -9], ['b', -9], ['ab', -1, 'unused']] });
    expect(tokenizer.encode('ab')).toEqual([2, 3, 4]);
  });

  it('white space kept, and as a suffix', () => {
    const raw = open({ pieces: [...SPECIAL, ['▁', -1], ['a', -1]], addDummyPrefix: false, removeExtraWhitespaces: false, unknownSurface: '?' });
    expect(raw.encode('  a ')).toEqual([2, 2, 3, 2]);
    expect(raw.decode([2, 2, 3, 2, 1])).toBe('  a ?');
    const suffix = open({ pieces: [...SPECIAL, ['▁', -1], ['a', -1], ['a▁', -1]], suffix: true });
    expect(suffix.encode('a a')).toEqual([4, 4]);
  });

  it('decoded text goes through the denormalizer, and the offsets with it', () => {
    const tokenizer = open({ pieces: [...SPECIAL, ['▁', -1], ['x', -1], ['y', -1]], denormalizerRules: { x: 'été' } });
    expect(tokenizer.decodeWithOffsets([2, 3, 4])).toEqual({ text: 'étéy', offsets: Int32Array.of(0, 0, 0, 3, 3, 4) });
  });
});

describe('broken vocabularies', () => {
  const code = (bytes: Uint8Array): unknown => {
    try {
      SentencePieceTokenizer.fromBytes(bytes, 'bad.spm');
    } catch (error) {
      return error;
    }
    return null;
  };
  const good = writeSentencePieceModel(UNIGRAM);

  it('refuses files that are cut off, empty or of another kind, by name', () => {
    for (const bytes of [good.subarray(0, good.length - 3), new Uint8Array(0), Buffer.from('not a model at all')])
      expect(code(bytes)).toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('bad.spm') });
    expect(code(writeSentencePieceModel({ pieces: [['a', -1]] }))).toMatchObject({ code: 'MODEL_BROKEN', message: expect.stringContaining('no piece for unknown text') });
    expect(code(writeSentencePieceModel({ pieces: [...SPECIAL, ['a', NaN]] }))).toMatchObject({ code: 'MODEL_BROKEN' });
  });

  it('refuses the algorithms it does not know', () => {
    expect(code(writeSentencePieceModel({ ...UNIGRAM, algorithm: 'char' }))).toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });

  it('survives every cut of a good file', () => {
    for (let n = 0; n < good.length; n += 37) {
      const error = code(good.subarray(0, n));
      if (error !== null) expect(error).toMatchObject({ name: 'EngineError' });
    }
  });
});
