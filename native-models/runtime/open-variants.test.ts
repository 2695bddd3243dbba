import { expect, test } from 'vitest';
import { OpenVariants } from './open-variants.ts';

function variantsWithLog(): { variants: OpenVariants<{ close(): Promise<void> }, string>; log: string[] } {
  const log: string[] = [];
  const variants = new OpenVariants(async (key: string) => {
    log.push(`open ${key}`);
    return {
      close: async () => {
        log.push(`close ${key}`);
      },
    };
  }, String);
  return { variants, log };
}

async function useOften(variants: OpenVariants<{ close(): Promise<void> }, string>, key: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await variants.use(key);
}

test('a rare variant is closed after a while and opened again; the first one stays', async () => {
  const { variants, log } = variantsWithLog();
  await variants.use('plain');
  await variants.use('beam');
  await useOften(variants, 'plain', 63);
  expect(log).toEqual(['open plain', 'open beam']);
  await variants.use('plain');
  expect(log).toEqual(['open plain', 'open beam', 'close beam']);
  await useOften(variants, 'beam', 200);
  expect(log).toEqual(['open plain', 'open beam', 'close beam', 'open beam']);
  await variants.close();
  expect(log.slice(4)).toEqual(['close plain', 'close beam']);
});

test('a variant that could not be opened is tried again', async () => {
  let tries = 0;
  const variants = new OpenVariants(async (_: string) => {
    tries += 1;
    if (tries === 1) throw new Error('the disk is full');
    return { close: async () => {} };
  }, String);
  await expect(variants.use('plain')).rejects.toThrow('the disk is full');
  await variants.use('plain');
  expect(tries).toBe(2);
});
