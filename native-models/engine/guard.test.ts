import { describe, expect, it } from 'vitest';
import type { TranslationFlag } from './engine.ts';
import { checkTranslation, fixedTokens, isUnbalanced, withoutDangling } from './guard.ts';

const flags = (source: string, target: string, truncated = false): TranslationFlag[] => checkTranslation({ source, target, truncated });

describe('numbers', () => {
  it('are the same whatever their separators and their order', () => {
    for (const [source, target] of [
      ['It cost 1,234.50 dollars', 'Custou 1.234,50 dólares'], ['1,000,000 people', '1 000 000 de pessoas'], ['from 5 to 10', 'de 5 a 10'],
      ['10 of 20', 'de 20, 10'], ['in 2008 400 people', '400 pessoas em 2008'], ['at 10:30', 'às 10h30'],
    ] as const) expect([source, flags(source, target)]).toEqual([source, []]);
  });

  it('may be written otherwise', () => {
    for (const [source, target] of [
      ['the 18th century', 'o século XVIII'], ['about 100,000 people', 'cerca de 100 mil pessoas'], ['the 1990s', 'os anos 90'],
      ['chapter 3 of it', 'o terceiro capítulo'], ['until 4:00 pm', 'até às 16:00'], ['until 5 p.m.', 'até às 17 horas'],
    ] as const) expect([source, flags(source, target)]).toEqual([source, []]);
  });

  it('that are lost or others are flagged', () => {
    for (const [source, target] of [
      ['800 km (500 mi) wide', '800 km de largura'], ['783,562 km', '733.562 km'], ['Step 3', 'Passo 4'], ['in 1984', 'em 1948'], ['the 18th century', 'o século XIX'], ['until 4:00', 'até às 16:00'],
    ] as const) expect([source, flags(source, target)]).toEqual([source, ['number-changed']]);
  });
});

describe('separators of a number', () => {
  const changed = (pairs: readonly (readonly [string, string])[]): boolean[] => pairs.map(([source, target]) => flags(`${source} EUR`, `${target} EUR`).includes('number-changed'));

  it('may be those of another language', () => {
    const pairs = [
      ['1,234.56', '1.234,56'], ['1,234.56', '1 234,56'], ['1,234.56', '1\u00a0234,56'], ['1,234.56', '1234,56'], ['1,234,567', '1.234.567'], ['1,234,567', '1234567'], ['12500', '12.500'],
      ['1234.5', '1.234,5'], ['12,50,000', '1.250.000'], ['1.5', '1,5'], ['0.125', '0,125'], ['1.2.3', '1.2.3'], ['10:30', '10.30'], ["1'234.50", '1.234,50'],
    ] as const;
    expect(pairs.filter((pair) => changed([pair])[0])).toEqual([]);
  });

  it('may not make another number', () => {
    const pairs = [['1,234.56', '1.234.56'], ['1,234.56', '1,234,56'], ['1,234,567', '1.234,567'], ['1.5', '15'], ['12.50', '1250'], ['1234.5', '1,234,5'], ['1,234.567', '1234567']] as const;
    expect(pairs.filter((pair) => !changed([pair])[0])).toEqual([]);
  });
});

describe('brackets', () => {
  it('that pair in the source must in the translation', () => {
    expect([['Remark', 'Remark ('], ['See it (now)', 'Veja (agora'], ['[a](b)', '[a] b)'], ['say "no"', 'diga "não'], ['Cut', 'Cut “']].filter(([source = '', target = '']) => !isUnbalanced(source, target))).toEqual([]);
    expect([['a) first', 'a) primeiro'], ['See (it)', 'Veja (isso)'], ['5" wide', '5" de largura'], ['Say “no”', 'Diga "não"'], ['smile :)', 'sorria']].filter(([source = '', target = '']) => isUnbalanced(source, target))).toEqual([]);
  });

  it('that open at the end go, unless the source has them', () => {
    expect([withoutDangling('Remark', 'Remark ('), withoutDangling('Cut (now', 'Cortar ('), withoutDangling('Remark', '(')]).toEqual(['Remark', 'Cortar (', '(']);
  });
});

describe('addresses and placeholders', () => {
  it('are found without the punctuation around them', () => {
    expect(fixedTokens('See (https://a.example/b?c=d), me@b.example. or www.c.example!')).toEqual(['https://a.example/b?c=d', 'me@b.example', 'www.c.example']);
    expect(fixedTokens('%s of %1$d in {name} or ${HOME} for save_file, 100% of it')).toEqual(['%s', '%1$d', '{name}', '${HOME}', 'save_file']);
  });

  it('must stand in the translation letter by letter', () => {
    expect(flags('Visit https://a.example/b', 'Visite https://a.example/b')).toEqual([]);
    expect(flags('Visit https://a.example/book', 'Visite https://a.example/livro')).toEqual(['url-changed']);
    expect(flags('Save %s now', 'Salve agora')).toEqual(['url-changed']);
  });
});

describe('loops', () => {
  it('of a word, a group of words or a sign are flagged', () => {
    expect(flags('It is very good', 'É muito muito muito muito muito bom')).toEqual(['repetition-loop']);
    expect(flags('He said so', 'ele disse que ele disse que ele disse que')).toEqual(['repetition-loop']);
    expect(flags('The end', 'O fim --------------')).toEqual(['repetition-loop']);
  });

  it('that the source has as well are not', () => {
    expect(flags('no no no no no', 'não não não não não')).toEqual([]);
    expect(flags('Name: ..............', 'Nome: ..............')).toEqual([]);
    expect(flags('very, very good', 'muito, muito bom')).toEqual([]);
  });
});

describe('text', () => {
  it('that is gone is flagged', () => {
    expect(flags('Hello there', '')).toEqual(['empty-target']);
    expect(flags('Hello there', '...')).toEqual(['empty-target']);
    expect(flags('The committee met on Tuesday and decided to close the old school.', 'A comissão.')).toEqual(['text-lost']);
    expect(flags('byte', 'A dedo do alegr', true)).toEqual(['text-lost']);
    expect(checkTranslation({ source: 'Free of charge', target: 'Crianças', truncated: false, lostLetters: 12 })).toEqual(['text-lost']);
  });

  it('that is short by its script is not', () => {
    expect(flags('The committee met on Tuesday and decided to close the old school.', '委员会周二开会决定关闭旧学校。')).toEqual([]);
  });

  it('that is still the source is flagged, names and code are not', () => {
    expect(flags('Failed to register service', 'Failed to register service')).toEqual(['target-is-source']);
    for (const text of ['New York Times', 'Hotel Berlin', 'src/lib.rs, my_file and com.example.app', '42', '']) expect([text, flags(text, text)]).toEqual([text, []]);
  });
});
