/** Entry of the process that tries a model's generation on a device. */
import { openFolderGenerator, type FolderGenerator } from '../decoding/folder-generator.ts';
import { countWords } from '../engine/throughput.ts';
import { fixedSentences } from './fixed-sentences.ts';
import type { TrialRun } from './device-trial.ts';
import type { GenerationTrial, GenerationTrialMessage } from './generation-trial.ts';
import type { TrialOutput } from './trial-outcome.ts';

/** Long outputs would only take longer: greedy ones of so many tokens show what a device does. */
const PARAMS = { num_beams: 1, num_return_sequences: 1, min_length: 0, no_repeat_ngram_size: 0, max_new_tokens: 24 };

process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.on('message', (trial: GenerationTrial) => {
  tried(trial).then((run) => answer({ run }), (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }));
});
process.on('disconnect', () => process.exit());

async function tried({ folder, ...options }: GenerationTrial): Promise<TrialRun> {
  const generator = await openFolderGenerator(folder, options);
  // The first run compiles what the device needs.
  await generateAll(generator);
  const since = performance.now();
  const outputs = await generateAll(generator);
  const seconds = (performance.now() - since) / 1000;
  const words = fixedSentences('en').reduce((sum, text) => sum + countWords(text), 0);
  return { outputs, wordsPerSecond: words / Math.max(seconds, 1e-9) };
}

async function generateAll(generator: FolderGenerator): Promise<TrialOutput[]> {
  const outputs: TrialOutput[] = [];
  for (const source of fixedSentences('en')) {
    const { output: [best] } = await generator.generate({ source, params: PARAMS, prefix: '', mustContain: [], mustNotContain: [] });
    outputs.push({ text: best?.text ?? '', score: best?.score ?? null });
  }
  return outputs;
}

function answer(message: GenerationTrialMessage): void {
  process.send?.(message, () => process.disconnect());
}
