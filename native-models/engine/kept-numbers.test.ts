import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptNumbers } from './kept-numbers.ts';
import { NUMBER_SHAPES, sentenceWith, standsIn } from './testing/number-shapes.ts';

const verdicts = (pairs: readonly (readonly [string, string])[]): unknown[] => pairs.map(([source, target]) => [source, target, keptNumbers(source, target)]);
const all = (pairs: readonly (readonly [string, string])[], verdict: string): unknown[] => pairs.map(([source, target]) => [source, target, verdict]);

describe('numbers of a translation', () => {
  it('are kept whatever their separators and their order', () => {
    const pairs = [
      ['It cost 1,234.50 dollars', 'Custou 1.234,50 dólares'], ['1,000,000 people', '1 000 000 de pessoas'], ['from 5 to 10', 'de 5 a 10'],
      ['10 of 20', 'de 20, 10'], ['in 2008 400 people', '400 pessoas em 2008'], ['at 10:30', 'às 10h30'], ['on 22.11.2026', 'em 22/11/2026'],
    ] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'kept'));
  });

  it('are kept in the digits of another script', () => {
    const pairs = [['١٢٣٤ كتاب', '1234 livros'], ['42 books', '४२ किताबें'], ['１，２３４円', '1.234 ienes'], ['١٬٢٣٤٫٥', '1,234.5'], ['5 m²', '5 m2']] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'kept'));
  });

  it('may be written otherwise', () => {
    const pairs = [
      ['the 18th century', 'o século XVIII'], ['about 100,000 people', 'cerca de 100 mil pessoas'], ['the 1990s', 'os anos 90'],
      ['chapter 3 of it', 'o terceiro capítulo'], ['until 4:00 pm', 'até às 16:00'], ['until 5 p.m.', 'até às 17 horas'], ['at -5 degrees', 'a 5 graus negativos'], ['10² m', '102 m'],
    ] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'rewritten'));
  });

  it('are changed when digits are lost or others', () => {
    const pairs = [
      ['800 km (500 mi) wide', '800 km de largura'], ['783,562 km', '733.562 km'], ['Step 3', 'Passo 4'], ['in 1984', 'em 1948'], ['0% from 2331.1.0 on', '0%0 a partir de 2331.1.00'], ['the 18th century', 'o século XIX'], ['until 4:00', 'até às 16:00'],
      ['5 of 12', '51 de 2'], ['١٢٣', '124'],
    ] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'changed'));
  });

  it('are changed when their sign or percent is', () => {
    const pairs = [['at -5 °C', 'a 5 °C'], ['at 5 °C', 'a -5 °C'], ['about 20% of it', 'cerca de 20 disso']] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'changed'));
    const kept = [['at −5 °C', 'a -5 °C'], ['-$5', '-US$ 5'], ['20% of it', '20 por cento disso'], ['5-10 people', '5 a 10 pessoas'], ['COVID-19', 'a covid 19']] as const;
    expect(verdicts(kept)).toEqual(all(kept, 'kept'));
  });
});

describe('separators of a number', () => {
  it('may be those of another language', () => {
    const pairs = [
      ['1,234.56', '1.234,56'], ['1,234.56', '1 234,56'], ['1,234.56', '1\u00a0234,56'], ['1,234.56', '1234,56'], ['1,234,567', '1.234.567'], ['1,234,567', '1234567'], ['12500', '12.500'],
      ['1234.5', '1.234,5'], ['12,50,000', '1.250.000'], ['1.5', '1,5'], ['0.125', '0,125'], ['1.2.3', '1.2.3'], ['10:30', '10.30'], ["1'234.50", '1.234,50'],
    ] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'kept'));
  });

  it('may not make another number', () => {
    const pairs = [['1,234.56', '1.234.56'], ['1,234.56', '1,234,56'], ['1,234,567', '1.234,567'], ['1.5', '15'], ['12.50', '1250'], ['1234.5', '1,234,5'], ['1,234.567', '1234567']] as const;
    expect(verdicts(pairs)).toEqual(all(pairs, 'changed'));
  });
});

describe('a number of the source', () => {
  const shape = fc.constantFrom(...NUMBER_SHAPES);
  const value = fc.oneof(fc.nat(30), fc.nat(9999), fc.nat(99_999_999));
  const numbers = fc.array(fc.tuple(shape, value), { minLength: 1, maxLength: 4 });
  /** What a model may do to a number. */
  const damage = fc.constantFrom<(text: string) => string>(
    (text) => text, (text) => text, () => '', () => 'três', () => 'XV', (text) => text.replace(/\p{Nd}/u, '7'), (text) => text.replace(/\p{Nd}$/u, ''), (text) => `${text}0`, (text) => `1${text}`,
    (text) => text.replace(/(\p{Nd})(.*?)(\p{Nd})/u, '$3$2$1'), (text) => text.replace(/[.,:'’ ]/g, ''), (text) => text.replace(/[.]/g, ','), (text) => text.replace(/,/g, '.'),
    (text) => text.replace(/(\p{Nd})(\p{Nd})/u, '$1 $2'), (text) => text.replace(/(\p{Nd})(\p{Nd})/u, '$1.$2'), (text) => text.replace(/000$/, ' mil'), (text) => text.split('').reverse().join(''),
  );

  it('is in the translation, or the translation is flagged, whatever the model does', () => {
    fc.assert(fc.property(numbers, fc.array(damage, { minLength: 4, maxLength: 4 }), fc.nat(3), (given, damages, turn) => {
      const written = given.map(([form, of]) => form(of));
      const source = sentenceWith(written.map(({ text }) => text), 'en');
      const damaged = written.map(({ text }, i) => damages[i]?.(text) ?? text);
      const target = sentenceWith([...damaged.slice(turn % damaged.length), ...damaged.slice(0, turn % damaged.length)], 'pt');
      if (keptNumbers(source, target) !== 'kept') return;
      expect(standsIn(written.flatMap(({ digits }) => digits), target)).toBe(true);
    }), { numRuns: 5000 });
  });

  it('is found when nothing was done to it', () => {
    fc.assert(fc.property(numbers, (given) => {
      const written = given.map(([form, of]) => form(of).text);
      expect(keptNumbers(sentenceWith(written, 'en'), sentenceWith(written, 'pt'))).toBe('kept');
    }), { numRuns: 2000 });
  });

  it('without its decimal mark is another one', () => {
    fc.assert(fc.property(fc.nat(9999), fc.constantFrom('1', '25', '5', '75', '1234'), fc.constantFrom('.', ','), (whole, decimals, mark) => {
      expect(keptNumbers(`${whole}${mark}${decimals} EUR`, `${whole}${decimals} EUR`)).toBe('changed');
    }));
  });
});
