import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Runs, Tag } from '../../contract/shapes/text.ts';
import type { Unit } from '../formats/format.ts';
import { openSentenceRules } from '../segmentation/srx-rules.ts';
import { cutUnit, joinUnit } from './cut-unit.ts';
import { normalizeRuns } from './runs.ts';

const split = openSentenceRules(fileURLToPath(new URL('../../../resources', import.meta.url)));
const tag = (n: number, label = 'b', equivalent?: string): Tag => ({ tag: n, label, open: `<${label}>`, canDelete: true, canCopy: false, ...(equivalent === undefined ? {} : { equivalent }) });
const open = (n: number) => ({ tag: n, kind: 'open' as const });
const close = (n: number) => ({ tag: n, kind: 'close' as const });
const empty = (n: number) => ({ tag: n, kind: 'empty' as const });
const unit = (source: Runs, tags: Tag[] = [], more: Partial<Unit> = {}): Unit => ({ id: 'u', source, tags, role: 'p', segmented: false, ...more });
const cut = (u: Unit) => {
  const { segments, gapAfter } = cutUnit(u, split, 'en');
  return { segments: segments.map(({ gapBefore, source }) => [gapBefore, source]), gapAfter };
};

describe('cutUnit', () => {
  it('keeps white space between sentences out of the segments', () =>
    expect(cut(unit(['  One is here.  Two is there.\n']))).toEqual({ segments: [[['  '], ['One is here.']], [['  '], ['Two is there.']]], gapAfter: ['\n'] }));

  it('gives closing tags to the sentence before and opening ones to the sentence after', () =>
    expect(cut(unit([open(1), 'One is here. ', close(1), open(2), 'Two', close(2), ' is there.'], [tag(1), tag(2, 'i')])))
      .toEqual({ segments: [[[], [open(1), 'One is here. ', close(1)]], [[], [open(2), 'Two', close(2), ' is there.']]], gapAfter: [] }));

  it('leaves a pair open across two sentences', () =>
    expect(cut(unit([open(1), 'One is here. Two is there.', close(1)], [tag(1)])))
      .toEqual({ segments: [[[], [open(1), 'One is here.']], [[' '], ['Two is there.', close(1)]]], gapAfter: [] }));

  it('puts a line break between sentences into the gap and keeps a footnote mark with its sentence', () =>
    expect(cut(unit(['One is here.', empty(1), empty(2), 'Two is there.'], [tag(1, 'footnote'), tag(2, 'br', '\n')])))
      .toEqual({ segments: [[[], ['One is here.', empty(1)]], [[empty(2)], ['Two is there.']]], gapAfter: [] }));

  it('makes no segment of a text without letters and digits, and no piece of one', () => {
    expect(cut(unit(['* * *']))).toEqual({ segments: [], gapAfter: ['* * *'] });
    expect(cutUnit(unit(['a... ! b.']), () => [5, 7], 'en').segments.map(({ source }) => source)).toEqual([['a...'], ['! b.']]);
  });

  it('does not cut what its format has cut, or what is translated already', () => {
    expect(cut(unit(['One. Two. '], [], { segmented: true }))).toEqual({ segments: [[[], ['One. Two.']]], gapAfter: [' '] });
    expect(cutUnit(unit(['One is. Two is.\n'], [], { target: ['Um é. Dois é.\n'] }), split, 'en'))
      .toEqual({ segments: [{ gapBefore: [], source: ['One is. Two is.'], target: ['Um é. Dois é.'] }], gapAfter: ['\n'] });
    expect(cutUnit(unit([' One. '], [], { target: ['Um.'] }), split, 'en'))
      .toEqual({ segments: [{ gapBefore: [], source: [' One. '], target: ['Um.'] }], gapAfter: [] });
  });

  const runs = fc.array(fc.oneof(
    fc.stringMatching(/^[ab .!?\n😀é]{0,12}$/u),
    fc.record({ tag: fc.integer({ min: 1, max: 4 }), kind: fc.constantFrom('open' as const, 'close' as const, 'empty' as const) }),
  ), { maxLength: 14 });
  const tags = [tag(1), tag(2, 'br', '\n'), tag(3, 'tab', '  '), tag(4, 'img')];

  it('joins to the source of the unit exactly, wherever the sentences are said to begin', () => {
    fc.assert(fc.property(runs, fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 8 }), fc.boolean(), (source, starts, segmented) => {
      const u = unit(source, tags, { segmented });
      const result = cutUnit(u, () => [...starts].sort((a, b) => a - b), 'en');
      expect(joinUnit(result)).toEqual(normalizeRuns(source));
      for (const segment of result.segments) expect(segment.source.length).toBeGreaterThan(0);
    }), { numRuns: 2000 });
  });

  it('joins to the translation of the unit exactly', () => {
    fc.assert(fc.property(runs, runs, (source, target) => {
      fc.pre(target.some((run) => run !== ''));
      expect(joinUnit(cutUnit(unit(source, tags, { target }), split, 'en'))).toEqual(normalizeRuns(target));
    }), { numRuns: 2000 });
  });
});
