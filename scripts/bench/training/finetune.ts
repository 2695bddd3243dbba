/**
 * Fine-tunes the students between English and Portuguese on corpora of shared/data/parallel, both ways, and prints what each
 * gained on pairs that were held out and lost on general text, in float32 and in int8, with time and memory.
 *
 *   node scripts/bench/training/finetune.ts [--case rust,rust-back,interface,interface-back] [--threads 2]
 *     [--epochs N] [--rate X] [--general N] [--rank N] [--distilled N] [--pull X] [--average X]
 *
 * Each case runs in a process of its own, so that its memory is its own. The settings behind the threads are those that
 * docs/fine-tuning.md compares.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCorpus } from '../../../native-models/training/corpus/read-corpus.ts';
import { splitHeldOut } from '../../../native-models/training/corpus/held-out.ts';
import { DEFAULT_FINETUNE, type FinetuneSettings } from '../../../native-models/training/finetune/finetune-settings.ts';
import { finetuneModel } from '../../../native-models/training/finetune/finetune-model.ts';
import type { PairScores } from '../../../native-models/training/finetune/finetune-job.ts';
import { openStudentFolder, writeFloatStudent } from '../../../native-models/training/finetune/student-folder.ts';
import { openStudentTranslator } from '../../../native-models/training/finetune/tunable-student.ts';
import type { Parameter } from '../../../native-models/training/parameters.ts';
import { RunDirectory } from '../../../native-models/training/runs/run-directory.ts';
import { parameterName } from '../../../native-models/training/session/training-graph.ts';
import { weightsWithChange } from '../../../native-models/training/student/trainable-student.ts';
import { FINETUNE_CASES, prepareCase, type FinetuneCase } from './finetune-cases.ts';
import { tell } from './summary.ts';

const words = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? undefined : words[at + 1];
};
const number = (name: string, otherwise: number): number => Number(option(name) ?? otherwise);
const threads = number('threads', 2);
const wanted = option('case')?.split(',');
const cases = FINETUNE_CASES.filter(({ name }) => wanted === undefined || wanted.includes(name));
const [MOST_SECONDS, MOST_MEBIBYTES, LEAST_GAIN, MOST_LOSS] = [360, 2048, 7, 0.5];

if (cases.length > 1) {
  let failed = 0;
  for (const { name } of cases) failed += spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words, '--case', name].filter((word, at, all) => word !== '--case' || at === all.length - 2), { stdio: 'inherit' }).status === 0 ? 0 : 1;
  process.exitCode = failed;
} else for (const each of cases) await measureCase(each);

function settings(): FinetuneSettings {
  const { epochs, rate, generalSentences, distilled, pull } = DEFAULT_FINETUNE;
  const rank = option('rank');
  return {
    ...DEFAULT_FINETUNE, ...(rank === undefined ? {} : { rank: Number(rank) }),
    epochs: number('epochs', epochs), rate: number('rate', rate), generalSentences: number('general', generalSentences), distilled: number('distilled', distilled), pull: number('pull', pull),
  };
}

async function measureCase(each: FinetuneCase): Promise<void> {
  const work = mkdtempSync(path.join(tmpdir(), 'bitext-finetune-'));
  try {
    const { modelFolder, corpusFile, generalFile, measured } = await prepareCase(each, work, threads);
    const student = await openStudentFolder(modelFolder);
    const { heldOut } = splitHeldOut((await readCorpus(corpusFile)).pairs);
    const [used, runFolder] = [process.cpuUsage(), path.join(work, 'run')];
    const outcome = await finetuneModel({ modelFolder, corpusFile, generalFile, runFolder, into: path.join(work, 'tuned'), settings: settings(), threads }, {
      report: (progress) => {
        if (progress.stage === 'learning') process.stderr.write(`\r${progress.update} of ${progress.updates} updates, loss ${progress.loss.toFixed(3)}, ${Math.round(progress.tokensPerSecond)} tokens/s   `);
      },
    });
    const { user, system } = process.cpuUsage(used);
    const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stderr.write('\n');

    const rows = new Map<string, { heldOut: PairScores; general: PairScores }>();
    const measure = async (name: string, folder: string, precision: 'int8' | 'float32'): Promise<void> => {
      const translator = await openStudentTranslator(student, folder, { precision, threads, cacheDir: path.join(work, 'graphs', name) });
      rows.set(name, { heldOut: await translator.measure(heldOut), general: await translator.measure(measured) });
      await translator.close();
    };
    const inFloats = async (name: string, weights: ReadonlyMap<string, Parameter>): Promise<string> => {
      await writeFloatStudent(student, path.join(work, name), weights);
      return path.join(work, name);
    };
    await measure('before, float32', await inFloats('old-floats', student.parameters), 'float32');
    await measure('before, int8', modelFolder, 'int8');
    const directory = new RunDirectory(runFolder);
    const best = await directory.bestStep();
    if (best !== null) {
      const prefix = parameterName('');
      const learned = new Map([...student.parameters, ...[...(await directory.load(best)).tensors].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : []))]);
      await measure('after, float32', await inFloats('new-floats', weightsWithChange(learned, student.architecture, outcome.share ?? 1)), 'float32');
    }
    if (outcome.outcome === 'accepted') await measure('after, int8', path.join(work, 'tuned'), 'int8');

    const { pairs, share, curve, seconds } = outcome;
    console.log(`\n### ${each.name}: ${each.corpus}, ${path.basename(modelFolder)}\n`);
    console.log(`${outcome.outcome}: ${pairs.training} pairs, ${pairs.validation} to decide by, ${pairs.heldOut} held out, ${pairs.general} general sentences mixed in, share ${share ?? 0}`);
    console.log(`${Math.round(seconds)} s with ${threads} threads (${Math.round((user + system) / 1e6)} s of processor time), at most ${mebibytes} MiB\n`);
    console.log('| pass ends at update | validation: loss | BLEU | chrF | general text moved by |\n|---:|---:|---:|---:|---:|');
    for (const { update, scores } of curve) console.log(`| ${[String(update), ...['heldOutLoss', 'bleu', 'chrf', 'generalLoss'].map((name) => scores[name]?.toFixed(name.endsWith('Loss') ? 4 : 2) ?? '')].join(' | ')} |`);
    console.log('\n| model | held out: BLEU | chrF | FLORES dev: BLEU | chrF |\n|---|---:|---:|---:|---:|');
    for (const [name, scores] of rows) console.log(`| ${name} | ${[scores.heldOut.bleu, scores.heldOut.chrf, scores.general.bleu, scores.general.chrf].map((value) => value.toFixed(2)).join(' | ')} |`);
    console.log('');
    const isAsked = each === FINETUNE_CASES[0];
    for (const kind of ['float32', 'int8']) {
      const [old, now] = [rows.get(`before, ${kind}`), rows.get(`after, ${kind}`)];
      const [gain, change] = old === undefined || now === undefined ? [NaN, NaN] : [now.heldOut.bleu - old.heldOut.bleu, now.general.bleu - old.general.bleu];
      const got = Number.isNaN(gain) ? 'not accepted' : `${signed(gain)} BLEU held out, ${signed(change)} general`;
      console.log(`${kind}: ${got}`);
      tell({ what: `Fine-tuning ${each.name}, ${kind}`, asked: isAsked ? `+${LEAST_GAIN} BLEU held out, at most -${MOST_LOSS} general` : '', got, met: isAsked ? gain >= LEAST_GAIN && change >= -MOST_LOSS : null });
    }
    tell({ what: `Fine-tuning ${each.name}, ${threads} threads`, asked: isAsked ? 'under 6 minutes, under 2 GB' : '', got: `${Math.round(seconds)} s, ${mebibytes} MiB`, met: isAsked ? seconds < MOST_SECONDS && mebibytes < MOST_MEBIBYTES : null });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}
