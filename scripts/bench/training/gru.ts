/**
 * Training the same encoder-decoder from the same weights on the same batches, here and in PyTorch, in turn: do the losses
 * agree, and how many target tokens does a second of processor time train?
 *
 *   node scripts/bench/training/gru.ts PYTHON [--steps 200] [--threads 1] [--vocabulary 8000] [--units 256] [--rows 32] [--rate 1.5e-4] [--judged 3e-4]
 *
 * The default rate was chosen so that the curve of 200 steps is reproducible. At the rate that is judged the attention takes
 * shape within them, and there rounding decides: PyTorch in float64 tells which of the two curves in float32 is nearer to it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { adam } from '../../../native-models/training/optimizers/adam.ts';
import { initialParameters } from '../../../native-models/training/parameters.ts';
import { seededRandom } from '../../../native-models/training/seeded-random.ts';
import { attentionGru, pairBatch } from '../../../native-models/training/session/testing/attention-gru.ts';
import { openTrainingSession } from '../../../native-models/training/session/training-session.ts';
import { Peer, type Turn } from './gru-peer.ts';
import { tell } from './summary.ts';

const [python = 'python3', ...rest] = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(rest[at + 1]);
};
const steps = option('steps', 200);
const threads = option('threads', 1);
const vocabulary = option('vocabulary', 8000);
const units = option('units', 256);
const rows = option('rows', 32);
const [rate, judged] = [option('rate', 1.5e-4), option('judged', 3e-4)];
const [TURN, MOST_DIFFERENCE, LEAST_SPEED] = [20, 0.01, 0.7];
const settings = { clipNorm: 1, smoothing: 0.1, embedding: units, hidden: units };

const model = attentionGru({ ...settings, sourceVocabulary: vocabulary, targetVocabulary: vocabulary, dropout: 0 });
const parameters = initialParameters(model, 1);
const random = seededRandom(2);
/** Words as frequent as words are (Zipf), each with one translation, in sentences of 10 to 20. */
const word = (): number => 1 + Math.floor((vocabulary - 1) ** random.next()) - 1;
const batches = Array.from({ length: steps }, () =>
  pairBatch(
    Array.from({ length: rows }, () => {
      const source = Array.from({ length: 10 + random.below(11) }, () => 1 + (word() % (vocabulary - 1)));
      return { source, target: source.map((id) => 1 + ((id * 31) % (vocabulary - 1))) };
    }),
  ),
);
const tokens = batches.reduce((sum, batch) => sum + (batch['target-mask']?.type === 'float32' ? batch['target-mask'].data.reduce((count, weight) => count + weight, 0) : 0), 0);

const folder = mkdtempSync(path.join(tmpdir(), 'bitext-training-'));
const job = {
  ...settings,
  parameters: [...parameters].map(([name, { dims }]) => ({ name, dims })),
  batches: batches.map((batch) => Object.fromEntries(Object.entries(batch).map(([name, { dims }]) => [name, dims]))),
};
writeFileSync(path.join(folder, 'job.json'), JSON.stringify(job));
writeFileSync(path.join(folder, 'parameters.bin'), Buffer.concat([...parameters.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))));
for (const [index, batch] of batches.entries()) for (const [name, { data }] of Object.entries(batch)) writeFileSync(path.join(folder, `${index}.${name}`), Buffer.from(data.buffer, data.byteOffset, data.byteLength));

/** Turns of every engine, in turn with each other: ours first, then the peers. */
async function race(at: number, kinds: readonly ('float32' | 'float64')[]): Promise<{ version: string; turns: readonly (readonly Turn[])[] }> {
  const peers = await Promise.all(kinds.map((kind) => Peer.open(python, folder, { threads, kind, rate: at })));
  const session = await openTrainingSession(model, { parameters, optimizer: adam(), clipNorm: settings.clipNorm, seed: 1, threads });
  const turns: Turn[][] = [[], ...kinds.map(() => [])];
  for (let first = 0; first < steps; first += TURN) {
    const last = Math.min(steps, first + TURN);
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    const reports = await session.steps(batches.slice(first, last).map((batch) => ({ batch, rate: at })));
    const used = process.cpuUsage(cpu);
    turns[0]?.push({ losses: reports.map(({ loss }) => loss), cpuSeconds: (used.user + used.system) / 1e6, seconds: (performance.now() - wall) / 1000 });
    for (const [index, peer] of peers.entries()) turns[index + 1]?.push(await peer.turn(first, last));
  }
  await session.close();
  for (const peer of peers) peer.close();
  return { version: peers[0]?.version ?? '', turns };
}

const curveOf = (turns: readonly Turn[] | undefined): number[] => (turns ?? []).flatMap(({ losses }) => losses);
const speedOf = (turns: readonly Turn[] | undefined, unit: 'cpuSeconds' | 'seconds'): number => tokens / (turns ?? []).reduce((sum, turn) => sum + turn[unit], 0);
const distance = (one: readonly number[], other: readonly number[]): number => Math.max(...one.map((loss, step) => Math.abs(loss - (other[step] ?? Number.NaN)) / (other[step] ?? Number.NaN)));
const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;
const sampled = [0, 50, 100, 150, steps - 1].filter((step, place, all) => step < steps && all.indexOf(step) === place);
const row = (name: string, curve: readonly number[], ...more: string[]): string => `| ${[name, ...more, sampled.map((step) => (curve[step] ?? Number.NaN).toFixed(4)).join(', ')].join(' | ')} |`;
const losses = `loss at step ${sampled.map((step) => step + 1).join(', ')}`;

try {
  const { version, turns: [ours, theirs] } = await race(rate, ['float32']);
  const [speed, difference] = [speedOf(ours, 'cpuSeconds') / speedOf(theirs, 'cpuSeconds'), distance(curveOf(ours), curveOf(theirs))];
  console.log(`GRU with additive attention, vocabulary ${vocabulary}, ${units} units, ${rows} rows of 10 to 20 tokens, ${steps} steps, ${threads} thread${threads === 1 ? '' : 's'}, rate ${rate}`);
  console.log(`| engine | target tokens/s of CPU time | ours is | tokens/s (wall) | ${losses} |\n|---|---:|---:|---:|---|`);
  console.log(row('Bitext Studio', curveOf(ours), speedOf(ours, 'cpuSeconds').toFixed(0), `${speed.toFixed(2)}x`, speedOf(ours, 'seconds').toFixed(0)));
  console.log(row(`PyTorch ${version}`, curveOf(theirs), speedOf(theirs, 'cpuSeconds').toFixed(0), '', speedOf(theirs, 'seconds').toFixed(0)));
  console.log(`largest difference of the losses: ${percent(difference)}; memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
  tell({ what: 'GRU: losses of 200 steps beside PyTorch', asked: 'within 1 %', got: percent(difference), met: difference <= MOST_DIFFERENCE });
  tell({ what: 'GRU: tokens/s beside PyTorch', asked: '0.7x', got: `${speed.toFixed(2)}x`, met: speed >= LEAST_SPEED });
  if (!(difference <= MOST_DIFFERENCE && speed >= LEAST_SPEED)) process.exitCode = 1;
  if (judged > 0) {
    const [mine = [], peer = [], judge = []] = (await race(judged, ['float32', 'float64'])).turns.map(curveOf);
    console.log(`\nRate ${judged}: the largest distance from PyTorch in float64\n| engine | distance | up to step ${Math.min(100, steps)} | ${losses} |\n|---|---:|---:|---|`);
    for (const [name, curve] of [['Bitext Studio, float32', mine], ['PyTorch, float32', peer]] as const) console.log(row(name, curve, percent(distance(curve, judge)), percent(distance(curve.slice(0, 100), judge))));
    console.log(row('PyTorch, float64', judge, '', ''));
    console.log(`between the two in float32: ${percent(distance(mine, peer))}`);
    tell({ what: `GRU at rate ${judged}: distance from PyTorch in float64`, asked: '', got: `${percent(distance(mine, judge))}; PyTorch in float32 ${percent(distance(peer, judge))}`, met: null });
  }
} finally {
  rmSync(folder, { recursive: true });
}
