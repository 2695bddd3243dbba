/**
 * A bidirectional GRU with additive attention learns to translate from a corpus alone (shared/data/parallel, the documentation
 * of Python, English to Spanish), and is measured on pairs that were held out, greedily and with a beam. It takes up to an hour.
 *
 *   node scripts/bench/training/from-scratch.ts [--steps 4000] [--threads 2]
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { train } from '../../../native-models/training/trainer/train-model.ts';
import { readTrainSettings } from '../../../native-models/training/trainer/read-train-settings.ts';
import { checkout } from '../../setup/places.mjs';
import { tell } from './summary.ts';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const threads = option('threads', 2);
const corpusFile = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(checkout, '..', 'shared', 'data'), 'parallel', 'python-docs.en-es.tsv');
if (!existsSync(corpusFile)) throw new Error(`not measured: ${corpusFile} is not there`);

const steps = option('steps', 4000);
// One vocabulary and one table of embeddings: much of this text is names and markup that are copied.
const settings = readTrainSettings(
  {
    model: { tied: 'all' }, vocabulary: { size: 6000, joint: true }, steps, batchTokens: 1000, maxTokens: 70, rate: 2e-3, warmUp: 200, average: 0.999,
    measureEvery: 500, measured: 50, patience: steps, heldOut: 500,
  },
  'gru-attention',
);

const work = mkdtempSync(path.join(tmpdir(), 'bitext-from-scratch-'));
try {
  const outcome = await train(
    { corpusFile, task: 'translation', from: 'en', to: 'es', vocabularies: null, runFolder: path.join(work, 'run'), into: path.join(work, 'model'), settings, threads },
    {
      report(progress) {
        if (progress.stage === 'measured') console.log(`step ${progress.step}: held-out loss ${progress.heldOutLoss.toFixed(3)}, ${progress.scores?.bleu.toFixed(1) ?? '-'} BLEU on ${settings.measured} pairs`);
        else process.stderr.write(`\r${progress.stage === 'learning' ? `step ${progress.step}, ${Math.round(progress.tokensPerSecond)} tokens/s, ${Math.round(progress.secondsLeft / 60)} min left` : progress.stage}   `);
      },
    },
  );
  const { user, system } = process.cpuUsage();
  process.stderr.write('\n');
  console.log(`${outcome.outcome}: ${outcome.steps} steps, ${outcome.parameters.toLocaleString('en')} parameters, ${outcome.pairs.training.toLocaleString('en')} pairs, ${Math.round(outcome.seconds / 60)} min with ${threads} threads (${Math.round((user + system) / 60e6)} min of processor time)\n`);
  console.log(`| ${outcome.pairs.heldOut} held-out pairs | BLEU | chrF |\n|---|---:|---:|`);
  for (const [name, scores] of [['greedy', outcome.greedy], ['beam of 6', outcome.beam]] as const) if (scores !== null) console.log(`| ${name} | ${scores.bleu.toFixed(1)} | ${scores.chrf.toFixed(1)} |`);
  const { greedy, beam } = outcome;
  tell({ what: `From scratch, ${threads} threads`, asked: 'within 60 minutes on 2 cores', got: `${Math.round(outcome.seconds / 60)} min`, met: threads <= 2 ? outcome.seconds < 3600 : null });
  if (greedy !== null && beam !== null) tell({ what: 'From scratch: BLEU of held-out pairs', asked: 'beam beats greedy', got: `greedy ${greedy.bleu.toFixed(1)}, beam ${beam.bleu.toFixed(1)}`, met: beam.bleu > greedy.bleu });
} finally {
  rmSync(work, { recursive: true, force: true });
}
