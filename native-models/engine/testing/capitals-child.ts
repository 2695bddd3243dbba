/**
 * A process of its own with an engine that puts texts into capitals, one at a time, for tests of what becomes of a process:
 * the text `abort` ends it, `abort once` ends it the first time (the file in `cacheDir` remembers), `hang` never returns.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../engine.ts';
import { serveEngineProcess } from '../serve-engine-process.ts';

serveEngineProcess((settings, onRun): Engine => ({
  models: () => Promise.resolve({ models: [], unusable: [] }),
  // As an engine would that found a better device than the cpu.
  state: () => Promise.resolve({ device: settings.device === 'auto' ? 'webgpu' : (settings.device ?? 'cpu'), precision: null, threads: process.pid, loaded: [], wordsPerSecond: null, residentBytes: null }),
  close: () => Promise.resolve(),
  async translate(request, { signal, onBatch }) {
    for (const [i, text] of request.texts.entries()) {
      signal?.throwIfAborted();
      onRun(request, [i]);
      await new Promise((resolve) => setTimeout(resolve, 2));
      const mark = path.join(settings.cacheDir, 'aborted');
      if (text === 'abort' || (text === 'abort once' && !existsSync(mark))) {
        writeFileSync(mark, '');
        process.kill(process.pid, 'SIGABRT');
        await new Promise(() => {});
      }
      if (text === 'hang') for (;;);
      onBatch({ indices: [i], translations: [{ text: text.toUpperCase(), links: [], score: null, flags: [] }] });
    }
    return { model: 'capitals', device: 'cpu', precision: 'int8', segments: request.texts.length, words: 0, seconds: 0 };
  },
}));
