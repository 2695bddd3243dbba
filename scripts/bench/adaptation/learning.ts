/** The stream with steps: the model learns what is confirmed, in rounds as the studio makes them, and its new weights serve the next segments. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmedPair, PAIRS_A_SENTENCE, SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import { learnConfirmed } from '../../../native-models/adaptation/steps/learn-confirmed.ts';
import { LearnedState } from '../../../native-models/adaptation/steps/learned-state.ts';
import { readJournal } from '../../../native-models/adaptation/steps/step-journal.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { MEASURED } from './streams.ts';
import { suggestion } from './suggestions.ts';

export interface LearnedRun {
  /** Of the measured segments, with the weights alone and with the memory, too. */
  readonly plain: readonly string[];
  readonly led: readonly string[];
  readonly state: LearnedState;
  /** How long the rounds took, their opening and writing included. */
  readonly seconds: readonly number[];
}

/** `roundEvery`: measured segments between two rounds. */
export async function learnStream(stream: readonly ConfirmedPair[], { modelFolder, from, to, threads, roundEvery }: { readonly modelFolder: string; readonly from: string; readonly to: string; readonly threads: number; readonly roundEvery: number }): Promise<LearnedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bitext-learning-'));
  const engine = createOnnxEngine({ modelDirs: [modelFolder], cacheDir: join(folder, 'graphs'), threads });
  const confirmed = new SimilarPairs();
  const plain: string[] = [], led: string[] = [], seconds: number[] = [];
  let model: string | undefined;
  try {
    for (const [index, pair] of stream.entries()) {
      const first = stream.length - MEASURED;
      if (index >= first) {
        if ((index - first) % roundEvery === 0) {
          const since = performance.now();
          const { weights } = await learnConfirmed({ modelFolder, model: { id: 'student', name: 'Student', from, to }, folder, confirmed: confirmed.newest(Infinity), rest: false });
          seconds.push((performance.now() - since) / 1000);
          if (weights !== null) model = weights;
        }
        const side = { engine, from, to, ...(model === undefined ? {} : { model }) };
        plain.push(await suggestion(side, pair.source, []));
        led.push(await suggestion(side, pair.source, confirmed.nearest(pair.source, PAIRS_A_SENTENCE)));
      }
      confirmed.set(index, pair);
    }
    return { plain, led, state: LearnedState.of(await readJournal(folder)), seconds };
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
