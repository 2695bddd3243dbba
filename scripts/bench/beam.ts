/** Our side of the bench's beam search: the default student without its shortlist, from text to text, in batches of 16 sentences of like length. */
import { text as readAll } from 'node:stream/consumers';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCache } from '../../app/cli/workspace.ts';
import { openMarianStudent } from '../../native-models/runtime/open-marian-student.ts';
import { openSentencePiece } from '../../native-models/tokenizers/sentencepiece.ts';

interface Job { readonly model: string; readonly warm: readonly string[]; readonly batch: readonly string[]; readonly beam: number }
const EOS = 0, BATCH = 16;
const job: Job = JSON.parse(await readAll(process.stdin)) as Job;
const pieces = openSentencePiece(join(job.model, readdirSync(job.model).find((file) => file.endsWith('.spm')) ?? ''));
const model = await openMarianStudent({ folder: job.model, cacheDir: join(defaultCache(), 'graphs'), threads: 1, precision: 'int8', device: 'cpu', shortlist: false });

async function translate(texts: readonly string[]): Promise<string[]> {
  const sources = texts.map((text) => [...pieces.encode(text), EOS]).sort((a, b) => b.length - a.length), translations: string[] = [];
  for (let first = 0; first < sources.length; first += BATCH) {
    const { outputs } = await model.run(sources.slice(first, first + BATCH), { alignment: false, scores: true, beam: job.beam });
    translations.push(...outputs.map(({ ids }) => pieces.decodeWithOffsets(ids).text));
  }
  return translations;
}

await translate(job.warm);
const cpu = process.cpuUsage(), started = performance.now();
await translate(job.batch);
const seconds = (performance.now() - started) / 1000, used = process.cpuUsage(cpu);
console.log(JSON.stringify({ seconds, cpuSeconds: (used.user + used.system) / 1e6, latencies: [], residentBytes: process.memoryUsage.rss() }));
await model.close();
