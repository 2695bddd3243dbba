/** Our side of the bench of transformer-base: token ids in, token ids out, the whole search in one graph. */
import { text as readAll } from 'node:stream/consumers';
import { withInt8Weights } from '../../../native-models/architectures/transformer/int8-weights.ts';
import { generationOptions } from '../../../native-models/decoding/search/generation-options.ts';
import { openTransformerSearch } from '../../../native-models/runtime/transformer-search.ts';
import { readWeightsFolder } from '../../../native-models/weights/huggingface-folder.ts';

interface Job {
  readonly folder: string; readonly precision: 'int8' | 'float32'; readonly sources: readonly (readonly number[])[]; readonly tokens: number;
  readonly cases: readonly { readonly beam: number; readonly batch: number; readonly sentences: number }[];
}
const job: Job = JSON.parse(await readAll(process.stdin)) as Job;
const started = performance.now();
const weights = await readWeightsFolder(job.folder);
const search = await openTransformerSearch(job.precision === 'int8' ? withInt8Weights(weights) : weights, { threads: 1, device: 'cpu' });
const loadSeconds = (performance.now() - started) / 1000;
const cases = [];
for (const { beam, batch, sentences } of job.cases) {
  const options = generationOptions({ num_beams: beam, min_new_tokens: job.tokens, max_new_tokens: job.tokens, eos_token_id: 0, pad_token_id: 58100, decoder_start_token_id: 58100, renormalize_logits: true }, undefined);
  const run = (count: number) => search.search({ sources: job.sources.slice(0, count), options, maxRows: batch * beam });
  await run(Math.min(batch, sentences));
  const cpu = process.cpuUsage(), begun = performance.now();
  const found = await run(sentences);
  const seconds = (performance.now() - begun) / 1000, used = process.cpuUsage(cpu);
  cases.push({ seconds, cpuSeconds: (used.user + used.system) / 1e6, outputs: found.map(([best]) => best?.tokens.slice(1) ?? []) });
}
console.log(JSON.stringify({ loadSeconds, cases, residentBytes: process.memoryUsage.rss() }));
await search.close();
