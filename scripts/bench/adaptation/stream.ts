/** A translator's day: segments of one text, suggested and confirmed one by one, in the order of the file. */
import { readFileSync } from 'node:fs';
import { type ConfirmedPair, PAIRS_A_SENTENCE, SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';

export const SEGMENTS = 300;
/** Of the stream: what is measured. */
export const MEASURED = 100;

/** `from`: the first line. */
export function readStream(file: string, from: number): ConfirmedPair[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(from, from + SEGMENTS);
  return lines.map((line) => {
    const [source = '', target = ''] = line.split('\t');
    return { source, target };
  });
}

export interface Suggested {
  readonly text: string;
  readonly milliseconds: number;
}

/**
 * Suggestions as the window asks for them, each the moment the segment before it was confirmed; with `remember`, each
 * confirmed pair serves those behind it, and the guard tries it behind the next suggestion, while the translator reads that.
 */
export async function suggestAll(engine: Engine, stream: readonly ConfirmedPair[], remember: boolean): Promise<Suggested[]> {
  const confirmed = new SimilarPairs();
  const suggested: Suggested[] = [];
  let tried = (): Promise<void> => Promise.resolve();
  for (const [index, pair] of stream.entries()) {
    const since = performance.now();
    const similar = remember ? [confirmed.nearest(pair.source, PAIRS_A_SENTENCE)] : [];
    let text = '';
    await engine.translate({ from: 'en', to: 'pt', texts: [pair.source], priority: 'interactive', alignment: true, ...(remember ? { similar } : {}) }, { onBatch: ({ translations }) => { text = translations[0]?.text ?? ''; } });
    suggested.push({ text, milliseconds: performance.now() - since });
    await tried();
    if (remember) tried = () => tryBoth(engine, pair.source, similar);
    confirmed.set(index, pair);
  }
  await tried();
  return suggested;
}

async function tryBoth(engine: Engine, source: string, similar: readonly (readonly ConfirmedPair[])[]): Promise<void> {
  for (const led of [{}, { similar }]) await engine.translate({ from: 'en', to: 'pt', texts: [source], priority: 'batch', alignment: false, ...led }, { onBatch() {} });
}
