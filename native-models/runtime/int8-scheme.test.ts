import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { int8Scheme } from './int8-scheme.ts';

/** What the processor says of itself; '' where the system does not tell. */
function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

test('a processor with instructions for exact sums gets columns, and the answer stays', async () => {
  const scheme = await int8Scheme();
  if (/\bavx512_vnni\b|\bavx_vnni\b/.test(processorFlags())) expect(scheme).toBe('columns');
  else expect(['columns', 'blocks']).toContain(scheme);
  expect(await int8Scheme()).toBe(scheme);
});
