import { expect, test } from 'vitest';
import { TermRules } from './term-rules.ts';

const rules = new TermRules([
  { sources: ['pump', 'pumps'], targets: ['bomba', 'bombas'] },
  { sources: ['water pump'], targets: ["bomba d'água"], forbidden: ['bomba'] },
  { sources: ['file'], targets: [], forbidden: ['ficheiro', 'ficheiros'] },
  { sources: ['Blue Sky'], targets: [], doNotTranslate: true },
]);

test('places are whole words, the longer term before those inside it', () => {
  const text = 'The water pump and two pumps, not pumping.';
  expect(rules.placesIn(text).map(({ start, end, entries }) => [text.slice(start, end), entries.length])).toEqual([['water pump', 1], ['pumps', 1]]);
});

test('what binds in texts is what stands in them, without what is only forbidden', () => {
  expect(rules.bindingIn(['A file of Blue Sky.', 'Blue Sky pumps.', 'Nothing.']).map(({ sources }) => sources[0])).toEqual(['Blue Sky', 'pump']);
});

test('a translation lacks a term, or says what is forbidden; a forbidden form inside an allowed one is none', () => {
  expect(rules.check('Open the water pump.', "Abra a bomba d'água.")).toEqual({ missing: [], forbidden: [] });
  expect(rules.check('Open the water pump.', 'Abra a bomba.')).toEqual({ missing: [{ term: 'water pump', forms: ["bomba d'água"] }], forbidden: [{ term: 'water pump', form: 'bomba' }] });
  expect(rules.check('The files of Blue Sky.', 'Os ficheiros da Blue Sky.')).toEqual({ missing: [], forbidden: [] });
  expect(rules.check('The file of Blue Sky.', 'O Ficheiro, o ficheiro do Céu Azul.')).toEqual({
    missing: [{ term: 'Blue Sky', forms: ['Blue Sky'] }], forbidden: [{ term: 'file', form: 'Ficheiro' }, { term: 'file', form: 'ficheiro' }],
  });
  expect(rules.check('Nothing of it.', 'O ficheiro.')).toEqual({ missing: [], forbidden: [] });
});
