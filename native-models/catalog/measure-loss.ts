/** Measures at import what a model loses in 8 bit: it translates the same sentences in float32, too. */
import { ENGLISH_SENTENCES, ENGLISH_VARIATIONS, NEUTRAL_TEXTS } from '../alignment/calibration/seed-sentences.ts';
import type { Engine, ModelDescription } from '../engine/engine.ts';
import { type PrecisionLoss, precisionLoss } from '../evaluation/precision-loss.ts';
import { pairToTry } from './calibrate-model.ts';

/** Sources with a translation by a human each. */
export interface ReferenceTexts {
  readonly sources: readonly string[];
  readonly references: readonly string[];
}

export interface LossMeasurement {
  /** An engine that has `model` alone, in a precision; it is closed again. */
  openEngine(precision: 'int8' | 'float16' | 'float32'): Engine;
  readonly precision: PrecisionLoss['precision'];
  /** Null: sentences of the program's own, the translations in float32 standing for references. */
  readonly texts: ReferenceTexts | null;
  readonly signal?: AbortSignal;
}

/** Throws as translating does; rejects with the signal's reason when it is aborted. */
export async function measureLoss(model: ModelDescription, { openEngine, precision, texts, signal }: LossMeasurement): Promise<PrecisionLoss> {
  const [from, to] = pairToTry(model);
  const sources = texts?.sources ?? sentencesIn(from);
  const translated = async (wanted: 'int8' | 'float16' | 'float32'): Promise<string[]> => {
    const engine = openEngine(wanted);
    try {
      const found = sources.map(() => '');
      await engine.translate({ from, to, model: model.id, texts: sources, priority: 'batch', alignment: false }, {
        ...(signal === undefined ? {} : { signal }),
        onBatch: ({ indices, translations }) => indices.forEach((index, i) => { found[index] = translations[i]?.text ?? ''; }),
      });
      return found;
    } finally {
      await engine.close();
    }
  };
  // One after the other: two models in memory may be one too many.
  const float32 = await translated('float32');
  return precisionLoss({ precision, lower: await translated(precision), float32, references: texts?.references ?? null });
}

function sentencesIn(language: string): readonly string[] {
  if (!/^en(?:-|$)/.test(language)) return NEUTRAL_TEXTS;
  return [...ENGLISH_SENTENCES, ...ENGLISH_VARIATIONS.flatMap(([before, words, after]) => words.slice(0, 1).map((word) => before + word + after))];
}
