/** A user's regular expression over many texts, with a limit on its time: some patterns would never end. */
import { Worker } from 'node:worker_threads';
import { StudioError } from '../../contract/errors.ts';

const LIMIT_MS = 1_000;
/** Texts handed over at once; the limit counts for each portion, so that a large project is not taken for a bad pattern. */
const PORTION = 20_000;

/** What the worker runs. A text, not a file of its own: it works alike from source, bundled, and inside an archive. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const pattern = new RegExp(workerData.pattern, workerData.flags);
  parentPort.on('message', (texts) => parentPort.postMessage(texts.map((sides) => sides.some((text) => pattern.test(text)))));
`;

/** For each entry whether the pattern is found in any of its texts. Throws INVALID_INPUT for a bad pattern and for a slow one. */
export async function matchTexts(pattern: string, flags: 'u' | 'iu', texts: readonly (readonly string[])[]): Promise<boolean[]> {
  requirePattern(pattern, flags);
  const worker = new Worker(PROGRAM, { eval: true, workerData: { pattern, flags }, execArgv: [], env: {} });
  try {
    const found: boolean[] = [];
    for (let from = 0; from < texts.length; from += PORTION) found.push(...await answer(worker, texts.slice(from, from + PORTION), pattern));
    return found;
  } finally {
    await worker.terminate();
  }
}

function requirePattern(pattern: string, flags: string): void {
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    throw new StudioError('INVALID_INPUT', `${pattern} is not a regular expression: ${error instanceof Error ? error.message : String(error)}`, {
      advice: 'Correct the pattern, or search for plain text.', data: { pattern }, cause: error,
    });
  }
}

function answer(worker: Worker, texts: readonly (readonly string[])[], pattern: string): Promise<boolean[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new StudioError('INVALID_INPUT', `The pattern ${pattern} takes too long.`, { advice: 'Repetitions inside repetitions, as in (a+)+, are the usual cause: write it without them.', data: { pattern } }));
    }, LIMIT_MS);
    const onMessage = (found: unknown): void => {
      end();
      resolve(Array.isArray(found) ? found.map(Boolean) : []);
    };
    const onError = (error: unknown): void => {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const end = (): void => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(texts);
  });
}
