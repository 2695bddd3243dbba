/**
 * How the settings of the memory were chosen: on streams of other texts and the other direction than the figure's, by the
 * mean gain in chrF, the student alone. Each stream is also measured with what the others would have chosen (leave one out).
 *
 *   node scripts/bench/adaptation/choose-settings.ts [--threads 1]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from '../../../app/cli/workspace.ts';
import { type EncodedPair, PairMemory } from '../../../native-models/adaptation/pair-memory.ts';
import { SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import { corpusChrf } from '../../../native-models/evaluation/chrf.ts';
import type { CompiledModel, MemoryRun } from '../../../native-models/runtime/compiled-model.ts';
import { openMarianStudent } from '../../../native-models/runtime/open-marian-student.ts';
import { openStudentFolder, type StudentFolder } from '../../../native-models/training/finetune/student-folder.ts';
import { modelsFolder } from '../../setup/places.mjs';
import { CHOSEN_ON, FIGURE, languagesOf, nameOf, readStream, type Stream } from './streams.ts';

interface Setting {
  readonly pairs: number;
  readonly temperature: number;
  readonly reach: number;
  readonly most: number;
}

/** Behind so many segments everything is measured: more than the figure's last hundred, for less chance in it. */
const CONFIRMED_FIRST = 100;
const ROWS = 16;
const MOST_TOKENS = 96;

const { values: options } = parseArgs({ options: { threads: { type: 'string', default: '1' } } });
const settings: Setting[] = [0.04, 0.075, 0.15].flatMap((temperature) => [0.4, 0.6, 0.9].flatMap((reach) => [0.7, 0.9].flatMap((most) => [8, 16].map((pairs) => ({ pairs, temperature, reach, most })))));
const gains = new Map<Stream, number[]>();
for (const stream of [...CHOSEN_ON, FIGURE]) {
  const gain = await gainsOn(stream);
  gains.set(stream, gain);
  console.log(`${nameOf(stream).padEnd(52)} ${gain.map((each) => each.toFixed(2)).join(' ')}`);
}

const meanOn = (streams: readonly Stream[], setting: number): number => streams.reduce((sum, stream) => sum + (gains.get(stream)?.[setting] ?? 0), 0) / streams.length;
const bestOn = (streams: readonly Stream[]): number => settings.map((_, at) => at).reduce((best, at) => (meanOn(streams, at) > meanOn(streams, best) ? at : best));
console.log('\nmean gain of each setting over the streams that are chosen on');
for (const [at, setting] of settings.map((setting, index) => [index, setting] as const).sort(([a], [b]) => meanOn(CHOSEN_ON, b) - meanOn(CHOSEN_ON, a))) console.log(`${meanOn(CHOSEN_ON, at).toFixed(2)}  ${JSON.stringify(setting)}`);
console.log('\nleft out, with what the others choose');
for (const stream of CHOSEN_ON) {
  const chosen = bestOn(CHOSEN_ON.filter((each) => each !== stream));
  console.log(`${nameOf(stream).padEnd(52)} ${(gains.get(stream)?.[chosen] ?? 0).toFixed(2)}  ${JSON.stringify(settings[chosen])}`);
}
const chosen = bestOn(CHOSEN_ON);
console.log(`\nthe figure's stream with the chosen setting ${JSON.stringify(settings[chosen])}: ${(gains.get(FIGURE)?.[chosen] ?? 0).toFixed(2)}; the best for itself would be ${JSON.stringify(settings[bestOn([FIGURE])])}: ${Math.max(...(gains.get(FIGURE) ?? [])).toFixed(2)}`);

/** Gain of each setting in chrF. */
async function gainsOn(stream: Stream): Promise<number[]> {
  const folder = join(modelsFolder(), languagesOf(stream).model);
  const student = await openStudentFolder(folder);
  const model = await openMarianStudent({ folder, cacheDir: join(defaultCache(), 'graphs'), precision: 'int8', threads: Number(options.threads), device: 'cpu', shortlist: true });
  const sources: number[][] = [], references: string[] = [], near: EncodedPair[][] = [];
  const confirmed = new SimilarPairs();
  for (const [index, pair] of readStream(stream).entries()) {
    const source = student.source.encode(pair.source);
    if (index >= CONFIRMED_FIRST && source.length < MOST_TOKENS) {
      sources.push([...source, student.source.eosId]);
      references.push(pair.target);
      near.push(confirmed.nearest(pair.source, Math.max(...settings.map(({ pairs }) => pairs))).map((each) => encoded(student, each)).filter((each) => Math.max(each.source.length, each.target.length) <= MOST_TOKENS));
    }
    confirmed.set(index, pair);
  }
  const memory = new PairMemory(model);
  const score = async (setting: Setting | null): Promise<number> => corpusChrf(await translated({ student, model, memory }, { sources, near }, setting), [references]).score;
  const plain = await score(null);
  const gain: number[] = [];
  for (const setting of settings) gain.push((await score(setting)) - plain);
  await model.close();
  return gain;
}

function encoded(student: StudentFolder, { source, target }: { source: string; target: string }): EncodedPair {
  return { source: [...student.source.encode(source), student.source.eosId], target: [...student.target.encode(target), student.target.eosId] };
}

async function translated({ student, model, memory }: { student: StudentFolder; model: CompiledModel; memory: PairMemory }, { sources, near }: { sources: readonly number[][]; near: readonly EncodedPair[][] }, setting: Setting | null): Promise<string[]> {
  const texts = sources.map(() => '');
  const order = sources.map((_, index) => index).sort((a, b) => (sources[a]?.length ?? 0) - (sources[b]?.length ?? 0));
  for (let from = 0; from < order.length; from += ROWS) {
    const batch = order.slice(from, from + ROWS);
    const run: MemoryRun | null = setting === null ? null : { ...(await memory.of(batch.map((index) => (near[index] ?? []).slice(0, setting.pairs)))), temperature: setting.temperature, reach: setting.reach, most: setting.most };
    const { outputs } = await model.run(batch.map((index) => sources[index] ?? []), { alignment: true, scores: true, ...(run === null ? {} : { memory: run }) });
    for (const [row, index] of batch.entries()) texts[index] = student.target.decode(outputs[row]?.ids ?? []);
  }
  return texts;
}
