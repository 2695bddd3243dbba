/** A process that trains: its arguments are a TrainInput as JSON and the step at which it stands still, to be killed. It prints each step. */
import { writeSync } from 'node:fs';
import type { TrainInput } from '../train-model.ts';
import { train } from '../train-model.ts';

const input: TrainInput = JSON.parse(process.argv[2] ?? '{}');
await train(input, {
  report(progress) {
    if (progress.stage !== 'learning') return;
    // Synchronously: what is printed has left the process before it stands still.
    writeSync(1, `${progress.step}\n`);
    if (progress.step >= Number(process.argv[3])) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
