/** Our side of the bench: the engine as the command line and the window use it, with one thread. */
import { text as readAll } from 'node:stream/consumers';
import { dirname, join } from 'node:path';
import { defaultCache } from '../../app/cli/workspace.ts';
import { createOnnxEngine } from '../../native-models/engine/onnx-engine.ts';

interface Job { readonly model: string; readonly warm: readonly string[]; readonly batch: readonly string[]; readonly single: readonly string[] }
const job: Job = JSON.parse(await readAll(process.stdin)) as Job;
const engine = createOnnxEngine({ modelDirs: [dirname(job.model)], cacheDir: join(defaultCache(), 'graphs'), threads: 1, precision: 'int8', device: 'cpu' });
const translate = (texts: readonly string[], priority: 'batch' | 'interactive') => engine.translate({ from: 'en', to: 'pt', model: job.model, texts, priority, alignment: false }, { onBatch: () => undefined });

await translate(job.warm, 'batch');
const cpu = process.cpuUsage(), started = performance.now();
await translate(job.batch, 'batch');
const seconds = (performance.now() - started) / 1000, used = process.cpuUsage(cpu);
const latencies: number[] = [];
for (const segment of job.single) {
  const begun = performance.now();
  await translate([segment], 'interactive');
  latencies.push(performance.now() - begun);
}
console.log(JSON.stringify({ seconds, cpuSeconds: (used.user + used.system) / 1e6, latencies, residentBytes: process.memoryUsage.rss() }));
await engine.close();
