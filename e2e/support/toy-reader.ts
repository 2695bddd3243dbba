/** Tiny models that sum up and answer, trained in seconds by the command line in processes of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/setup/places.mjs';

const NAMES = ['anna', 'bruno', 'carla', 'david'], COLOURS = ['red', 'blue', 'green', 'white'], THINGS = ['car', 'boat', 'bike', 'house'];
const FACTS = NAMES.flatMap((name) => COLOURS.flatMap((colour) => THINGS.map((thing) => ({ text: `${name} has a ${colour} ${thing}.`, colour, thing }))));
const CORPORA = {
  'question-answering': FACTS.map(({ text, colour, thing }) => [`what colour is the ${thing}?`, text, colour].join('\t')),
  summarization: FACTS.map(({ text, colour, thing }) => [text, `a ${colour} ${thing}`].join('\t')),
};
const SETTINGS = { model: { embedding: 24, hidden: 32 }, measureEvery: 60, batchTokens: 400, rate: 0.01, measured: 10 };

/** The folders `question-answering` and `summarization` in `folder`: models that read sentences like "anna has a red car." */
export async function writeToyReaders(folder: string): Promise<void> {
  const work = join(folder, '.work');
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'settings.json'), JSON.stringify(SETTINGS));
  await Promise.all(Object.entries(CORPORA).map(async ([task, lines]) => {
    const corpus = join(work, `${task}.tsv`);
    writeFileSync(corpus, lines.join('\n'));
    await promisify(execFile)(process.execPath, [
      join(checkout, 'app', 'cli', 'cli.ts'), 'train', corpus, '--task', task, '--from', 'en', '--to', 'en', '--preset', 'tiny', '--config', join(work, 'settings.json'), '--steps', '120', '--threads', '1',
      '--out', join(folder, task), '--run', join(work, `${task}.run`),
    ], { env: { ...process.env, BITEXT_HOME: join(work, 'home') } });
  }));
}
