import { describe, expect, it } from 'vitest';
import type { WordLink } from '../alignment/word-links.ts';
import type { TermEntry } from '../engine/engine.ts';
import { checkTerms, TermBook } from './term-book.ts';
import { writeTerms } from './write-terms.ts';

/** Links between words by their texts, each the next time that it comes: `car>carro`. */
function linked(source: string, target: string, pairs: string): WordLink[] {
  return pairs.split(' ').map((pair) => {
    const [from = '', to = '', weight = '1'] = pair.split('>');
    const [start, there] = [source.indexOf(from), target.indexOf(to)];
    if (start < 0 || there < 0) throw new Error(`no ${pair}`);
    return { source: [start, start + from.length], target: [there, there + to.length], weight: Number(weight) };
  });
}

function written(source: string, target: string, pairs: string, entries: readonly TermEntry[]): string {
  const links = linked(source, target, pairs);
  const { met, unmet } = checkTerms(new TermBook(entries).occurrencesIn(source), target, { each: true, links });
  return writeTerms(source, { text: target, links }, unmet, met).text;
}

const CAR: TermEntry = { sources: ['car', 'cars'], targets: ['viatura', 'viaturas'] };

describe('a term is written', () => {
  it.each([
    ['in the place of the word that is linked to it', 'the red car', 'o carro vermelho', 'the>o red>vermelho car>carro', [CAR], 'o viatura vermelho'],
    ['where attention strays to a neighbour that has a word of its own', 'new cars', 'carros novos', 'new>carros>0.6 cars>carros>0.4 new>novos>0.9', [CAR], 'viaturas novos'],
    ['for several words', 'a health care system', 'um sistema de saúde', 'a>um system>sistema health>saúde care>saúde>0.4', [{ sources: ['health care system'], targets: ['rede sanitária'] }], 'um rede sanitária'],
    ['of several words, with a hyphen between', 'the premier', 'o primeiro-ministro', 'the>o premier>primeiro>0.5 premier>ministro', [{ sources: ['premier'], targets: ['chefe do governo'] }], 'o chefe do governo'],
    ['without the article that the source has no word for', 'Scientists work', 'Os cientistas trabalham', 'Scientists>Os>0.5 Scientists>cientistas work>trabalham', [{ sources: ['scientists'], targets: ['investigadores'] }], 'Os investigadores trabalham'],
    ['without a word that looks at it but stands for another', 'no activity', 'nenhuma atividade', 'activity>nenhuma>0.4 activity>atividade', [{ sources: ['activity'], targets: ['ação'] }], 'nenhuma ação'],
    ['with a capital at the start', 'Cars stop', 'Carros param', 'Cars>Carros stop>param', [CAR], 'Viaturas param'],
    ['in capitals', 'STOP THE CAR', 'PARE O CARRO', 'STOP>PARE THE>O CAR>CARRO', [CAR], 'PARE O VIATURA'],
    ['as it is listed, where that has capitals of its own', 'THE PUMP', 'A BOMBA', 'THE>A PUMP>BOMBA', [{ sources: ['pump'], targets: ['iPump'] }], 'A iPump'],
    ['letter by letter, where it is not to be translated', 'in Hong Kong', 'em Hong-Kong', 'in>em Hong>Hong Kong>Kong', [{ sources: ['Hong Kong'], targets: [], doNotTranslate: true }], 'em Hong Kong'],
    ['in the form that ends like the word before', 'a large house', 'uma casa espaçosa', 'a>uma large>espaçosa house>casa', [{ sources: ['large'], targets: ['amplo', 'ampla'] }], 'uma casa ampla'],
    ['not in a synonym that ends alike', 'a house', 'uma casa', 'a>uma house>casa', [{ sources: ['house'], targets: ['domicílio', 'moradia'] }], 'uma domicílio'],
    ['after what stands before it, when no word is linked to it', 'the car stops', 'ela para', 'the>ela stops>para', [CAR], 'ela viatura para'],
    ['beside another that is there already', 'car or cars', 'viatura ou carros', 'car>viatura or>ou cars>carros', [CAR], 'viatura ou viaturas'],
  ])('%s', (_name, source, target, pairs, entries, expected) => {
    expect(written(source, target, pairs, entries)).toBe(expected);
  });

  it('twice, in the order of the translation, and the links go with the words', () => {
    const source = 'car and house now', target = 'casa e carro já';
    const links = linked(source, target, 'house>casa and>e car>carro now>já');
    const { met, unmet } = checkTerms(new TermBook([CAR, { sources: ['house'], targets: ['moradia'] }]).occurrencesIn(source), target, { each: true, links });
    const { text, links: moved, terms } = writeTerms(source, { text: target, links }, unmet, met);
    expect(text).toBe('moradia e viatura já');
    expect(moved.map((link) => [source.slice(...link.source), text.slice(...link.target)])).toEqual([['house', 'moradia'], ['and', 'e'], ['car', 'viatura'], ['now', 'já']]);
    expect(terms.map(({ start, end, replaced }) => [text.slice(start, end), replaced])).toEqual([['moradia', 'casa'], ['viatura', 'carro']]);
  });
});
