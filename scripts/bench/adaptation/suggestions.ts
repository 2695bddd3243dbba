/** A translator's day: segments of one text, suggested and confirmed one by one, in the order of the file. */
import { type ConfirmedPair, PAIRS_A_SENTENCE, SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { MEASURED } from './streams.ts';

export interface Side {
  readonly engine: Engine;
  readonly from: string;
  readonly to: string;
  /** Folder or id; the engine's only model when absent. */
  readonly model?: string;
}

/** Suggestions for the last segments, without and with the memory of all segments before each. */
export async function suggestLast(stream: readonly ConfirmedPair[], side: Side): Promise<{ readonly plain: string[]; readonly led: string[] }> {
  const confirmed = new SimilarPairs();
  const plain: string[] = [], led: string[] = [];
  for (const [index, { source, target }] of stream.entries()) {
    if (index >= stream.length - MEASURED) {
      plain.push(await suggestion(side, source, []));
      led.push(await suggestion(side, source, confirmed.nearest(source, PAIRS_A_SENTENCE)));
    }
    confirmed.set(index, { source, target });
  }
  return { plain, led };
}

export async function suggestion({ engine, from, to, model }: Side, text: string, similar: readonly ConfirmedPair[]): Promise<string> {
  let got = '';
  await engine.translate({ from, to, ...(model === undefined ? {} : { model }), texts: [text], priority: 'interactive', alignment: true, ...(similar.length === 0 ? {} : { similar: [similar.map(({ source, target }) => ({ source, target }))] }) }, { onBatch: ({ translations }) => { got = translations[0]?.text ?? ''; } });
  return got;
}
