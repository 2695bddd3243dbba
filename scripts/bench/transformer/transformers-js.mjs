/** transformers.js on the same weights: the protocol of bitext.ts. It searches greedily only. Its package is the first argument. */
import { basename, dirname, join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { AutoModelForSeq2SeqLM, Tensor, env } = await import(pathToFileURL(join(process.argv[2], 'dist', 'transformers.node.mjs')).href);
const job = JSON.parse(await readAll(process.stdin));
env.allowRemoteModels = false;
env.localModelPath = dirname(job.folder);
const started = performance.now();
const model = await AutoModelForSeq2SeqLM.from_pretrained(basename(job.folder), { dtype: job.precision === 'int8' ? 'q8' : 'fp32', local_files_only: true, session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 } });
const loadSeconds = (performance.now() - started) / 1000;

async function run(sources, batch) {
  const outputs = [];
  for (let from = 0; from < sources.length; from += batch) {
    const part = sources.slice(from, from + batch), length = Math.max(...part.map((ids) => ids.length));
    const grid = (value) => new Tensor('int64', BigInt64Array.from(part.flatMap((ids) => Array.from({ length }, (_, at) => BigInt(value(ids[at]))))), [part.length, length]);
    const found = await model.generate({ inputs: grid((id) => id ?? 58100), attention_mask: grid((id) => (id === undefined ? 0 : 1)), num_beams: 1, do_sample: false, min_new_tokens: job.tokens, max_new_tokens: job.tokens });
    outputs.push(...found.tolist().map((ids) => ids.slice(1).map(Number)));
  }
  return outputs;
}
const cases = [];
for (const { beam, batch, sentences } of job.cases) {
  if (beam > 1) { cases.push({ why: 'it searches greedily only' }); continue; }
  await run(job.sources.slice(0, Math.min(batch, sentences)), batch);
  const cpu = process.cpuUsage(), begun = performance.now();
  const outputs = await run(job.sources.slice(0, sentences), batch);
  const seconds = (performance.now() - begun) / 1000, used = process.cpuUsage(cpu);
  cases.push({ seconds, cpuSeconds: (used.user + used.system) / 1e6, outputs });
}
console.log(JSON.stringify({ loadSeconds, cases, residentBytes: process.memoryUsage.rss() }));
process.exit(0);
