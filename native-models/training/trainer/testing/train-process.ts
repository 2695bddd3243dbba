/** A process that trains: its argument is a TrainInput as JSON. It prints each step and sleeps a little behind it, so that a test can kill it. */
import type { TrainInput } from '../train-model.ts';
import { train } from '../train-model.ts';

const input: TrainInput = JSON.parse(process.argv[2] ?? '{}');
await train(input, {
  report(progress) {
    if (progress.stage !== 'learning') return;
    process.stdout.write(`${progress.step}\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  },
});
