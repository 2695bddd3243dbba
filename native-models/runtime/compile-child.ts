/** Entry of a process that compiles a model's graphs into the cache and ends. */
import { readFileSync } from 'node:fs';
import { EngineError } from '../engine/engine-error.ts';
import { toFailure } from '../engine/worker-failure.ts';
import type { CompileAnswer, CompileTask } from './compile-apart.ts';
import { storeTransformer } from './cached-transformer.ts';
import { sourceOf } from './transformer-folders.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.on('message', ({ folder, kind, cacheDir, precision, parts }: CompileTask) => {
  sourceOf(kind, folder, cacheDir, precision).then((source) => storeTransformer(source, parts)).then(
    () => answer({ failure: null, peakBytes: peakBytes() }),
    // A cache that can't be written is no failure of the model.
    (error: unknown) => answer({ failure: error instanceof EngineError ? toFailure(error) : null, peakBytes: peakBytes() }),
  );
});
// Whoever wanted the graphs is gone.
process.on('disconnect', () => process.exit());

/** Of this process alone: what the system counts as its peak begins with the memory of the process that forked it. */
function peakBytes(): number {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function answer(message: CompileAnswer): void {
  process.send?.(message, () => process.disconnect());
}
