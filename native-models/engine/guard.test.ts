import { describe, expect, it } from 'vitest';
import type { TranslationFlag } from './engine.ts';
import { checkTranslation, isUnbalanced, withoutDangling } from './guard.ts';

const flags = (source: string, target: string, truncated = false): TranslationFlag[] => checkTranslation({ source, target, truncated });

describe('numbers', () => {
  it('that are changed or may only be written otherwise are told apart', () => {
    expect(flags('Step 3 of 12', 'Passo 4 de 12')).toEqual(['number-changed']);
    expect(flags('the 18th century', 'o século XVIII')).toEqual(['number-rewritten']);
    expect(flags('Step 3 of 12', 'Passo 3 de 12')).toEqual([]);
  });

  it('in an address are looked for there', () => {
    expect(flags('See https://a.example/v2', 'Veja https://a.example/v2')).toEqual([]);
    expect(flags('See https://a.example/v2', 'Veja a 2')).toEqual(['url-changed']);
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
  it('must stand in the translation letter by letter', () => {
    expect(flags('Visit https://a.example/b', 'Visite https://a.example/b')).toEqual([]);
    expect(flags('Visit https://a.example/book', 'Visite https://a.example/livro')).toEqual(['url-changed']);
    expect(flags('Write to me@a.example', 'Escreva para mim@a.example')).toEqual(['url-changed']);
    expect(flags('Save %s now', 'Salve agora')).toEqual(['identifier-changed']);
    expect(flags('Call getName', 'Chame getNome')).toEqual(['identifier-changed']);
  });
});

describe('loops', () => {
  it('of a word, a group of words or a sign are flagged', () => {
    expect(flags('It is very good', 'É muito muito muito muito muito bom')).toEqual(['repetition-loop']);
    expect(flags('He said so', 'ele disse que ele disse que ele disse que')).toEqual(['repetition-loop']);
    expect(flags('The end', 'O fim --------------')).toEqual(['repetition-loop']);
    // Twelve of one sign are a loop.
    expect([flags('The end', `O fim ${'-'.repeat(12)}`), flags('The end', `O fim ${'-'.repeat(11)}`)]).toEqual([['repetition-loop'], []]);
    // What was cut off in a loop is a loop, and no loss besides.
    expect(flags('It is very good', 'É muito muito muito muito muito', true)).toEqual(['repetition-loop']);
  });

  it('that the source has as well are not', () => {
    expect(flags('no no no no no', 'não não não não não')).toEqual([]);
    expect(flags('Name: ..............', 'Nome: ..............')).toEqual([]);
    // Up to twice as many signs as in the source.
    expect([flags('Name: ........', `Nome: ${'.'.repeat(16)}`), flags('Name: ........', `Nome: ${'.'.repeat(17)}`)]).toEqual([[], ['repetition-loop']]);
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
    expect(flags('Failed to register service.', 'failed to register Service')).toEqual(['target-is-source']);
    expect(flags('Please close all the windows before you begin with the next step, then wait.', 'Por favor, all the windows before you begin with the next step e espere.')).toEqual(['target-is-source']);
    // Eight ordinary words in a row.
    expect(flags('Now close all the windows before you begin here.', 'Agora close all the windows before you begin here.')).toEqual(['target-is-source']);
    expect(flags('Now close all the windows before you begin.', 'Agora close all the windows before you begin.')).toEqual([]);
    expect(flags('Ana Silva met Rui Costa at Hotel Avenida Palace', 'Ana Silva met Rui Costa at Hotel Avenida Palace')).toEqual([]);
    for (const text of ['New York Times', 'Hotel Berlin', 'src/lib.rs, my_file and com.example.app', '42', '']) expect([text, flags(text, text)]).toEqual([text, []]);
  });
});

describe('a line of very many', () => {
  // What reads a text anew for each of its words, numbers or names takes minutes for each of these.
  it.each([
    ['numbers', '1 '.repeat(30_000)],
    ['percents', '5% '.repeat(20_000)],
    ['one word', 'same '.repeat(20_000)],
    ['full stops', `${'a.b.'.repeat(25_000)} x.${'x.'.repeat(25_000)}`],
    ['names', Array.from({ length: 5000 }, (_, i) => `name_${i}`).join(' ')],
    ['openings', '${'.repeat(30_000)],
  ])('%s is looked at, too', (_, text) => {
    expect(flags(text, text)).not.toContain('number-changed');
    expect(flags(`${text} 77 end`, `${text} 78 end`)).toContain('number-changed');
  });
});
