import { expect, test } from 'vitest';
import { BatchBudget } from './batch-budget.ts';

test('begins with a few sentences, and fills batches of a fast model', () => {
  const budget = new BatchBudget();
  expect([budget.rows, budget.tokens]).toEqual([16, 256]);
  // 25,000 tokens a second, as a student on one core.
  budget.record(256, 256 / 25_000);
  expect(budget.tokens).toBe(640);
});

test('lets a run of a slow model take 0.4 seconds, and one sentence go in any case', () => {
  const budget = new BatchBudget();
  budget.record(100, 1);
  expect(budget.tokens).toBe(40);
  budget.record(10, 10);
  expect(budget.tokens).toBe(1);
});

test('grows slowly and shrinks at once', () => {
  const budget = new BatchBudget();
  budget.record(100, 1);
  budget.record(40, 0.2);
  // 0.7 * 10 ms + 0.3 * 5 ms a token
  expect(budget.tokens).toBe(47);
  budget.record(47, 1.41);
  expect(budget.tokens).toBe(13);
});

test('takes no notice of runs of nothing', () => {
  const budget = new BatchBudget();
  budget.record(0, 1);
  budget.record(10, 0);
  expect(budget.tokens).toBe(256);
});
