import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSentencePiece } from '../tokenizers/sentencepiece.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { WordLink } from '../alignment/word-links.ts';
import type { TranslationFlag } from './engine.ts';
import { mayHoldLost, secondTries, writeLost } from './second-tries.ts';
import { tinyVocabulary } from './testing/tiny-model-folder.ts';

let directory: string;
let tokenizer: Tokenizer;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'bitext-tries-'));
  writeFileSync(path.join(directory, 'vocab.spm'), tinyVocabulary());
  tokenizer = openSentencePiece(path.join(directory, 'vocab.spm'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('second tries', () => {
  const kinds = (text: string, flags: readonly TranslationFlag[]): unknown[] =>
    secondTries(text, { flags, unbalanced: false, lostLetters: 0 }).map((way) => (way.kind === 'search' ? `beam ${way.search.beam}, no repeat of ${way.search.noRepeatNgram}` : way.kind));

  it('fit the fault', () => {
    expect(kinds('Turn left, then turn right.', ['repetition-loop'])).toEqual(['beam 4, no repeat of 3', 'parts']);
    expect(kinds('It has 15 parts, and more.', ['number-changed'])).toEqual(['verbatim', 'beam 4, no repeat of 0', 'parts']);
    expect(kinds('Call getName now, please.', ['identifier-changed'])).toEqual(['verbatim', 'parts', 'beam 4, no repeat of 0']);
    expect(kinds('No pets, please.', ['text-lost']).at(-1)).toBe('beam 4, no repeat of 0');
    expect(kinds('No pets, please.', [])).toEqual(['parts']);
  });
});

describe('what is lost', () => {
  it('is not in a translation that only says the rest in other words', () => {
    const first = 'Crianças menores de 6 anos:';
    expect([mayHoldLost('Crianças com menos de 6 anos.', first, 16), mayHoldLost('Crianças menores de 6 anos, gratuitamente.', first, 16)]).toEqual([false, true]);
  });

  const linked = (source: string, target: string, pairs: readonly (readonly [string, string])[]): { text: string; links: WordLink[] } => ({
    text: target,
    links: pairs.map(([from, to]) => ({ source: [source.indexOf(from), source.indexOf(from) + from.length], target: [target.indexOf(to), target.indexOf(to) + to.length], weight: 0.9 })),
  });

  it('is written where its wrong counterpart stands', () => {
    const source = 'It is 783,562 km wide';
    const written = writeLost(source, linked(source, 'Tem 733.562 km de largura', [['783,562', '733.562'], ['km', 'km'], ['wide', 'largura']]), tokenizer);
    expect(written).toMatchObject({ text: 'Tem 783,562 km de largura', replaces: true, prefix: tokenizer.encode('Tem 783,562') });
  });

  it('is put in where nothing stands for it', () => {
    const source = 'Call getName now';
    const written = writeLost(source, linked(source, 'Ligue agora', [['Call', 'Ligue'], ['now', 'agora']]), tokenizer);
    expect([written?.text.includes('getName'), written?.replaces]).toEqual([true, false]);
  });

  it('is nothing where all is there', () => {
    expect(writeLost('Step 3 of README.md', { text: 'Passo 3 de README.md', links: [] }, tokenizer)).toBe(null);
  });
});
