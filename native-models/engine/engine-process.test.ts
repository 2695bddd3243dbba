import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TranslateSummary } from './engine.ts';
import { createEngineProcess, type SupervisedEngine } from './engine-process.ts';

let folder: string;
let engine: SupervisedEngine;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bitext-engine-'));
  engine = createEngineProcess({ modelDirs: [], cacheDir: folder, entry: path.join(import.meta.dirname, 'testing/capitals-child.ts') });
});
afterEach(async () => {
  vi.useRealTimers();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `onText` is told of each text that was handed over. */
async function translate(texts: readonly string[], signal?: AbortSignal, onText?: (index: number) => void): Promise<{ got: (string | undefined)[]; times: number[]; summary?: TranslateSummary; error?: unknown }> {
  const got: (string | undefined)[] = texts.map(() => undefined);
  const times = texts.map(() => 0);
  try {
    const summary = await engine.translate({ from: 'en', to: 'pt', texts, priority: 'batch', alignment: false }, {
      ...(signal ? { signal } : {}),
      onBatch: ({ indices, translations }) => indices.forEach((index, i) => {
        got[index] = translations[i]?.text;
        times[index] = (times[index] ?? 0) + 1;
        onText?.(index);
      }),
    });
    return { got, times, summary };
  } catch (error) {
    return { got, times, error };
  }
}

async function isGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 6000; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

describe('the process of the engine', () => {
  it('answers, and is one process for all calls', async () => {
    expect((await translate(['a b', 'c'])).got).toEqual(['A B', 'C']);
    const { threads: pid } = await engine.state();
    expect(engine.pid).toBe(pid);
    expect((await translate([])).summary).toMatchObject({ segments: 0 });
    expect(engine.restarts).toBe(0);
  });

  it('starts again after a crash, and every text is handed over exactly once', async () => {
    const { got, times, summary } = await translate(['a', 'b', 'abort once', 'c', 'd']);
    expect(got).toEqual(['A', 'B', 'ABORT ONCE', 'C', 'D']);
    expect(times).toEqual([1, 1, 1, 1, 1]);
    expect(summary).toMatchObject({ segments: 5, words: 6 });
    expect(engine.restarts).toBe(1);
  });

  it('chooses no other device again right after a crash', async () => {
    const careful = createEngineProcess({ modelDirs: [], cacheDir: folder, entry: path.join(import.meta.dirname, 'testing/capitals-child.ts'), device: 'auto' });
    try {
      expect((await careful.state()).device).toBe('webgpu');
      await careful.translate({ from: 'en', to: 'pt', texts: ['abort once'], priority: 'batch', alignment: false }, { onBatch: () => {} });
      expect(careful.restarts).toBe(1);
      expect((await careful.state()).device).toBe('cpu');
    } finally {
      await careful.close();
    }
  });

  it('gives up a text that ends it twice, says which, and translates the others', async () => {
    const { got, error } = await translate(['a', 'abort', 'b']);
    expect(got).toEqual(['A', undefined, 'B']);
    expect(error).toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('"abort"') });
    expect((await translate(['x'])).got).toEqual(['X']);
  });

  it('is not started again after five ends in a minute', async () => {
    // The clock stands still: five starts may take longer on a busy machine.
    vi.useFakeTimers({ toFake: ['Date'] });
    const first = await translate(['abort']);
    expect(first.error).toMatchObject({ message: expect.stringContaining('ended twice') });
    const second = await translate(['abort']);
    expect(second.error).toMatchObject({ message: expect.stringContaining('ended twice') });
    expect((await translate(['abort', 'x'])).error).toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('5 times within a minute') });
    expect((await translate(['x'])).error).toMatchObject({ code: 'ENGINE_EXITED' });
    expect(engine.restarts).toBe(5);
  });

  it('is started again when it was killed from outside', async () => {
    await engine.state();
    process.kill(engine.pid ?? 0, 'SIGKILL');
    expect((await translate(['a'])).got).toEqual(['A']);
  });

  it('stops between two texts when cancelled, with the reason of the signal', async () => {
    const cancel = new AbortController();
    const texts = Array.from({ length: 500 }, (_, i) => `text ${i}`);
    // A busy machine may need longer than the process is given: the clock of its end stands still.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { got, error } = await translate(texts, cancel.signal, () => { cancel.abort(new Error('enough')); }).finally(() => { vi.useRealTimers(); });
    expect(error).toEqual(new Error('enough'));
    expect(got.filter((text) => text !== undefined).length).toBeLessThan(500);
    const pid = engine.pid;
    expect((await translate(['a'])).got).toEqual(['A']);
    expect(engine.pid).toBe(pid);
  });

  it('is killed when it does not heed a cancel, and nobody else loses a text by it', async () => {
    const cancel = new AbortController();
    let stuck: ReturnType<typeof translate> | undefined;
    await new Promise<void>((resolve) => { stuck = translate(['a', 'hang'], cancel.signal, () => { resolve(); }); });
    const other = translate(['x', 'y']);
    cancel.abort();
    expect((await stuck)?.error).toMatchObject({ name: 'AbortError' });
    expect((await other).got).toEqual(['X', 'Y']);
    expect(engine.restarts).toBe(0);
  });

  it('is gone after close, whatever it was doing', async () => {
    let stuck: ReturnType<typeof translate> | undefined;
    await new Promise<void>((resolve) => { stuck = translate(['a', 'hang'], undefined, () => { resolve(); }); });
    const pid = engine.pid ?? 0;
    await engine.close();
    expect(await isGone(pid)).toBe(true);
    expect((await stuck)?.error).toMatchObject({ code: 'ENGINE_EXITED', message: 'The engine was closed.' });
    expect((await translate(['a'])).error).toMatchObject({ code: 'ENGINE_EXITED' });
  });

  it('ends by itself when the process that started it is killed', async () => {
    const start = `const { createEngineProcess } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'engine-process.ts')).href)});
      const engine = createEngineProcess({ modelDirs: [], cacheDir: ${JSON.stringify(folder)}, entry: ${JSON.stringify(path.join(import.meta.dirname, 'testing/capitals-child.ts'))} });
      const { threads } = await engine.state();
      process.stdout.write(String(threads));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
    expect(pid).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    expect(await isGone(pid)).toBe(true);
  });

  it('names the reason when its module can not be run', async () => {
    const broken = createEngineProcess({ modelDirs: [], cacheDir: folder, entry: path.join(folder, 'nothing.js') });
    await expect(broken.state()).rejects.toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('nothing.js') });
    await broken.close();
    expect(existsSync(folder)).toBe(true);
  });
});
