/**
 * A bidirectional GRU with additive attention learns to translate from a corpus alone (shared/data/parallel, the documentation
 * of Python, English to Spanish), and is measured on pairs that were held out, greedily and with a beam. It takes up to an hour.
 *
 *   node scripts/bench/training/from-scratch.ts [--steps 1400] [--threads 2]
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { train } from '../../../native-models/training/trainer/train-model.ts';
import { readTrainSettings } from '../../../native-models/training/trainer/train-settings.ts';
import { checkout } from '../../setup/places.mjs';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const threads = option('threads', 2);
const corpusFile = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(checkout, '..', 'shared', 'data'), 'parallel', 'python-docs.en-es.tsv');
if (!existsSync(corpusFile)) throw new Error(`not measured: ${corpusFile} is not there`);

const work = mkdtempSync(path.join(tmpdir(), 'bitext-from-scratch-'));
try {
  const outcome = await train(
    { corpusFile, task: 'translation', from: 'en', to: 'es', vocabularies: null, runFolder: path.join(work, 'run'), into: path.join(work, 'model'), settings: readTrainSettings({ steps: option('steps', 1400), vocabulary: { size: 4000 }, batchTokens: 2000, maxTokens: 70, heldOut: 570 }, 'gru-attention'), threads },
    { report: (progress) => process.stderr.write(`\r${'step' in progress ? `step ${progress.step}` : progress.stage}   `) },
  );
  process.stderr.write('\n');
  console.log(`${outcome.outcome}: ${outcome.steps} steps, ${outcome.parameters.toLocaleString('en')} parameters, ${outcome.pairs.training.toLocaleString('en')} pairs, ${Math.round(outcome.seconds / 60)} min with ${threads} threads\n`);
  console.log(`| ${outcome.pairs.heldOut} held-out pairs | BLEU | chrF |\n|---|---:|---:|`);
  for (const [name, scores] of [['greedy', outcome.greedy], ['beam of 6', outcome.beam]] as const) if (scores !== null) console.log(`| ${name} | ${scores.bleu.toFixed(1)} | ${scores.chrf.toFixed(1)} |`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
