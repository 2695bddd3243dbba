import { expect, test } from 'vitest';
import { takesSharedInputs } from './shared-inputs.ts';

test('the Node of this project hands shared memory to graphs', async () => {
  expect(await takesSharedInputs()).toBe(true);
  expect(await takesSharedInputs()).toBe(true);
});
