/** A number of the source is in the translation, or the segment is flagged: with the default English-Portuguese student. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultStudent } from '../weights/testing/default-students.ts';
import type { Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { NUMBER_SHAPES, type PlantedNumber, sentenceWith, standsIn } from './testing/number-shapes.ts';

const STUDENT = defaultStudent('enpt');

/** Each with places for numbers. */
const FRAMES = [
  'The report says that % people live in the old town.', 'On page % of the manual you will find the list of the % parts.', 'The price rose by % last year and fell by % this year.',
  'Please add % of water, then wait for % minutes.', 'The train to Lisbon leaves at % from platform %.', 'About % of the users answered, % of them by mail and % by phone.',
  'Set the value to % and press the button.', 'The temperature fell to % during the night.', 'Room % costs % a night for % guests.', '% of them', 'Chapter %: numbers from % to %',
];

describe.skipIf(STUDENT === null)('numbers with the default model, which must be installed', () => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'bitext-numbers-'));
  const engine = createOnnxEngine({ modelDirs: [STUDENT ?? ''], cacheDir, threads: 1 });
  afterAll(async () => {
    await engine.close();
    rmSync(cacheDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('are all there, or the translation is flagged', async () => {
    const planted = fc.sample(fc.tuple(fc.constantFrom(...FRAMES, null), fc.array(fc.tuple(fc.constantFrom(...NUMBER_SHAPES), fc.oneof(fc.nat(30), fc.nat(9999), fc.nat(99_999_999))), { minLength: 3, maxLength: 3 })), { numRuns: 300, seed: 42 })
      .map(([frame, numbers]) => {
        const written = numbers.map(([shape, value]) => shape(value));
        const used: PlantedNumber[] = [];
        const next = (): string => { const number = written[used.length]; if (number) used.push(number); return number?.text ?? ''; };
        const text = frame === null ? sentenceWith([next(), next()], 'en') : frame.replaceAll('%', next);
        return { text, digits: used.flatMap(({ digits }) => digits) };
      });
    const translations: Translation[] = [];
    await engine.translate({ from: 'en', to: 'pt', texts: planted.map(({ text }) => text), priority: 'batch', alignment: false }, {
      onBatch: ({ indices, translations: got }) => indices.forEach((index, i) => { const one = got[i]; if (one !== undefined) translations[index] = one; }),
    });
    const silent = planted.flatMap(({ text, digits }, i) => {
      const { text: target = '', flags = [] } = translations[i] ?? {};
      return standsIn(digits, target) || flags.some((flag) => flag.startsWith('number-')) ? [] : [`${text} => ${target}`];
    });
    expect(silent).toEqual([]);
    // Second tries bring most of them back.
    expect(translations.filter(({ flags }) => flags.includes('number-changed')).length).toBeLessThan(10);
  });
});
