import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentKey, openCached } from './graph-cache.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'graphs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const whole = new TextEncoder().encode('whole graph');
let builds = 0;

async function openText(cacheDir: string): Promise<string> {
  return openCached(
    cacheDir,
    'key',
    async () => {
      builds += 1;
      return whole;
    },
    async (file) => {
      const text = await readFile(file, 'utf8');
      if (text !== 'whole graph') throw new Error('no graph');
      return text;
    },
    async (bytes) => `from memory: ${new TextDecoder().decode(bytes)}`,
  );
}

test('builds once, then opens what is stored', async () => {
  builds = 0;
  const cacheDir = path.join(folder, 'not', 'there', 'yet');
  expect([await openText(cacheDir), await openText(cacheDir), builds]).toEqual(['whole graph', 'whole graph', 1]);
  expect(await readdir(cacheDir)).toEqual(['key.onnx']);
});

test('a damaged file is built again', async () => {
  builds = 0;
  await writeFile(path.join(folder, 'key.onnx'), 'whole gra');
  expect([await openText(folder), builds, await readFile(path.join(folder, 'key.onnx'), 'utf8')]).toEqual(['whole graph', 1, 'whole graph']);
});

test('a folder that can not be written costs the cache, not the model', async () => {
  await writeFile(path.join(folder, 'file'), '');
  expect(await openText(path.join(folder, 'file', 'below a file'))).toBe('from memory: whole graph');
});

test('the key is of all parts and their borders', () => {
  expect(contentKey(['ab', 'c'])).not.toBe(contentKey(['a', 'bc']));
  expect(contentKey(['a', Uint8Array.of(1)])).not.toBe(contentKey(['a', Uint8Array.of(2)]));
  expect(contentKey(['a', Uint8Array.of(1)])).toBe(contentKey(['a', Uint8Array.of(1)]));
});
