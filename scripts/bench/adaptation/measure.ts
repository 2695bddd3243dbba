/**
 * What continuous adaptation gains and costs: 300 segments of a book about programming, confirmed one by one, and chrF and
 * BLEU of the suggestions for the last 100, without adaptation and with each way of it.
 *
 *   npm run bench:adaptation [-- --from 0 --ways memory,gradient --threads 2]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from '../../../app/cli/workspace.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { corpusBleu } from '../../../native-models/evaluation/bleu.ts';
import { corpusChrf } from '../../../native-models/evaluation/chrf.ts';
import { checkout, modelsFolder } from '../../setup/places.mjs';
import { adaptByGradient } from './gradient.ts';
import { MEASURED, readStream, suggestAll, type Suggested } from './stream.ts';
import { translateByMemory } from './ways-of-memory.ts';

const { values: options } = parseArgs({ options: { from: { type: 'string', default: '0' }, ways: { type: 'string', default: 'memory,gradient' }, threads: { type: 'string', default: '2' } } });
const file = join(process.env['BITEXT_TEST_DATA'] ?? join(checkout, '..', 'shared', 'data'), 'parallel', 'comprehensive-rust.en-pt-BR.tsv');
const folder = join(modelsFolder(), 'enpt-1693087644');
for (const needed of [file, folder]) if (!existsSync(needed)) throw new Error(`${needed} is not there: the measure needs the corpus and the default model ("npm run setup").`);

const ways = options.ways.split(',');
const stream = readStream(file, Number(options.from));
const references = [stream.slice(-MEASURED).map(({ target }) => target)];
const row = (name: string, texts: readonly string[], rest = ''): number => {
  const last = texts.slice(-MEASURED);
  const chrf = corpusChrf(last, references).score;
  console.log(`${name.padEnd(44)} chrF ${chrf.toFixed(2)}  BLEU ${corpusBleu(last, references).score.toFixed(2)}  ${rest}`);
  return chrf;
};
const times = (suggested: readonly Suggested[]): string => {
  const sorted = suggested.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return `a suggestion: median ${(sorted[sorted.length >> 1] ?? 0).toFixed(0)} ms, slowest ${(sorted.at(-1) ?? 0).toFixed(0)} ms`;
};

const engine = createOnnxEngine({ modelDirs: [folder], cacheDir: join(defaultCache(), 'graphs'), threads: Number(options.threads) });
const warm = { from: 'en', to: 'pt', texts: ['Good morning.'], priority: 'interactive', alignment: true } as const;
await engine.translate(warm, { onBatch() {} });
const plain = await suggestAll(engine, stream, false);
console.log(`${stream.length} segments from line ${Number(options.from) + 1}, measured on the last ${MEASURED}; ${options.threads} threads\n`);
const before = row('the engine, not adapted', plain.map(({ text }) => text), times(plain));
// As the window does when adaptation is turned on.
await engine.translate({ ...warm, similar: [[{ source: 'Good evening.', target: 'Boa noite.' }]] }, { onBatch() {} });
const adapted = await suggestAll(engine, stream, true);
const gain = row('the engine with a memory (SK-MT)', adapted.map(({ text }) => text), times(adapted)) - before;
await engine.close();
if (ways.includes('gradient')) {
  const { texts, steps, swapSeconds } = await adaptByGradient(folder, stream, Number(options.threads));
  const slowest = Math.max(...steps.map(({ milliseconds }) => milliseconds));
  row('the engine after gradient steps', texts, `${steps.length} steps, ${steps.filter(({ outcome }) => outcome === 'kept').length} kept, the slowest ${slowest.toFixed(0)} ms; new int8 weights: ${Math.max(...swapSeconds).toFixed(1)} s at most`);
}
if (ways.includes('memory')) {
  console.log('');
  for (const [name, texts] of await translateByMemory(folder, join(defaultCache(), 'graphs'), stream, Number(options.threads))) row(name, texts);
}
// A suggestion that adaptation made wait: longer than the same one without it.
const blocked = Math.max(...adapted.map(({ milliseconds }, index) => milliseconds - (plain[index]?.milliseconds ?? 0)));
const isMet = gain >= 2 && blocked <= 300;
console.log(`\nthe usual way, the memory: ${gain >= 0 ? '+' : ''}${gain.toFixed(2)} chrF (at least +2), no suggestion later than without it by more than ${blocked.toFixed(0)} ms (at most 300): ${isMet ? 'met' : 'NOT met'}`);
process.exitCode = isMet ? 0 : 1;
