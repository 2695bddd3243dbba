import { describe, expect, it } from 'vitest';
import type { TermEntry } from '../engine/engine.ts';
import { checkTerms, TermBook } from './term-book.ts';

const ENTRIES: readonly TermEntry[] = [
  { sources: ['car', 'cars'], targets: ['viatura', 'viaturas'] },
  { sources: ['automobile'], targets: ['viatura'] },
  { sources: ['operating system'], targets: ['sistema operativo'] },
  { sources: ['system'], targets: ['sistema'] },
  { sources: ['large'], targets: ['amplo', 'ampla', 'amplos', 'amplas'] },
  { sources: ['Blue Sky'], targets: [], doNotTranslate: true },
  { sources: ['nothing'], targets: [' '] },
];
const book = new TermBook(ENTRIES);
const forms = (source: string): (readonly string[])[] => book.occurrencesIn(source).map(({ start, end, forms: allowed }) => [source.slice(start, end), ...allowed.map(({ text }) => text)]);
const missing = (source: string, target: string): string[] => checkTerms(book.occurrencesIn(source), target).unmet.map(({ start, end }) => source.slice(start, end));

describe('terms of a source', () => {
  it('come with their forms: the pair of the form that stands there first, the preferred one else', () => {
    expect(forms('Cars are large.')).toEqual([['Cars', 'viaturas', 'viatura'], ['large', 'amplo', 'ampla', 'amplos', 'amplas']]);
  });
  it('are the longer ones where one is inside another, and never in an address', () => {
    expect(forms('The operating system of https://car.example/system')).toEqual([['operating system', 'sistema operativo']]);
  });
  it('that are not to be translated stay letter by letter', () => {
    expect(book.occurrencesIn('blue sky')).toMatchObject([{ verbatim: true, forms: [{ text: 'blue sky', caseSensitive: true }] }]);
  });
  it('are none without a translation', () => {
    expect(forms('nothing')).toEqual([]);
  });
  it('of two entries with one source allow the forms of both', () => {
    const two = new TermBook([{ sources: ['pump'], targets: ['bomba'] }, { sources: ['Pump', 'pumps'], targets: ['motobomba', 'motobombas'] }]);
    expect(two.occurrencesIn('pump')).toMatchObject([{ forms: [{ text: 'bomba' }, { text: 'motobomba' }, { text: 'motobombas' }] }]);
  });
});

describe('a translation', () => {
  it.each([
    ['has a term in any listed form and case', 'A car.', 'Viaturas.', []],
    ['lacks a term in a form that is not listed', 'A car.', 'Um carro.', ['car']],
    ['lacks a term that is only part of a word', 'A car.', 'Uma fotoviatura.', ['car']],
    ['does not say a short term by a longer one', 'The operating system is a system.', 'O sistema operativo.', ['system']],
    ['says one term once for two that share it', 'A car and an automobile.', 'Uma viatura.', ['automobile']],
    ['may say a repeated term once', 'The car and the car.', 'A viatura e ela.', []],
    ['must keep a name letter by letter', 'Blue Sky', 'blue sky', ['Blue Sky']],
  ])('%s', (_name, source, target, expected) => {
    expect(missing(source, target)).toEqual(expected);
  });

  it('names each further one of a repeated term where that is asked for, told apart by the links', () => {
    const source = 'car, car';
    const occurrences = book.occurrencesIn(source);
    const links = [{ source: [5, 8] as const, target: [7, 14] as const, weight: 1 }];
    expect(checkTerms(occurrences, 'carro, viatura', { each: true, links }).unmet).toEqual([occurrences[0]]);
  });
});
