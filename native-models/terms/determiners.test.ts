import { describe, expect, it } from 'vitest';
import { chooseDeterminer, type Determiner, determinerOf, mayChange } from './determiners.ts';
import { checkTerms, TermBook } from './term-book.ts';
import { writeTerms } from './write-terms.ts';

const BOOK = new TermBook([{ sources: ['car', 'cars'], targets: ['viatura', 'viaturas'] }, { sources: ['Paris'], targets: [], doNotTranslate: true }]);

/** `links`: pairs of words, each at its first place. */
function determiner(source: string, target: string, pairs: string): Determiner | null {
  const links = pairs.split(' ').map((pair) => {
    const [from = '', to = ''] = pair.split('>');
    const [s, t] = [source.indexOf(from), target.indexOf(to)];
    return { source: [s, s + from.length] as const, target: [t, t + to.length] as const, weight: 1 };
  });
  const occurrences = BOOK.occurrencesIn(source);
  const { met, unmet } = checkTerms(occurrences, target);
  const written = writeTerms(source, { text: target, links }, unmet, met);
  const [term] = written.terms;
  return term === undefined ? null : determinerOf(source, written, term);
}

describe('the determiner of a term', () => {
  it('is the small word before it, asked for with the words of the source', () => {
    expect(determiner('near the car', 'perto do carro', 'near>perto the>do car>carro')).toEqual({ start: 6, end: 8, word: 'do', source: 'the car', lead: '', rest: 'viatura', restBefore: 'carro' });
  });
  it('may have an adjective behind it', () => {
    expect(determiner('a fast red car', 'um rápido carro vermelho', 'a>um fast>rápido red>vermelho car>carro')).toMatchObject({ word: 'um', source: 'a fast red car', rest: 'rápido viatura', restBefore: 'rápido carro' });
  });
  it('is asked for with the word before it where the source has none', () => {
    expect(determiner('see cars', 'ver os carros', 'see>ver cars>os cars>carros')).toMatchObject({ word: 'os', source: 'see cars', lead: 'ver', rest: 'viaturas' });
  });
  it.each([
    ['a long word', 'our cars', 'nossos carros', 'our>nossos cars>carros'],
    ['a sign', 'Oh, cars', 'Ah, carros', 'Oh>Ah cars>carros'],
    ['nothing', 'cars', 'carros', 'cars>carros'],
  ])('is not %s', (_name, source, target, pairs) => {
    expect(determiner(source, target, pairs)).toBeNull();
  });
  it('is of no interest before a name that stays', () => {
    expect(determiner('in Paris', 'na París', 'in>na Paris>París')).toBeNull();
  });
});

describe('a determiner changes', () => {
  const the = (word: string): Determiner => ({ start: 0, end: word.length, word, source: 'the car', lead: '', rest: 'viatura', restBefore: 'carro' });
  const scores = (list: string) => list.split(' ').map((item) => ({ word: item.replace(/-.*/, ''), score: Number(item.replace(/^[^-]*/, '')) }));

  it.each([
    ['where the preference of the model does', 'o', 'a-21.5 o-23.3 do-24.5', 'o-0.3 do-3 a-9', 'a'],
    ['in its own letter case', 'O', 'A-16.9 O-21 o-28', 'O-0.1 A-9', 'A'],
    ['to a form of its own kind, though another is more probable', 'do', 'a-7.9 da-9 do-17', 'o-0.2 do-1 da-12', 'da'],
    ['not, where the model prefers another to the old word as well', 'no', 'do-8 na-14 no-11', 'do-1 no-3 na-12', 'no'],
    ['not to a word that goes with both', 'da', 'de-8 da-11', 'da-0.6 de-1.8', 'da'],
    ['not for a small difference', 'o', 'a-5 o-5.5', 'o-1 a-9', 'o'],
    ['not to another word', 'são', 'as-6 são-9', 'são-1 as-9', 'são'],
    ['not without an answer', 'o', '', '', 'o'],
  ])('%s', (_name, word, choices, controls, expected) => {
    expect(chooseDeterminer(the(word), choices === '' ? [] : scores(choices), controls === '' ? [] : scores(controls))).toBe(expected);
  });

  it('perhaps, before it is known what the model prefers with the old word', () => {
    expect([mayChange(the('o'), scores('a-21.5 o-23.3')), mayChange(the('o'), scores('o-1 a-3'))]).toEqual([true, false]);
  });
});
