import { expect, test } from 'vitest';
import type { Edit } from '../../../app/contract/shapes/segment.ts';
import { withoutSteps } from './edit-steps.ts';

const edit = (id: number, seconds: number, text: string, more: Partial<Edit> = {}): Edit => ({
  id, segmentId: 1, at: new Date(Date.UTC(2026, 0, 5, 9, 0, seconds)).toISOString(), who: 'ana', group: id,
  before: null, after: [text], stateBefore: 'draft', stateAfter: 'draft', origin: { kind: 'typed' }, ...more,
});

test('a stretch of typing is one entry, and everything else stands for itself', () => {
  const log = [
    edit(1, 0, 'machine', { origin: { kind: 'mt', model: 'm', score: -0.2 } }),
    edit(2, 10, 'O'), edit(3, 11, 'Olá'), edit(4, 13, 'Olá.'),
    edit(5, 14, 'Olá.', { stateAfter: 'translated' }),
    edit(6, 20, 'Olá!'),
    edit(7, 100, 'Olá!!'),
  ];
  expect(withoutSteps(log).map(({ id }) => id)).toEqual([7, 6, 5, 4, 1]);
  expect(withoutSteps([])).toEqual([]);
});
