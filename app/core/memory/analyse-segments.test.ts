import { expect, it } from 'vitest';
import { analyseSegments } from './analyse-segments.ts';
import { TranslationMemory } from './translation-memory.ts';

it('puts every text into one band: repeated, by its best match, or new', async () => {
  const memory = new TranslationMemory();
  memory.add('m', [{ source: 'Press the red button now.', target: 'x' }, { source: 'Look here.', target: 'y' }]);
  const seen = new Set<string>();
  // 100; 99 for the case; 5 of 6 words and signs; 4 of 6; nothing; the first again.
  const texts = ['Look here.', 'LOOK HERE.', 'Press the green button now.', 'Press the green lever now.', 'Something else', 'Look here.'];
  const { signal } = new AbortController(), none = { segments: 0, words: 0, characters: 0 };
  expect(await analyseSegments(texts, memory, seen, signal)).toEqual({
    repetition: { segments: 1, words: 2, characters: 9 }, '100': { segments: 1, words: 2, characters: 9 }, '95-99': { segments: 1, words: 2, characters: 9 }, '85-94': none,
    '75-84': { segments: 1, words: 5, characters: 23 }, '50-74': { segments: 1, words: 5, characters: 22 }, new: { segments: 1, words: 2, characters: 13 },
  });
  // What another file said is repeated, too.
  expect((await analyseSegments(['Something else'], memory, seen, signal)).repetition.segments).toBe(1);
});

it('stops between two texts when it is cancelled', async () => {
  const stop = new AbortController(), seen = new Set<string>();
  // Heard in the turn that others have after the first text.
  setImmediate(() => { setImmediate(() => { stop.abort(new Error('Ctrl-C')); }); });
  await expect(analyseSegments(Array.from({ length: 1000 }, (_, i) => `Text ${i}`), new TranslationMemory(), seen, stop.signal)).rejects.toThrow('Ctrl-C');
  expect(seen.size).toBeLessThan(10);
});
