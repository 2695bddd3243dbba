/** bergamot-translator (WASM, npm) on local files: the same protocol as bitext.ts. Its package is the first argument. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { BatchTranslator, TranslatorBacking } = await import(pathToFileURL(join(process.argv[2], 'translator.js')).href);
const job = JSON.parse(await readAll(process.stdin));
const read = (pattern) => { const bytes = readFileSync(join(job.model, readdirSync(job.model).find((name) => pattern.test(name)))); return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length); };

class LocalBacking extends TranslatorBacking {
  loadModelRegistery() { return Promise.resolve([{ from: 'en', to: 'pt', files: {} }]); }
  loadTranslationModel() { return Promise.resolve({ model: read(/^model\..*\.bin$/), shortlist: read(/^lex\..*\.bin$/), vocabs: [read(/^vocab\..*\.spm$/)], qualityModel: null, config: { 'gemm-precision': 'int8shiftAlphaAll' } }); }
}
const options = { workers: 1, batchSize: 64, cacheSize: 0, pivotLanguage: null };
const translator = new BatchTranslator(options, new LocalBacking(options));
const translate = (text) => translator.translate({ from: 'en', to: 'pt', text, html: false, qualityScores: false });

await Promise.all(job.warm.map(translate));
const cpu = process.cpuUsage(), started = performance.now();
await Promise.all(job.batch.map(translate));
const seconds = (performance.now() - started) / 1000, used = process.cpuUsage(cpu);
const latencies = [];
for (const segment of job.single) { const begun = performance.now(); await translate(segment); latencies.push(performance.now() - begun); }
console.log(JSON.stringify({ seconds, cpuSeconds: (used.user + used.system) / 1e6, latencies, residentBytes: process.memoryUsage.rss() }));
process.exit(0);
