/**
 * Runs a model on a device as the engine would, in an engine process of its own: what it makes of the fixed sentences,
 * and how fast. A driver that crashes or hangs ends that process and nothing else.
 */
import { ChildProcessLink } from '../engine/child-process-link.ts';
import type { TranslateRequest } from '../engine/engine.ts';
import type { EngineSettings } from '../engine/engine-messages.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import { fixedPairs, fixedSentences } from './fixed-sentences.ts';
import type { Candidate, TrialOutput } from './trial-outcome.ts';

export interface TrialModel {
  readonly folder: string;
  /** BCP 47 */
  readonly from: string;
  readonly to: string;
}

export interface TrialRun {
  readonly outputs: readonly TrialOutput[];
  readonly wordsPerSecond: number;
}

export interface TrialOptions {
  readonly cacheDir: string;
  readonly threads?: number;
  /** The module of the engine's process; found where the sources or the build have it when absent. */
  readonly entry?: string;
}

/** Loading, and compiling shaders, included. */
const PATIENCE_MS = 180_000;
/** A run over the sentences that takes longer is long enough to be the measurement. */
const LONG_SECONDS = 1;
/** Measured again while that makes it faster: the engine's threads load one after the other. */
const LEAST_ROUNDS = 4;
const MOST_ROUNDS = 10;
const STILL_FASTER = 1.05;

/** Throws an Error with the reason when the model does not run there or does not answer in time. */
export async function runTrial(model: TrialModel, { device, precision }: Candidate, { cacheDir, threads, entry }: TrialOptions): Promise<TrialRun> {
  const settings: EngineSettings = { modelDirs: [model.folder], cacheDir, device, precision, ...(threads === undefined ? {} : { threads }) };
  const link = new ChildProcessLink(entry ?? moduleBeside('engine-child'), settings);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    link.kill();
  }, PATIENCE_MS);
  try {
    const sentences = fixedSentences(model.from);
    // The first run compiles what the device needs.
    await translate(link, model, sentences);
    const { outputs, wordsPerSecond, seconds } = await translate(link, model, sentences);
    if (seconds > LONG_SECONDS) return { outputs, wordsPerSecond };
    let best = 0;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const many = await translate(link, model, fixedPairs(model.from));
      if (round >= LEAST_ROUNDS && many.wordsPerSecond < best * STILL_FASTER) break;
      best = Math.max(best, many.wordsPerSecond);
    }
    return { outputs, wordsPerSecond: best };
  } catch (error) {
    if (late) throw new Error(`it did not finish within ${PATIENCE_MS / 1000} seconds`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    link.kill();
    await link.ended;
  }
}

async function translate(link: ChildProcessLink, model: TrialModel, texts: readonly string[]): Promise<TrialRun & { seconds: number }> {
  const request: TranslateRequest = { from: model.from, to: model.to, model: model.folder, texts, priority: 'batch', alignment: false };
  const outputs: TrialOutput[] = texts.map(() => ({ text: '', score: null }));
  const { done } = link.translate(request, {
    onRunning: () => {},
    onBatch: ({ indices, translations }) => {
      for (const [at, { text, score }] of translations.entries()) outputs[indices[at] ?? 0] = { text, score };
    },
  });
  const summary = await done;
  if (summary === 'cancelled') throw new Error('it was cancelled');
  return { outputs, wordsPerSecond: summary.words / Math.max(summary.seconds, 1e-9), seconds: summary.seconds };
}
