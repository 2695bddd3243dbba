import { expect, test } from 'vitest';
import { linePortions } from './line-portions.ts';

async function portionsOf(...chunks: readonly string[]): Promise<string[][]> {
  async function* input(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  const portions: string[][] = [];
  for await (const portion of linePortions(input())) portions.push(portion);
  return portions;
}

test('a long stream begins with a small portion and goes on with larger ones, every line once', async () => {
  const lines = Array.from({ length: 12_000 }, (_, i) => `line ${i} of a stream that is full`);
  const text = `${lines.join('\n')}\n`;
  const portions = await portionsOf(...Array.from({ length: Math.ceil(text.length / 65_536) }, (_, i) => text.slice(i * 65_536, (i + 1) * 65_536)));
  expect([portions.map(({ length }) => length), portions.flat()]).toEqual([[64, 256, 1024, 4096, 4096, 2464], lines]);
});

test('a line that was typed is handed on at once, and the last needs no end', async () => {
  expect(await portionsOf('one\r\n', 'two\nthr', 'ee')).toEqual([['one'], ['two'], ['three']]);
});
