import { expect, test } from 'vitest';
import type { ModelInfo } from '../../../app/contract/shapes/model.ts';
import { firstPair, offeredLanguages } from './languages.ts';

const model = (more: Partial<ModelInfo>): ModelInfo => ({ id: 'm', name: 'm', from: 'en', to: 'pt', architecture: 'marian-student', folder: '/m', bytes: 1, licence: null, source: null, ...more });

test('languages of models are offered beside the usual ones, by name and once', () => {
  const offered = offeredLanguages([model({ from: 'ast', to: 'de' }), model({ from: 'mul', to: 'mul', languages: { from: ['en', 'wo'], to: ['yo'] } }), model({ from: 'und', to: 'und', tasks: ['summarize'] })]);
  expect(offered.filter(({ tag }) => ['ast', 'de', 'wo', 'yo', 'mul', 'und'].includes(tag))).toEqual([{ tag: 'ast', name: 'Asturian' }, { tag: 'de', name: 'German' }, { tag: 'wo', name: 'Wolof' }, { tag: 'yo', name: 'Yoruba' }]);
  expect(offered.map(({ name }) => name)).toEqual([...offered.map(({ name }) => name)].sort((a, b) => a.localeCompare(b, 'en')));
});

test('the first pair is that of a model of one pair', () => {
  expect(firstPair([model({ from: 'und', to: 'und', tasks: ['summarize'] }), model({ from: 'mul', to: 'mul', languages: { from: ['de'], to: ['en', 'fr'] } }), model({ from: 'pt', to: 'en' })])).toEqual({ from: 'pt', to: 'en' });
  expect(firstPair([])).toEqual({ from: 'en', to: 'pt' });
});
