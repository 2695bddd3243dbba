/** The stream with gradient steps: the student learns what is confirmed, and its new weights are swapped in now and then. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GradientAdapter, type LearnedStep } from '../../../native-models/adaptation/gradient-adapter.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { fixedSentences } from '../../../native-models/devices/fixed-sentences.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import type { TrainingExample } from '../../../native-models/training/corpus/batches.ts';
import { openStudentFolder } from '../../../native-models/training/finetune/student-folder.ts';
import { openStudentTranslator } from '../../../native-models/training/finetune/tunable-student.ts';
import { MEASURED } from './stream.ts';

/** Segments between two swaps of the weights. */
const SWAP_EVERY = 25;

export interface GradientRun {
  /** Of the measured segments. */
  readonly texts: readonly string[];
  readonly steps: readonly LearnedStep[];
  /** How long writing int8 weights took, in the background. */
  readonly swapSeconds: readonly number[];
}

export async function adaptByGradient(modelFolder: string, stream: readonly ConfirmedPair[], threads: number): Promise<GradientRun> {
  const work = mkdtempSync(join(tmpdir(), 'bitext-adaptation-'));
  try {
    const student = await openStudentFolder(modelFolder);
    const encoded = ({ source, target }: ConfirmedPair): TrainingExample => ({ source: [...student.source.encode(source), student.source.eosId], target: [...student.target.encode(target), student.target.eosId] });
    const translator = await openStudentTranslator(student, modelFolder, { precision: 'int8', threads, cacheDir: join(work, 'graphs') });
    const sentences = fixedSentences('en');
    const general = (await translator.translate(sentences)).map(({ text }, index) => encoded({ source: sentences[index] ?? '', target: text }));
    await translator.close();
    const adapter = await GradientAdapter.open(student, { general, threads });
    const texts: string[] = [];
    const swapSeconds: number[] = [];
    for (const [index, pair] of stream.entries()) {
      const first = stream.length - MEASURED;
      if (index >= first && (index - first) % SWAP_EVERY === 0) {
        const since = performance.now(), folder = join(work, `model-${index}`);
        await adapter.write(folder);
        swapSeconds.push((performance.now() - since) / 1000);
        texts.push(...(await suggestions(folder, stream.slice(index, index + SWAP_EVERY), join(work, 'graphs'), threads)));
      }
      await adapter.confirm(encoded(pair));
    }
    await adapter.close();
    return { texts, steps: adapter.steps, swapSeconds };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function suggestions(folder: string, pairs: readonly ConfirmedPair[], cacheDir: string, threads: number): Promise<string[]> {
  const engine = createOnnxEngine({ modelDirs: [folder], cacheDir, threads });
  const texts = pairs.map(() => '');
  await engine.translate({ from: 'en', to: 'pt', texts: pairs.map(({ source }) => source), priority: 'interactive', alignment: true }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => { texts[index] = translations[i]?.text ?? ''; }) });
  await engine.close();
  return texts;
}
