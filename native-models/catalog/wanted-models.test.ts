import { expect, test } from 'vitest';
import type { ModelDescription } from '../engine/engine.ts';
import { adviceForPair, wantedModels } from './wanted-models.ts';

const model = (from: string, to: string): ModelDescription => ({ id: `${from}${to}`, name: '', from, to, architecture: 'marian-student', folder: `/${from}${to}`, bytes: 1, licence: null, source: null });

test('a pair is served by a model of its own, or by way of English', () => {
  const wanted = wantedModels([model('de', 'en'), model('en', 'pt')], { from: 'de', to: 'fr' });
  expect(wanted).toEqual({ direct: { from: 'de', to: 'fr', installed: false }, chain: [{ from: 'de', to: 'en', installed: true }, { from: 'en', to: 'fr', installed: false }] });
  expect(adviceForPair(wanted)).toBe('Get a model for German to French from the catalogue, or import the folder of one. Where none is published, English serves as a bridge: English to French (German to English is there).');
  expect(adviceForPair(wantedModels([], { from: 'de', to: 'pt-BR' }))).toContain('bridge: German to English and English to Brazilian Portuguese.');
});

test('no bridge from or to English itself, nor into the same language', () => {
  for (const pair of [{ from: 'en-US', to: 'fr' }, { from: 'fr', to: 'en-GB' }, { from: 'pt', to: 'pt-BR' }]) expect(wantedModels([], pair).chain).toEqual([]);
  expect(adviceForPair(wantedModels([], { from: 'en', to: 'fr' }))).toBe('Get a model for English to French from the catalogue, or import the folder of one.');
});
