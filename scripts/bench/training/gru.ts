/**
 * Training the same encoder-decoder from the same weights on the same batches, here and in PyTorch, in turn: do the losses
 * agree, and how many target tokens does a second of processor time train?
 *
 *   node scripts/bench/training/gru.ts PYTHON [--steps 200] [--threads 1] [--vocabulary 8000] [--units 256] [--rows 32] [--rate 1.5e-4]
 *
 * The default rate was chosen so that the curve of 200 steps is reproducible. At 3e-4 and 1e-3 the attention takes shape within
 * them, and there rounding decides: PyTorch in float32 is 10 % away from PyTorch in float64 (docs/engine-training.md).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { adam } from '../../../native-models/training/optimizers/adam.ts';
import { initialParameters } from '../../../native-models/training/parameters.ts';
import { seededRandom } from '../../../native-models/training/seeded-random.ts';
import { attentionGru, pairBatch } from '../../../native-models/training/session/testing/attention-gru.ts';
import { openTrainingSession } from '../../../native-models/training/session/training-session.ts';

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
const TURN = 20;
const settings = { rate: option('rate', 1.5e-4), clipNorm: 1, smoothing: 0.1, embedding: units, hidden: units };

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

const folder = mkdtempSync(path.join(tmpdir(), 'bitext-training-'));
const job = {
  ...settings,
  parameters: [...parameters].map(([name, { dims }]) => ({ name, dims })),
  batches: batches.map((batch) => Object.fromEntries(Object.entries(batch).map(([name, { dims }]) => [name, dims]))),
};
writeFileSync(path.join(folder, 'job.json'), JSON.stringify(job));
writeFileSync(path.join(folder, 'parameters.bin'), Buffer.concat([...parameters.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))));
for (const [index, batch] of batches.entries()) for (const [name, { data }] of Object.entries(batch)) writeFileSync(path.join(folder, `${index}.${name}`), Buffer.from(data.buffer, data.byteOffset, data.byteLength));

interface Turn {
  readonly losses: readonly number[];
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const peer = spawn(python, [fileURLToPath(new URL('gru_peer.py', import.meta.url)), folder, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const answer = async (): Promise<unknown> => {
  const { value } = await answers.next();
  if (typeof value !== 'string') throw new Error('PyTorch stopped');
  return JSON.parse(value);
};
const isTurn = (value: unknown): value is Turn => typeof value === 'object' && value !== null && 'losses' in value && 'cpuSeconds' in value;

const session = await openTrainingSession(model, { parameters, optimizer: adam(), clipNorm: settings.clipNorm, seed: 1, threads });
const greeting = await answer();
const [ours, theirs]: [Turn[], Turn[]] = [[], []];
for (let first = 0; first < steps; first += TURN) {
  const last = Math.min(steps, first + TURN);
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const reports = await session.steps(batches.slice(first, last).map((batch) => ({ batch, rate: settings.rate })));
  const used = process.cpuUsage(cpu);
  ours.push({ losses: reports.map(({ loss }) => loss), cpuSeconds: (used.user + used.system) / 1e6, seconds: (performance.now() - wall) / 1000 });
  peer.stdin.write(`${JSON.stringify([first, last])}\n`);
  const turn = await answer();
  if (!isTurn(turn)) throw new Error('PyTorch answered something else');
  theirs.push(turn);
}
peer.stdin.end();
await session.close();
rmSync(folder, { recursive: true });

const tokens = batches.reduce((sum, batch) => sum + (batch['target-mask']?.type === 'float32' ? batch['target-mask'].data.reduce((count, weight) => count + weight, 0) : 0), 0);
const speed = (turns: readonly Turn[], unit: 'cpuSeconds' | 'seconds'): number => tokens / turns.reduce((sum, turn) => sum + turn[unit], 0);
const curves = [ours, theirs].map((turns) => turns.flatMap(({ losses }) => losses));
const [mine = [], peers = []] = curves;
const difference = Math.max(...mine.map((loss, step) => Math.abs(loss - (peers[step] ?? Number.NaN)) / (peers[step] ?? Number.NaN)));
const version = typeof greeting === 'object' && greeting !== null && 'version' in greeting ? String(greeting.version) : '';
const sampled = [0, 50, 100, 150, steps - 1].filter((step, place, all) => step < steps && all.indexOf(step) === place);
console.log(`GRU with additive attention, vocabulary ${vocabulary}, ${units} units, ${rows} rows of 10 to 20 tokens, ${steps} steps, ${threads} thread${threads === 1 ? '' : 's'}`);
console.log('| engine | target tokens/s of CPU time | ours is | tokens/s (wall) | loss at step ' + sampled.map((step) => step + 1).join(', ') + ' |\n|---|---:|---:|---:|---|');
for (const [name, turns, curve] of [['Bitext Studio', ours, mine], [`PyTorch ${version}`, theirs, peers]] as const) {
  const ratio = turns === ours ? '' : `${(speed(ours, 'cpuSeconds') / speed(theirs, 'cpuSeconds')).toFixed(2)}x`;
  console.log(`| ${name} | ${speed(turns, 'cpuSeconds').toFixed(0)} | ${ratio} | ${speed(turns, 'seconds').toFixed(0)} | ${sampled.map((step) => (curve[step] ?? Number.NaN).toFixed(4)).join(', ')} |`);
}
console.log(`largest difference of the losses: ${(100 * difference).toFixed(3)} %; memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
