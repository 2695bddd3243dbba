/**
 * Fine-tuning of every family on the tiny models of shared/data/models: from the same weights and batches the losses of 50 steps
 * here and in transformers, how many target tokens a second of processor time trains, and what comes out as a user would have it:
 * BLEU of unseen sentences in 8 bit, before and after.
 *
 *   node scripts/bench/training/families.ts PYTHON [--steps 50] [--rate 3e-4]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { batchesOf, type TrainingExample } from '../../../native-models/training/corpus/batches.ts';
import { DEFAULT_FINETUNE } from '../../../native-models/training/finetune/finetune-settings.ts';
import { openTunableModel } from '../../../native-models/training/finetune/open-tunable-model.ts';
import type { TunableModel } from '../../../native-models/training/finetune/tunable-model.ts';
import { adam } from '../../../native-models/training/optimizers/adam.ts';
import { seededRandom } from '../../../native-models/training/seeded-random.ts';
import { openTrainingSession } from '../../../native-models/training/session/training-session.ts';
import { checkout } from '../../setup/places.mjs';
import { tell } from './summary.ts';
import type { TuningTask } from '../../../native-models/training/finetune/finetune-job.ts';

const [python = 'python3', ...rest] = process.argv.slice(2);
const option = (name: string, otherwise: number): number => {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(rest[at + 1]);
};
const [steps, rate] = [option('steps', 50), option('rate', 3e-4)];
const [LEARNING_RATE, EPOCHS, MOST_DIFFERENCE] = [3e-3, 20, 0.01];
const BATCHES = { targetTokens: 400, maxRows: 64, seed: 1 };
const models = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(checkout, '..', 'shared', 'data'), 'models');
if (!existsSync(models)) throw new Error(`not measured: ${models} is not there`);

const TRANSLATION: TuningTask = { task: 'translate', from: 'en', to: 'de' };
const FAMILIES: readonly (readonly [folder: string, task: TuningTask])[] = [
  ['marian-npz', TRANSLATION], ['marian', TRANSLATION], ['nllb', TRANSLATION], ['mbart50', TRANSLATION], ['t5v10', TRANSLATION], ['t5', TRANSLATION], ['bart', { task: 'summarize' }], ['pegasus', { task: 'summarize' }],
];

/** Two to five words, each with its own translation: nothing that these models know. */
const WORDS = [['two', 'zwei'], ['dogs', 'Hunde'], ['man', 'Mann'], ['woman', 'Frau'], ['red', 'rot'], ['blue', 'blau'], ['water', 'Wasser'], ['plays', 'spielt'], ['runs', 'rennt']] as const;
const random = seededRandom(3);
const pairs = Array.from({ length: 260 }, () => {
  const words = Array.from({ length: 2 + random.below(4) }, () => WORDS[random.below(WORDS.length)] ?? WORDS[0]);
  return { source: words.map(([word]) => word).join(' '), target: words.map(([, word]) => word).join(' ') };
});
const known = new Set(pairs.slice(0, 200).map(({ source }) => source));
const unseen = pairs.slice(200).filter(({ source }) => !known.has(source));

interface Curve {
  readonly losses: readonly number[];
  readonly cpuSeconds: number;
}

async function ours(model: TunableModel, batches: readonly (readonly TrainingExample[])[], at: number): Promise<Curve & { readonly parameters: ReturnType<Awaited<ReturnType<typeof openTrainingSession>>['parameters']> }> {
  const learner = model.learner({ ...DEFAULT_FINETUNE, rank: 'full', freezeEmbeddings: false }, null);
  const session = await openTrainingSession(learner.model, { parameters: learner.start, optimizer: adam({ beta2: 0.98 }), clipNorm: 1, seed: 1, threads: 1 });
  const cpu = process.cpuUsage();
  const reports = await session.steps(batches.map((examples) => ({ batch: learner.batch(examples), rate: at })));
  const { user, system } = process.cpuUsage(cpu);
  const parameters = session.parameters();
  await session.close();
  return { losses: reports.map(({ loss }) => loss), cpuSeconds: (user + system) / 1e6, parameters };
}

/** The same steps in transformers; null for a folder that it does not read. */
function theirs(folder: string, batches: readonly (readonly TrainingExample[])[], start: number, work: string): Curve | null {
  if (!existsSync(path.join(folder, 'config.json'))) return null;
  const job = path.join(work, 'job.json');
  writeFileSync(job, JSON.stringify({ folder, rate, start, batches }));
  const run = spawnSync(python, [path.join(import.meta.dirname, 'families_peer.py'), job], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const curve: unknown = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? 'null');
  if (typeof curve !== 'object' || curve === null || !('losses' in curve) || !Array.isArray(curve.losses) || !('cpuSeconds' in curve)) throw new Error('transformers answered something else');
  return { losses: curve.losses.map(Number), cpuSeconds: Number(curve.cpuSeconds) };
}

async function bleu(model: TunableModel, folder: string, cacheDir: string): Promise<number> {
  const translator = await model.openTranslator(folder, { precision: 'int8', threads: 1, cacheDir });
  try {
    return (await translator.measure(unseen)).bleu;
  } finally {
    await translator.close();
  }
}

console.log(`${steps} steps at rate ${rate}, all numbers learning, one thread; then ${EPOCHS} passes over 200 pairs at ${LEARNING_RATE}, BLEU of ${unseen.length} unseen ones in 8 bit\n`);
console.log('| model | task | numbers | loss, first to last step | largest difference from transformers | tokens/s of CPU time | transformers | BLEU before | after |\n|---|---|---:|---|---:|---:|---:|---:|---:|');
const worst: number[] = [];
const rises: boolean[] = [];
for (const [name, task] of FAMILIES) {
  const work = mkdtempSync(path.join(tmpdir(), 'bitext-families-'));
  try {
    const folder = path.join(models, name);
    const model = await openTunableModel(folder, task);
    const examples = model.encode(pairs.slice(0, 200), 100);
    const take = (indices: readonly number[]): readonly TrainingExample[] => indices.flatMap((index) => examples[index] ?? []);
    const passes = (count: number): (readonly TrainingExample[])[] => Array.from({ length: count }, (_, epoch) => batchesOf(examples, BATCHES, epoch)).flat().map(take);
    const batches = passes(steps).slice(0, steps);
    const tokens = batches.flat().reduce((sum, { target }) => sum + target.length, 0);
    const first = model.learner({ ...DEFAULT_FINETUNE, rank: 'full', freezeEmbeddings: false }, null).batch(take([0]))['previous']?.data[0];
    const mine = await ours(model, batches, rate);
    const peer = theirs(folder, batches, Number(first), work);
    const before = await bleu(model, folder, path.join(work, 'before'));
    const { parameters } = await ours(model, passes(EPOCHS), LEARNING_RATE);
    await model.writer(examples, { threads: 1 }).write(parameters, 1, path.join(work, 'new'));
    const after = await bleu(model, path.join(work, 'new'), path.join(work, 'after'));
    const difference = peer === null ? null : Math.max(...mine.losses.map((loss, step) => Math.abs(loss - (peer.losses[step] ?? NaN)) / (peer.losses[step] ?? NaN)));
    if (difference !== null) worst.push(difference);
    rises.push(after > before);
    const { parameters: numbers } = model.size(DEFAULT_FINETUNE);
    console.log(`| ${[
      name, task.task, numbers.toLocaleString('en'), `${mine.losses[0]?.toFixed(3)} to ${mine.losses.at(-1)?.toFixed(3)}`, difference === null ? 'not read by it' : `${(100 * difference).toFixed(4)} %`,
      (tokens / mine.cpuSeconds).toFixed(0), peer === null ? '' : (tokens / peer.cpuSeconds).toFixed(0), before.toFixed(1), after.toFixed(1),
    ].join(' | ')} |`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
const largest = Math.max(...worst);
tell({ what: `families: losses of ${steps} steps beside transformers`, asked: 'within 1 %', got: `${(100 * largest).toFixed(4)} %`, met: largest <= MOST_DIFFERENCE });
tell({ what: 'families: BLEU of unseen pairs rises', asked: 'all', got: `${rises.filter(Boolean).length} of ${rises.length}`, met: rises.every(Boolean) });
if (!(largest <= MOST_DIFFERENCE) || !rises.every(Boolean)) process.exitCode = 1;
