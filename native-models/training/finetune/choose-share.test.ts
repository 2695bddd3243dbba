import { describe, expect, it } from 'vitest';
import { chooseShare } from './choose-share.ts';

/** Validation pairs are best served at `best`, general text moves with the square of the share. */
const losses = (best: number, moved: number | null, asked: string[] = []) => ({
  validation: (share: number) => { asked.push(`validation ${share}`); return Promise.resolve((share - best) ** 2); },
  general: moved === null ? null : (share: number) => { asked.push(`general ${share}`); return Promise.resolve(moved * share ** 2); },
});

describe('the share of what was learned that is kept', () => {
  it.each([
    ['all, where general text stays and more is better', losses(1.2, 0.01), 1],
    ['the largest that general text allows', losses(1.2, 0.08), 0.7],
    ['less, where the validation pairs are better served', losses(0.9, 0.01), 0.9],
    ['what serves the validation pairs, where there is no general text', losses(0.82, null), 0.8],
    ['the smallest, where general text always moves too far', losses(1, 99), 0.3],
  ])('is %s', async (_, given, share) => {
    expect(await chooseShare(given, 0.05)).toBe(share);
  });

  it('does not measure more than it must', async () => {
    const asked: string[] = [];
    await chooseShare(losses(0.9, 0.055, asked), 0.05);
    expect(asked).toEqual(['general 1', 'general 0.95', 'validation 0.95', 'general 0.9', 'validation 0.9', 'general 0.85', 'validation 0.85']);
  });
});
