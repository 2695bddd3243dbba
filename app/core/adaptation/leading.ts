/** What a translation is led by, and whether it is the better for it. */
import type { Trial } from '../../../native-models/adaptation/memory-guard.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { sentenceChrf } from '../../../native-models/evaluation/chrf.ts';
import type { AdaptedModel } from './project-steps.ts';

/** Empty where nothing was learned, adaptation is off or not ready, or the guard holds it back. */
export interface Leading {
  /** To be used in place of the model. */
  readonly adapted?: AdaptedModel;
  readonly similar?: readonly ConfirmedPair[];
}

export interface LeadingTrial {
  /** A segment as it was confirmed. */
  readonly pair: ConfirmedPair;
  readonly from: string;
  readonly to: string;
  /** Null: the engine chooses. */
  readonly model: string | null;
  readonly led: Leading;
}

/** chrF of what the model says with and without being led, against what was confirmed. Other requests overtake these. Rejects as the engine does. */
export async function tryLeading(engine: Engine, { pair, from, to, model, led }: LeadingTrial, signal: AbortSignal): Promise<Trial> {
  const score = async ({ adapted, similar }: Leading): Promise<number> => {
    const used = adapted?.folder ?? model;
    let text = '';
    await engine.translate(
      { from, to, ...(used === null ? {} : { model: used }), texts: [pair.source], priority: 'batch', alignment: false, ...(similar === undefined ? {} : { similar: [similar] }) },
      { signal, onBatch: ({ translations }) => { text = translations[0]?.text ?? ''; } },
    );
    return sentenceChrf(text, [pair.target]).score;
  };
  return { plain: await score({}), remembering: await score(led) };
}
