/** Steps of a recurrent model on WebGPU, by the software adapter. */
import { expect, it } from 'vitest';
import { GRU, lossesByDevice } from './testing/tiny-trials.ts';

it('has the losses of the cpu in its first steps', async ({ skip }) => {
  const losses = await lossesByDevice(GRU);
  if (losses === null) return skip('there is no WebGPU here');
  const { cpu, webgpu } = losses;
  expect(cpu[2]).toBeLessThan(cpu[0] ?? 0);
  for (const [step, loss] of cpu.entries()) expect(Math.abs((webgpu[step] ?? NaN) - loss) / loss).toBeLessThan(1e-4);
});
