import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMarianTeacher } from '../../weights/marian-teacher-folder.ts';
import { familyFolder } from '../../weights/testing/family-folder.ts';
import { finetuneModel } from '../finetune/finetune-model.ts';
import { DEFAULT_FINETUNE } from '../finetune/finetune-settings.ts';
import { openTunableModel } from '../finetune/open-tunable-model.ts';
import type { TuningTask } from '../finetune/finetune-job.ts';
import { seededRandom } from '../seeded-random.ts';
import { weightParts } from './weight-parts.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data'), 'models');
const WORDS = [['two', 'zwei'], ['dogs', 'Hunde'], ['man', 'Mann'], ['red', 'rot'], ['blue', 'blau'], ['water', 'Wasser']] as const;

const TASK: TuningTask = { task: 'translate', from: 'en', to: 'de' };

let home = '';
beforeEach(() => { home = mkdtempSync(path.join(tmpdir(), 'bitext-pretrained-')); });
afterEach(() => { rmSync(home, { recursive: true, force: true }); });

/** Two to four words, translated one by one. */
function writeCorpus(): string {
  const random = seededRandom(1);
  const lines = Array.from({ length: 300 }, () => {
    const words = Array.from({ length: 2 + random.below(3) }, () => WORDS[random.below(WORDS.length)] ?? WORDS[0]);
    return `${words.map(([word]) => word).join(' ')}\t${words.map(([, word]) => word).join(' ')}`;
  });
  const file = path.join(home, 'corpus.tsv');
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe.skipIf(!existsSync(ROOT))('fine-tuning models of the shared test data', () => {
  test('NLLB by changes of low rank: what is written translates unseen sentences of the corpus', async () => {
    const into = path.join(home, 'tuned');
    const outcome = await finetuneModel({
      modelFolder: path.join(ROOT, 'nllb'), corpusFile: writeCorpus(), task: TASK, generalFile: null, runFolder: path.join(home, 'run'), into, threads: 1,
      settings: { ...DEFAULT_FINETUNE, rank: 8, epochs: 3, rate: 1e-2, warmUp: 5, batchTokens: 100 },
    });
    expect(outcome.outcome).toBe('accepted');
    expect(outcome.after?.heldOut.chrf).toBeGreaterThan(1.4 * (outcome.before?.heldOut.chrf ?? 100));
    expect(readdirSync(into)).toContain('model.safetensors');
    const translator = await (await openTunableModel(into, TASK)).openTranslator(into, { precision: 'float32', threads: 1, cacheDir: path.join(home, 'graphs') });
    const [translated] = await translator.translate(['two dogs']);
    await translator.close();
    expect(translated?.text).toBe('zwei Hunde');
  });

  test('a Marian teacher is written as it learned', async () => {
    const folder = path.join(ROOT, 'marian-npz');
    const model = await openTunableModel(folder, TASK);
    const { start } = model.learner({ ...DEFAULT_FINETUNE, freezeEmbeddings: false }, null);
    const learned = new Map([...start].map(([name, { dims, data }], index) => [name, { dims, data: data.map((value) => value + index) }]));
    const into = path.join(home, 'tuned');
    await model.writer([], { threads: 1 }).write(learned, 1, into);
    const [before, after] = [await readMarianTeacher(folder), await readMarianTeacher(into)];
    expect(weightParts(after.definition).map(({ name, data }) => [name, data])).toEqual([...learned].map(([name, { data }]) => [name, data]));
    expect([after.config, after.search, readdirSync(into).sort()]).toEqual([before.config, before.search, ['decoder.yml', 'model.npz', 'source.spm', 'target.spm', 'vocab.yml']]);
  });
});

test('exported graphs are refused with what to do instead', async () => {
  const folder = path.join(home, 'exported');
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(familyFolder('marian', 1).config));
  for (const name of ['encoder_model.onnx', 'decoder_model_merged.onnx']) writeFileSync(path.join(folder, 'onnx', name), '');
  await expect(openTunableModel(folder, TASK)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('exported ONNX graphs'), advice: expect.stringContaining('model.safetensors'),
  });
});
