/**
 * What each context mapping can learn: copying and reversing random digits, up to ten of them, measured on strings that were
 * never trained on, by length. Writes the accuracies as a plot, too.
 *
 *   node scripts/bench/training/rnn.ts [--steps 1000] [--cell gru] [--hidden 64] [--threads 2] [--only additive,last] [--svg FILE]
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { CELLS, CONTEXTS, DEFAULT_RECURRENT, type ContextMapping } from '../../../native-models/architectures/recurrent/configuration.ts';
import { openRecurrent } from '../../../native-models/runtime/open-recurrent.ts';
import type { TrainingExample } from '../../../native-models/training/corpus/batches.ts';
import { adam } from '../../../native-models/training/optimizers/adam.ts';
import { warmUpThenCosine } from '../../../native-models/training/optimizers/learning-rate.ts';
import { initialParameters } from '../../../native-models/training/parameters.ts';
import { recurrentBatch, trainableRecurrent } from '../../../native-models/training/recurrent/trainable-recurrent.ts';
import { seededRandom } from '../../../native-models/training/seeded-random.ts';
import { openTrainingSession } from '../../../native-models/training/session/training-session.ts';
import { accuracyPlot, type AccuracyCurve } from './accuracy-plot.ts';
import { tell } from './summary.ts';

const words = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const at = words.indexOf(`--${name}`);
  return (at < 0 ? undefined : words[at + 1]) ?? otherwise;
};
const steps = Number(option('steps', '1000'));
const hidden = Number(option('hidden', '64'));
const threads = Number(option('threads', '2'));
const cell = CELLS.find((each) => each === option('cell', 'gru')) ?? 'gru';
const only = option('only', CONTEXTS.join());
const svg = option('svg', '');
const [LONGEST, ROWS, A_LENGTH, A_RUN, SEED] = [10, 64, 100, 20, 5];
const TASKS = ['copy', 'reverse'] as const;
type Task = (typeof TASKS)[number];

/** Every fifth string is never trained on. */
const isHeldOut = (digits: readonly number[]): boolean => (createHash('sha1').update(digits.join()).digest()[0] ?? 0) % 5 === 3;
const [END, FIRST_DIGIT] = [0, 2];
const exampleOf = (digits: readonly number[], task: Task): TrainingExample => {
  const tokens = digits.map((digit) => FIRST_DIGIT + digit);
  return { source: [...tokens, END], target: [...(task === 'copy' ? tokens : tokens.toReversed()), END] };
};

/** Different unseen strings of a length, as many as there are up to A_LENGTH. */
function unseen(length: number): number[][] {
  const random = seededRandom(SEED, 1000 + length);
  const found = new Map<string, number[]>();
  for (let tries = 0; tries < 40 * A_LENGTH && found.size < A_LENGTH; tries++) {
    const digits = Array.from({ length }, () => random.below(10));
    if (isHeldOut(digits)) found.set(digits.join(), digits);
  }
  return [...found.values()];
}

async function learn(context: ContextMapping, task: Task) {
  const configuration = { ...DEFAULT_RECURRENT, encoderCell: cell, decoderCell: cell, context, embedding: 32, hidden, dropout: 0, tied: 'none', sourceVocabulary: 12, targetVocabulary: 12 } as const;
  const model = trainableRecurrent(configuration, 0);
  const random = seededRandom(SEED);
  const rate = warmUpThenCosine({ peak: 3e-3, warmUp: 50, steps, last: 1e-4 });
  const seen = (): TrainingExample => {
    for (;;) {
      const digits = Array.from({ length: 1 + random.below(LONGEST) }, () => random.below(10));
      if (!isHeldOut(digits)) return exampleOf(digits, task);
    }
  };
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  const session = await openTrainingSession(model, { parameters: initialParameters(model, SEED), optimizer: adam({ beta2: 0.98 }), clipNorm: 1, seed: SEED, threads });
  for (let step = 0; step < steps; step += A_RUN)
    await session.steps(Array.from({ length: Math.min(A_RUN, steps - step) }, (_, index) => ({ batch: recurrentBatch(Array.from({ length: ROWS }, seen)), rate: rate(step + index + 1) })));
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - since) / 1000;
  const translator = openRecurrent(configuration, session.parameters(), { threads, device: 'cpu' });
  await session.close();
  const byLength: number[] = [];
  let right = 0, all = 0;
  for (let length = 1; length <= LONGEST; length++) {
    const examples = unseen(length).map((digits) => exampleOf(digits, task));
    const { outputs } = examples.length === 0 ? { outputs: [] } : await translator.run(examples.map(({ source }) => source), { alignment: false, scores: false });
    const exact = examples.filter(({ target }, row) => [...(outputs[row]?.ids ?? []), END].join() === target.join()).length;
    byLength.push(exact / Math.max(1, examples.length));
    right += exact;
    all += examples.length;
  }
  await translator.close();
  return { byLength, exact: right / all, strings: all, seconds, cpuSeconds: (used.user + used.system) / 1e6 };
}

console.log(`Random digits, 1 to ${LONGEST}; ${cell}, ${hidden} units, both ways, ${steps} steps of ${ROWS} strings, ${threads} threads; exact outputs on unseen strings, in %`);
console.log(`| task | context | all | ${Array.from({ length: LONGEST }, (_, index) => index + 1).join(' | ')} | seconds (of processor time) |\n|---|---|---:|${'---:|'.repeat(LONGEST + 1)}`);
const curves: AccuracyCurve[] = [];
let failed = false;
for (const task of TASKS)
  for (const context of CONTEXTS.filter((each) => only.split(',').includes(each))) {
    const { byLength, exact, seconds, cpuSeconds } = await learn(context, task);
    const percent = (share: number): string => (100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0);
    console.log(`| ${task} | ${context} | ${percent(exact)} | ${byLength.map(percent).join(' | ')} | ${seconds.toFixed(0)} (${cpuSeconds.toFixed(0)}) |`);
    curves.push({ task, context, byLength });
    const attends = ['additive', 'multiplicative', 'multi-head'].includes(context);
    if (attends && !(exact > 0.99)) failed = true;
    tell({ what: `Digits, ${task}, ${context}`, asked: attends ? 'over 99 % within 10 minutes' : '', got: `${percent(exact)} % in ${seconds.toFixed(0)} s`, met: attends ? exact > 0.99 && seconds < 600 : null });
  }
if (svg !== '') writeFileSync(svg, accuracyPlot(curves));
console.log(failed ? 'A mapping that attends stays at 99 % or below.' : 'Every mapping that attends is above 99 %.');
if (failed) process.exitCode = 1;
