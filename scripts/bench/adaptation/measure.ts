/**
 * What continuous adaptation gains and costs: 300 segments of a book about programming, confirmed one by one, and chrF and
 * BLEU of the suggestions for the last 100 without adaptation and in each way of it; the same of other texts; how long
 * suggestions wait; how fast a whole project is translated; how fast similar pairs are found.
 *
 *   npm run bench:adaptation [-- --only figure,poison,streams,waiting,projects,index,memory --threads 2]
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from '../../../app/cli/workspace.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { corpusBleu } from '../../../native-models/evaluation/bleu.ts';
import { corpusChrf } from '../../../native-models/evaluation/chrf.ts';
import { modelsFolder } from '../../setup/places.mjs';
import { tell } from '../training/summary.ts';
import { searchTimes } from './index-speed.ts';
import { learnStream } from './learning.ts';
import { measurePoison } from './poison.ts';
import { CHOSEN_ON, FIGURE, languagesOf, MEASURED, nameOf, parallelFile, readStream, SEGMENTS, type Stream } from './streams.ts';
import { suggestLast } from './suggestions.ts';
import { measureOpening, measureWaiting } from './waiting.ts';
import { translateByMemory } from './ways-of-memory.ts';
import { translateWhole } from './whole-projects.ts';

/** A round takes about as long as a translator takes for so many segments; where less is enough to know there is one before all that is measured. */
const ROUND_EVERY = 25;

const { values: options } = parseArgs({ options: { only: { type: 'string', default: 'figure,poison,streams,waiting,projects,index' }, threads: { type: 'string', default: '2' } } });
const only = options.only.split(','), threads = Number(options.threads);
const folderOf = (stream: Stream): string => join(modelsFolder(), languagesOf(stream).model);
for (const needed of [parallelFile(FIGURE.file), folderOf(FIGURE)]) if (!existsSync(needed)) throw new Error(`${needed} is not there: the measure needs the corpus and the default model ("npm run setup").`);
let isMet = true;

if (only.includes('figure')) {
  console.log(`${SEGMENTS} segments, ${nameOf(FIGURE)}, the last ${MEASURED} of them; ${threads} threads`);
  const { plain, led, learned } = await measureStream(FIGURE, ROUND_EVERY);
  const before = row('not adapted', FIGURE, plain);
  row('memory of similar pairs', FIGURE, led);
  row('steps', FIGURE, learned.plain);
  const both = row('both, the usual way', FIGURE, learned.led);
  const { steps } = learned.state;
  console.log(`${steps.length} steps, ${learned.state.kept.length} kept, ${steps.reduce((sum, { made }) => sum + made.milliseconds / steps.length, 0).toFixed(0)} ms each; ${learned.seconds.length} rounds of ${learned.seconds.map((each) => each.toFixed(0)).join(', ')} s`);
  told('adaptation: gain of the usual way', `${signed(both - before)} chrF`, 'at least +2', both - before >= 2);
}
if (only.includes('poison')) {
  const { good, wrong } = await measurePoison(readStream(FIGURE), folderOf(FIGURE));
  console.log(`\nheld-out loss behind a step of right pairs: ${good.map((each) => each.toFixed(3)).join(' ')}; of wrong ones: ${wrong.changes.map((each) => each.toFixed(3)).join(' ')}`);
  told('adaptation: steps of wrong pairs that the guard refused', `${wrong.takenBack} of ${wrong.changes.length}`, 'all', wrong.takenBack === wrong.changes.length);
}
if (only.includes('streams')) {
  console.log('\nother texts, that the settings were chosen on: chrF not adapted, and gains by memory, steps and both');
  for (const stream of CHOSEN_ON) {
    const { plain, led, learned } = await measureStream(stream, MEASURED);
    const before = chrfOf(stream, plain);
    console.log(`${nameOf(stream).padEnd(44)} ${before.toFixed(2)}  ${[led, learned.plain, learned.led].map((texts) => signed(chrfOf(stream, texts) - before)).join('  ')}`);
  }
}
if (only.includes('waiting')) {
  const pairs = readStream(FIGURE).slice(0, 150), place = { modelFolder: folderOf(FIGURE), threads };
  const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? 0;
  const opening = await measureOpening(pairs, place);
  console.log(`\nmilliseconds to the first suggestion behind the opening of a project: off ${opening.off.map((each) => each.toFixed(0)).join(' ')}; on ${opening.on.map((each) => each.toFixed(0)).join(' ')}`);
  told('adaptation: the first suggestion comes later by', `${(median(opening.on) - median(opening.off)).toFixed(0)} ms`, 'at most 300 ms, the median of five', median(opening.on) - median(opening.off) <= 300);
  console.log('milliseconds of the others: median, slowest');
  const [off, on] = [await waits('off', null), await waits('both', 'both')];
  const longest = Math.max(...on.times) - Math.max(...off.times);
  told('adaptation: the slowest suggestion comes later by', `${longest.toFixed(0)} ms`, 'at most 300 ms', longest <= 300);

  async function waits(name: string, way: 'both' | null): ReturnType<typeof measureWaiting> {
    const waiting = await measureWaiting(pairs, way, place);
    const sorted = waiting.times.toSorted((a, b) => a - b);
    console.log(`${name.padEnd(8)} ${median(sorted).toFixed(0)}  ${(sorted.at(-1) ?? 0).toFixed(0)}  of ${sorted.length} (${waiting.steps.kept} steps kept, ${waiting.steps.inUse} in use)`);
    return waiting;
  }
}
if (only.includes('projects')) {
  console.log('\na project with 300 confirmed segments is translated (weights that learned are as fast as others): words a second, and a second of processor time');
  const pairs = [...readStream(FIGURE), ...[300, 600, 900, 1200].flatMap((start) => readStream({ ...FIGURE, start }))];
  for (const { way, words, wordsPerSecond, wordsPerCpuSecond } of await translateWhole(pairs, ['off', 'memory'], { modelFolder: folderOf(FIGURE), threads, rounds: 2 })) console.log(`${way.padEnd(8)} ${words} words, ${wordsPerSecond.toFixed(0)}, ${wordsPerCpuSecond.toFixed(0)}`);
}
if (only.includes('index')) {
  const times = searchTimes(100_000);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  console.log('');
  told('adaptation: finding similar pairs among 100,000', `median ${at(0.5).toFixed(1)} ms, 95 of 100 within ${at(0.95).toFixed(1)} ms`, 'at most 5 ms', at(0.5) <= 5);
}
if (only.includes('memory')) {
  console.log('');
  for (const [name, texts] of await translateByMemory(folderOf(FIGURE), join(defaultCache(), 'graphs'), readStream(FIGURE), threads)) row(name, FIGURE, texts);
}
process.exitCode = isMet ? 0 : 1;

async function measureStream(stream: Stream, roundEvery: number) {
  const pairs = readStream(stream), { from, to } = languagesOf(stream), modelFolder = folderOf(stream);
  const engine = createOnnxEngine({ modelDirs: [modelFolder], cacheDir: join(defaultCache(), 'graphs'), threads });
  const { plain, led } = await suggestLast(pairs, { engine, from, to });
  await engine.close();
  return { plain, led, learned: await learnStream(pairs, { modelFolder, from, to, threads, roundEvery }) };
}

function referencesOf(stream: Stream): string[] {
  return readStream(stream).slice(-MEASURED).map(({ target }) => target);
}
function chrfOf(stream: Stream, texts: readonly string[]): number {
  return corpusChrf(texts, [referencesOf(stream)]).score;
}
function row(name: string, stream: Stream, texts: readonly string[]): number {
  const chrf = chrfOf(stream, texts);
  console.log(`${name.padEnd(44)} chrF ${chrf.toFixed(2)}  BLEU ${corpusBleu(texts, [referencesOf(stream)]).score.toFixed(2)}`);
  return chrf;
}
function signed(gain: number): string {
  return `${gain >= 0 ? '+' : ''}${gain.toFixed(2)}`;
}
/** Prints a figure against what is asked, and puts it into the table of bench:training. */
function told(what: string, got: string, asked: string, met: boolean): void {
  console.log(`${what}: ${got} (${asked}): ${met ? 'met' : 'NOT met'}`);
  tell({ what, asked, got, met });
  isMet &&= met;
}
