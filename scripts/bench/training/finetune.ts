/**
 * Fine-tunes the default student from English to Portuguese on a programming course (shared/data/parallel) and prints what it
 * gained on the pairs that were held out and lost on general text, in float32 and in int8, with time and memory.
 *
 *   node scripts/bench/training/finetune.ts [--threads 2] [--epochs N] [--rate X] [--general N]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCorpus } from '../../../native-models/training/corpus/read-corpus.ts';
import { splitHeldOut } from '../../../native-models/training/corpus/held-out.ts';
import { DEFAULT_FINETUNE } from '../../../native-models/training/finetune/finetune-settings.ts';
import { finetuneModel } from '../../../native-models/training/finetune/finetune-model.ts';
import { openStudentFolder, writeStudentFolder } from '../../../native-models/training/finetune/student-folder.ts';
import type { PairScores } from '../../../native-models/training/finetune/pair-translator.ts';
import { openStudentTranslator } from '../../../native-models/training/finetune/tunable-student.ts';
import type { Parameter, ParameterStore } from '../../../native-models/training/parameters.ts';
import { RunDirectory } from '../../../native-models/training/runs/run-directory.ts';
import { parameterName } from '../../../native-models/training/session/training-graph.ts';
import { weightsWithChange } from '../../../native-models/training/student/trainable-student.ts';
import { floatTensor } from '../../../native-models/weights/write-marian-binary.ts';
import { checkout, modelsFolder } from '../../setup/places.mjs';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const threads = option('threads', 2);
const settings = { ...DEFAULT_FINETUNE, epochs: option('epochs', DEFAULT_FINETUNE.epochs), rate: option('rate', DEFAULT_FINETUNE.rate), generalSentences: option('general', DEFAULT_FINETUNE.generalSentences) };
const data = process.env['BITEXT_TEST_DATA'] ?? path.join(checkout, '..', 'shared', 'data');
const file = (name: string): string => path.join(data, 'parallel', name);
if (!existsSync(file('flores-dev.en-pt.tsv'))) throw new Error(`not measured: ${data} is not there`);

const work = mkdtempSync(path.join(tmpdir(), 'bitext-finetune-'));
try {
  // General sentences to mix in are the English side of a corpus of speeches; general text is measured on another corpus.
  const generalFile = path.join(work, 'general.txt');
  writeFileSync(generalFile, readFileSync(file('europarl20k.en-fr.tsv'), 'utf8').split('\n').map((line) => line.split('\t')[0] ?? '').join('\n'));
  const modelFolder = path.join(modelsFolder(), 'enpt-1693087644');
  const student = await openStudentFolder(modelFolder);
  const { heldOut } = splitHeldOut((await readCorpus(file('comprehensive-rust.en-pt-BR.tsv'))).pairs);
  const flores = readFileSync(file('flores-dev.en-pt.tsv'), 'utf8').split('\n').filter(Boolean).map((line) => {
    const [source = '', target = ''] = line.split('\t');
    return { source, target };
  });
  const used = process.cpuUsage();
  const run = path.join(work, 'run');
  const outcome = await finetuneModel({ modelFolder, corpusFile: file('comprehensive-rust.en-pt-BR.tsv'), generalFile, runFolder: run, into: path.join(work, 'tuned'), settings, threads }, {
    report: (progress) => {
      if (progress.stage === 'learning') process.stderr.write(`\r${progress.update} of ${progress.updates} updates, loss ${progress.loss.toFixed(3)}, ${Math.round(progress.tokensPerSecond)} tokens/s   `);
    },
  });
  const { user, system } = process.cpuUsage(used);
  process.stderr.write('\n');

  const measure = async (folder: string, precision: 'int8' | 'float32', name: string): Promise<{ domain: PairScores; general: PairScores }> => {
    const translator = await openStudentTranslator(student, folder, { precision, threads, cacheDir: path.join(work, 'graphs', name) });
    try {
      return { domain: await translator.measure(heldOut), general: await translator.measure(flores) };
    } finally {
      await translator.close();
    }
  };
  const inFloats = async (parameters: ParameterStore, name: string): Promise<string> => {
    const folder = path.join(work, name);
    const tensors = new Map([...student.tensors].filter(([tensor]) => !tensor.endsWith('_QuantMultA')).map(([tensor, stored]) => {
      const parameter = parameters.get(tensor);
      return [tensor, parameter === undefined ? stored : floatTensor(stored.shape, parameter.data)];
    }));
    await writeStudentFolder(student, folder, tensors, null);
    return folder;
  };
  const rows: [string, { domain: PairScores; general: PairScores }][] = [
    ['before, float32', await measure(await inFloats(student.parameters, 'old-floats'), 'float32', 'a')],
    ['before, int8', await measure(modelFolder, 'int8', 'b')],
  ];
  const directory = new RunDirectory(run);
  const best = await directory.bestStep();
  if (best !== null) {
    const { tensors } = await directory.load(best);
    const learned = new Map<string, Parameter>(student.parameters);
    for (const [name, tensor] of tensors) learned.set(name.startsWith(parameterName('')) ? name.slice(parameterName('').length) : name, tensor);
    rows.push(['after, float32', await measure(await inFloats(weightsWithChange(learned, student.architecture, outcome.share ?? 1), 'new-floats'), 'float32', 'c')]);
  }
  if (outcome.outcome === 'accepted') rows.push(['after, int8', await measure(path.join(work, 'tuned'), 'int8', 'd')]);

  console.log(`${outcome.outcome}: ${outcome.pairs.training} pairs, ${outcome.pairs.heldOut} held out, ${outcome.pairs.general} general sentences mixed in, share ${outcome.share ?? 0}`);
  console.log(`${Math.round(outcome.seconds)} s with ${threads} threads (${Math.round((user + system) / 1e6)} s of processor time), at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`);
  console.log('| model | held out: BLEU | chrF | FLORES dev: BLEU | chrF |\n|---|---:|---:|---:|---:|');
  for (const [name, { domain, general }] of rows) console.log(`| ${name} | ${domain.bleu.toFixed(2)} | ${domain.chrf.toFixed(2)} | ${general.bleu.toFixed(2)} | ${general.chrf.toFixed(2)} |`);
  const gain = (kind: string): string => {
    const [old, now] = [`before, ${kind}`, `after, ${kind}`].map((name) => rows.find(([row]) => row === name)?.[1]);
    return old === undefined || now === undefined ? `${kind}: not accepted` : `${kind}: ${signed(now.domain.bleu - old.domain.bleu)} BLEU held out (wanted: +7), ${signed(now.general.bleu - old.general.bleu)} BLEU general (at most -0.5)`;
  };
  console.log(`\n${gain('float32')}\n${gain('int8')}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}
