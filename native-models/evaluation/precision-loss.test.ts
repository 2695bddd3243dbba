import { describe, expect, it } from 'vitest';
import { describePrecisionLoss, precisionLoss } from './precision-loss.ts';

const SAME = ['The committee met on Tuesday to close the old school.', 'Nobody came to the meeting of the board.'];

describe('the loss of fewer bits', () => {
  it('is the likeness to float32 where there are no references', () => {
    expect(precisionLoss({ precision: 'int8', lower: SAME, float32: SAME, references: null })).toEqual({ precision: 'int8', sentences: 2, scores: { bleu: 100, chrf: 100 } });
  });

  it('is the difference of the scores of both where there are', () => {
    const loss = precisionLoss({ precision: 'int8', lower: ['x', 'y'], float32: SAME, references: SAME });
    expect(loss).toMatchObject({ float32: { bleu: 100, chrf: 100 }, scores: { bleu: 0 } });
    expect(() => precisionLoss({ precision: 'int8', lower: SAME, float32: SAME, references: ['one'] })).toThrow('2 hypotheses and 1 references');
  });

  it('is told in a line', () => {
    expect(describePrecisionLoss({ precision: 'int8', sentences: 1000, scores: { bleu: 44.9, chrf: 67.15 }, float32: { bleu: 45.1, chrf: 67.1 } }))
      .toBe('int8: 44.90 BLEU (-0.20), 67.15 chrF (+0.05) compared with float32, on 1,000 sentences');
    expect(describePrecisionLoss({ precision: 'float16', sentences: 70, scores: { bleu: 98.5, chrf: 99 } })).toBe('float16: 98.50 BLEU, 99.00 chrF against its own translations in float32, on 70 sentences');
  });
});
