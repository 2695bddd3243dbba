import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { ModelDefinition } from '../onnx/model-proto.ts';
import { float32, int64 } from '../onnx/tensors.ts';
import { hashOfFile } from './file-hashes.ts';
import { openCachedModel } from './model-cache.ts';
import { openSession } from './session.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'model-cache-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const SIZE = 3000;
/** x * weights + small, with the weights large enough to lie in a file of their own, twice. */
function scaling(): ModelDefinition {
  const g = new GraphBuilder('scaling');
  const x = g.input('x', 'float32', ['n', SIZE]);
  const scaled = g.node('Mul', [x, g.constant(float32([SIZE], Float32Array.from({ length: SIZE }, (_, i) => i)))]);
  const more = g.node('Add', [scaled, g.constant(float32([SIZE], Float32Array.from({ length: SIZE }, (_, i) => 1 / (i + 1))))]);
  g.namedOutput('y', g.node('Reshape', [more, g.constant(int64([1], [-1]))]), 'float32', ['m']);
  return g.model('test');
}

let builds = 0;

/** The places of y that are not what they should be. */
async function wrong(cacheDir: string): Promise<number[]> {
  return openCachedModel({
    cacheDir,
    key: 'key',
    build: () => {
      builds++;
      return Promise.resolve({ model: scaling(), facts: { size: SIZE } });
    },
    readFacts: (stored) => (typeof stored === 'object' && stored !== null && 'size' in stored && typeof stored.size === 'number' ? { size: stored.size } : null),
    async open(graph, { size }) {
      const session = await openSession(graph, { threads: 1, device: 'cpu' });
      const { y } = await session.run({ x: { type: 'float32', dims: [1, size], data: new Float32Array(size).fill(2) } }, ['y']);
      await session.close();
      const values = y?.data instanceof Float32Array ? y.data : new Float32Array(0);
      return Array.from({ length: size }, (_, i) => i).filter((i) => values[i] !== Math.fround(2 * i + Math.fround(1 / (i + 1))));
    },
  });
}

describe('a compiled model', () => {
  test('is built once, its weights beside its graph', async () => {
    builds = 0;
    const cacheDir = path.join(folder, 'not', 'there');
    expect([await wrong(cacheDir), await wrong(cacheDir), builds]).toEqual([[], [], 1]);
    expect((await readdir(cacheDir)).sort()).toEqual(['key.json', 'key.onnx', 'key.weights']);
    expect((await readFile(path.join(cacheDir, 'key.onnx'))).length).toBeLessThan(2000);
  });

  test.each([
    ['weights that were cut off', (file: string) => truncate(`${file}.weights`, 100)],
    ['weights that are gone', (file: string) => rm(`${file}.weights`)],
    ['a graph that was cut off', (file: string) => truncate(`${file}.onnx`, 100)],
    ['facts that are none', (file: string) => writeFile(`${file}.json`, '{"size": "many"}')],
    ['facts that are gone', (file: string) => rm(`${file}.json`)],
  ])('is built anew for %s', async (_, damage) => {
    builds = 0;
    await wrong(folder);
    await damage(path.join(folder, 'key'));
    expect([await wrong(folder), builds]).toEqual([[], 2]);
  });

  test('is opened from memory where it can not be stored', async () => {
    const file = path.join(folder, 'a file');
    await writeFile(file, '');
    expect(await wrong(path.join(file, 'below'))).toEqual([]);
  });
});

test('the hash of a file is that of its content, also after a change that keeps its size', async () => {
  const file = path.join(folder, 'weights'), cacheDir = path.join(folder, 'cache');
  await writeFile(file, 'abc');
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect([await hashOfFile(file, cacheDir), await hashOfFile(file, cacheDir)]).toEqual([abc, abc]);
  await writeFile(file, 'abd');
  expect(await hashOfFile(file, cacheDir)).toBe('a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9');
  expect(await hashOfFile(file, path.join(file, 'no folder'))).toBe('a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9');
});
