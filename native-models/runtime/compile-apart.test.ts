/** Large models: compiled in another process, which never holds all of their float32 weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCachedSearch } from './cached-transformer.ts';
import { compileApart, type CompileTask } from './compile-apart.ts';
import { writeLargeT5 } from './testing/large-t5-folder.ts';
import { weightsSource } from './transformer-folders.ts';

const MEGABYTE = 1e6;
let root: string, large: string, weightBytes: number;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'bitext-compile-'));
  large = path.join(root, 'large');
  weightBytes = writeLargeT5(large, { dim: 512, ffn: 8192, layers: 3, heads: 8, vocabulary: 2000 });
});
afterAll(() => { rmSync(root, { recursive: true }); });

const task = (folder: string): CompileTask => ({ folder, kind: 'weights', cacheDir: path.join(root, 'graphs'), precision: 'int8', parts: ['search'] });

describe('a model of 243 MB of float32 weights in 8 bit', () => {
  test('is compiled in less memory than its weights would take', async () => {
    expect(weightBytes).toBeGreaterThan(240 * MEGABYTE);
    const tiny = path.join(root, 'tiny');
    writeLargeT5(tiny, { dim: 16, ffn: 32, layers: 1, heads: 2, vocabulary: 50 });
    // What Node and the runtime take of themselves, twice the 8 bit weights, and a few matrices on their way.
    const { peakBytes: base } = await compileApart(task(tiny));
    const { failure, peakBytes } = await compileApart(task(large));
    expect(failure).toBeNull();
    expect(peakBytes - base).toBeLessThan(0.8 * weightBytes);
  });

  test('leaves nothing of its weights with the process that runs it', async () => {
    rmSync(path.join(root, 'graphs'), { recursive: true, force: true });
    const before = process.memoryUsage().arrayBuffers;
    const search = await openCachedSearch(await weightsSource(large, path.join(root, 'graphs'), 'int8'), { threads: 1, device: 'cpu' });
    try {
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(0.05 * weightBytes);
    } finally {
      await search.close();
    }
  });
});

test('a folder that is no model fails by the same error as in this process', async () => {
  const empty = mkdtempSync(path.join(root, 'empty-'));
  await expect(compileApart(task(empty))).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('config.json') });
});

test('a process that ends before it has answered is told as one', async () => {
  await expect(compileApart(task(large), path.join(root, 'nothing.ts'))).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', advice: expect.stringContaining('memory') });
});
