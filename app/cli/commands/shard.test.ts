import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesOfOtherShards, parseShard } from './shard.ts';

test('every file belongs to exactly one shard, and keeps it when others are added', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bitext-shard-'));
  try {
    mkdirSync(join(folder, 'sub'));
    const names = Array.from({ length: 40 }, (_, i) => (i % 2 ? join('sub', `${i}.txt`) : `${i}.txt`));
    for (const name of names) writeFileSync(join(folder, name), 'x');
    const owners = async (): Promise<Map<string, number[]>> => {
      const of = new Map(names.map((name): [string, number[]] => [name, []]));
      for (let index = 1; index <= 3; index++) {
        const others = new Set(await filesOfOtherShards([folder], [], { index, count: 3 }));
        for (const [name, list] of of) if (!others.has(join(folder, name))) list.push(index);
      }
      return of;
    };
    const before = await owners();
    expect([...before.values()].every((list) => list.length === 1)).toBe(true);
    expect(new Set([...before.values()].flat())).toEqual(new Set([1, 2, 3]));
    writeFileSync(join(folder, '00.txt'), 'x');
    expect(await owners()).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(['0/3', '4/3', '1', 'a/b', '1/0'])('%s is no shard', (text) => {
  expect(() => parseShard(text)).toThrow(`--shard takes i/n with i from 1 to n, such as 2/4, not ${text}.`);
});
