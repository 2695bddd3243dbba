/** A small language for tests: sentences of letters, whose translation has the next letters in the other order. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../seeded-random.ts';
import type { TrainInput } from '../train-model.ts';
import { readTrainSettings } from '../read-train-settings.ts';

const LETTERS = 'bcdfgh';

/** a pair a line */
export function letterPairs(count: number, longest = 4): string[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const letters = Array.from({ length: 1 + random.below(longest) }, () => random.below(LETTERS.length));
    const translated = letters.map((letter) => LETTERS[(letter + 1) % LETTERS.length]).toReversed();
    return `${letters.map((letter) => LETTERS[letter]).join(' ')}\t${translated.join(' ')}`;
  });
}

/** A training of seconds in a new folder, of which single settings can be changed. */
export function smallTraining(changes: Readonly<Record<string, unknown>> = {}, lines: readonly string[] = letterPairs(600)): TrainInput {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitext-train-'));
  writeFileSync(path.join(folder, 'corpus.tsv'), lines.join('\n'));
  const settings = readTrainSettings({ preset: 'tiny', model: { embedding: 12, hidden: 16 }, steps: 24, measureEvery: 8, measured: 4, batchTokens: 120, ...changes });
  return { corpusFile: path.join(folder, 'corpus.tsv'), task: 'translation', from: 'en', to: 'de', vocabularies: null, runFolder: path.join(folder, 'run'), into: path.join(folder, 'model'), settings, threads: 1 };
}
