import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Runs } from '../../../app/contract/shapes/text.ts';
import { TagAlphabet } from './tag-alphabet.ts';

test('a tag is one code point, and the same tag is the same one', () => {
  const alphabet = new TagAlphabet();
  const text = alphabet.encode([{ tag: 1, kind: 'open' }, 'Force majeure.', { tag: 1, kind: 'close' }, ' x ', { tag: 1, kind: 'open' }]);
  expect([...text]).toEqual(['\u{100000}', ...'Force majeure.', '\u{100001}', ' ', 'x', ' ', '\u{100000}']);
  expect(alphabet.slotOf('\u{100001}')).toEqual({ tag: 1, kind: 'close' });
  expect(alphabet.slotOf('F')).toBeUndefined();
});

test('characters of the private-use plane in the text itself come back as they were', () => {
  const alphabet = new TagAlphabet();
  const runs: Runs = ['a\u{100000}b', { tag: 7, kind: 'empty' }, '\u{10FFFD}'];
  expect(alphabet.decode(alphabet.encode(runs))).toEqual(runs);
});

test('half a code point is dropped and the rest of the text stays', () => {
  const alphabet = new TagAlphabet();
  const text = alphabet.encode([{ tag: 1, kind: 'empty' }, 'rest']);
  expect(alphabet.decode(`${text.charAt(0)}${text.slice(2)}`)).toEqual(['rest']);
});

test('every normal run list comes back exactly', () => {
  const tag = fc.record({ tag: fc.integer({ min: 1, max: 100_000 }), kind: fc.constantFrom('open' as const, 'close' as const, 'empty' as const) });
  const text = fc.string({ unit: fc.oneof(fc.constantFrom('\u{100000}', '\u{10F123}', '\n', '\r\n', '\u00a0', '\u200b', 'é', '😀'), fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' })), minLength: 1, maxLength: 6 });
  const normal = fc.array(fc.oneof(tag, text), { maxLength: 12 }).map((runs) => runs.filter((run, i) => typeof run !== 'string' || typeof runs[i - 1] !== 'string'));
  fc.assert(fc.property(normal, (runs) => {
    const alphabet = new TagAlphabet();
    expect(alphabet.decode(alphabet.encode(runs))).toEqual(runs);
  }));
});
