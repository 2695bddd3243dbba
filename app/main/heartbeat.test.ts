import { expect, test } from 'vitest';
import { startHeartbeat } from './heartbeat.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

test('a process that answers, or refuses, is never silent', async () => {
  let silences = 0;
  let beats = 0;
  const stop = startHeartbeat({ ping: () => (++beats % 2 === 0 ? Promise.reject(new Error('refused')) : Promise.resolve()), every: 5, misses: 2, onSilent: () => { silences++; } });
  await expect.poll(() => beats).toBeGreaterThan(5);
  stop();
  expect(silences).toBe(0);
});

test('a silence is told once, and another one after an answer again', async () => {
  const waiting: (() => void)[] = [];
  let silences = 0;
  const stop = startHeartbeat({ ping: () => new Promise<void>((resolve) => { waiting.push(resolve); }), every: 5, misses: 3, onSilent: () => { silences++; } });
  await expect.poll(() => silences).toBe(1);
  await pause(50);
  expect([silences, waiting.length]).toEqual([1, 1]);
  waiting[0]?.();
  await expect.poll(() => silences).toBe(2);
  stop();
});
