import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { badWords } from './bad-words.ts';
import { forbiddenText } from './forbidden-text.ts';
import { forcedBos, forcedEos } from './forced-tokens.ts';
import type { LogitsProcessor } from './logits-processor.ts';
import { minLength } from './min-length.ts';
import { noRepeatNgram } from './no-repeat-ngram.ts';
import { prefixText } from './prefix-text.ts';
import { renormalize } from './renormalize.ts';
import { repetitionPenalty } from './repetition-penalty.ts';
import { suppressTokens } from './suppress-tokens.ts';
import { TokenSurfaces } from './text-state.ts';

const NO = -Infinity;

function after(processor: LogitsProcessor, scores: readonly number[], tokens: readonly number[]): number[] {
  const changed = Float32Array.from(scores);
  processor.process(changed, tokens);
  return [...changed];
}
const banned = (processor: LogitsProcessor, size: number, tokens: readonly number[]): number[] => after(processor, new Array<number>(size).fill(1), tokens).flatMap((score, id) => (score === NO ? [id] : []));

test('repetition: negative scores times the penalty, positive ones divided, each token once', () => {
  expect(after(repetitionPenalty(2), [-1, 4, 3, -3], [0, 1, 1, 0])).toEqual([-2, 2, 3, -3]);
});

test('no n-gram twice', () => {
  expect(banned(noRepeatNgram(2), 5, [1, 2, 3, 1])).toEqual([2]);
  expect(banned(noRepeatNgram(3), 5, [1, 2, 3, 1, 2, 4, 1, 2])).toEqual([3, 4]);
  expect(banned(noRepeatNgram(1), 5, [1, 3])).toEqual([1, 3]);
  expect(banned(noRepeatNgram(3), 5, [1])).toEqual([]);
});

test('no n-gram twice: what may be said never makes one', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), (size, tokens) => {
    const grams = (list: readonly number[]): string[] => Array.from({ length: Math.max(0, list.length - size + 1) }, (_, i) => list.slice(i, i + size).join());
    const known = new Set(grams(tokens));
    const makes = [0, 1, 2, 3].filter((id) => tokens.length + 1 >= size && known.has([...tokens, id].slice(-size).join()));
    expect(banned(noRepeatNgram(size), 4, tokens)).toEqual(makes);
  }), { seed: 3 });
});

test('bad words: single tokens always, sequences where they have begun, EOS alone never', () => {
  const rule = badWords([[3], [1, 2], [0]], [0]);
  expect(banned(rule, 5, [4, 4])).toEqual([3]);
  expect(banned(rule, 5, [4, 1])).toEqual([2, 3]);
});

test('length: no end before the minimum, nothing but the end at the maximum', () => {
  expect(banned(minLength(3, [0, 2]), 4, [1, 1])).toEqual([0, 2]);
  expect(banned(minLength(3, [0, 2]), 4, [1, 1, 1])).toEqual([]);
  expect(after(forcedEos([2], 4), [5, 6, 7], [1, 1, 1])).toEqual([NO, NO, 0]);
  expect(after(forcedEos([2], 4), [5, 6, 7], [1, 1])).toEqual([5, 6, 7]);
  expect(after(forcedBos(1), [5, 6, 7], [2])).toEqual([NO, 0, NO]);
  expect(after(forcedBos(1), [5, 6, 7], [2, 1])).toEqual([5, 6, 7]);
});

test('suppressed tokens, always or at one place; ids beyond the vocabulary are nothing', () => {
  expect(banned(suppressTokens([1, 9]), 3, [0])).toEqual([1]);
  expect(banned(suppressTokens([1], 2), 3, [0])).toEqual([]);
  expect(banned(suppressTokens([1], 2), 3, [0, 0])).toEqual([1]);
});

test('renormalized scores are log-probabilities again, banned tokens stay banned', () => {
  const scores = after(renormalize, [Math.log(1), NO, Math.log(3)], [0]);
  expect(scores.map((score) => Math.round(Math.exp(score) * 1e4) / 1e4)).toEqual([0.25, 0, 0.75]);
});

describe('rules about text', () => {
  const spelled = ['', ' a', ' ab', 'b', 'c', 'bc', ' ', 'ä', ' abc'];
  const surfaces = new TokenSurfaces(spelled.map((text) => Buffer.from(text)));

  test('a forbidden text is banned where a token would complete it, however it is cut', () => {
    const rule = forbiddenText(['abc'], surfaces, 1);
    expect(banned(rule, 9, [0])).toEqual([8]);
    expect(banned(rule, 9, [0, 1])).toEqual([5, 8]);
    expect(banned(rule, 9, [0, 1, 3])).toEqual([4, 8]);
    expect(banned(rule, 9, [0, 2])).toEqual([4, 8]);
  });

  test('no output that the rule allows holds the text', () => {
    fc.assert(fc.property(fc.constantFrom('abc', 'b', ' a a', 'ab', 'cä'), fc.array(fc.nat(8), { maxLength: 12 }), (text, wanted) => {
      const rule = forbiddenText([text], surfaces, 0);
      const tokens: number[] = [];
      for (const id of wanted) if (!banned(rule, 9, tokens).includes(id)) tokens.push(id);
      expect(tokens.map((id) => spelled[id]).join('')).not.toContain(text);
    }), { seed: 4 });
  });

  test('a prefix is spelled by any tokens, the last of which may reach beyond it', () => {
    const rule = prefixText(' ab', surfaces, 1);
    if (rule === null) throw new Error('these tokens can spell it');
    const allowed = (tokens: readonly number[]): number[] => Array.from({ length: 9 }, (_, id) => id).filter((id) => !banned(rule, 9, tokens).includes(id));
    expect(allowed([0])).toEqual([1, 2, 8]);
    expect(allowed([0, 1])).toEqual([3, 5]);
    expect(allowed([0, 2])).toHaveLength(9);
  });

  test('a way into the prefix that leads nowhere is not taken, and no way at all is told', () => {
    // ' a' could begin ' aä', but only 'ä' goes on; nothing spells 'x'.
    expect(prefixText(' ax', surfaces, 1)).toBeNull();
    const rule = prefixText(' aä', surfaces, 1);
    expect(rule === null ? null : banned(rule, 9, [0])).toEqual([0, 2, 3, 4, 5, 6, 7, 8]);
  });
});
