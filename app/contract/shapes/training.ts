/** Trainings: what is asked, what is told, what came out. */
import * as v from 'valibot';
import { Count, LanguageTag } from './values.ts';

const PairScores = v.object({ bleu: v.number(), chrf: v.number() });
/** sacreBLEU's BLEU and chrF, 0 to 100, of the pairs that were held out and of general text; null where there is none. */
export const TrainingScores = v.object({ heldOut: PairScores, general: v.nullable(PairScores) });
export type TrainingScores = v.InferOutput<typeof TrainingScores>;

/** `interrupted`: neither finished nor running; `cancelled`: the user stopped it. Both can go on. `diverged`: the loss was no number. `trained`: from scratch. */
export const TrainingState = v.picklist(['running', 'interrupted', 'cancelled', 'accepted', 'rejected', 'diverged', 'trained']);
export type TrainingState = v.InferOutput<typeof TrainingState>;

/** One fine-tuning, or a training from scratch: a folder in the workspace. */
export const TrainingRun = v.object({
  id: v.string(),
  kind: v.picklist(['finetune', 'train']),
  state: TrainingState,
  /** Of the model that learns; null of a run that was started elsewhere and does not say. */
  model: v.nullable(v.object({ id: v.string(), name: v.string(), from: LanguageTag, to: LanguageTag })),
  /** What it learns from: the name of a file or of a project. */
  corpus: v.nullable(v.string()),
  /** ISO 8601 */
  startedAt: v.nullable(v.string()),
  canGoOn: v.boolean(),
  /** The model that came of it. */
  version: v.nullable(v.string()),
  before: v.nullable(TrainingScores),
  after: v.nullable(TrainingScores),
});
export type TrainingRun = v.InferOutput<typeof TrainingRun>;

/** How a fine-tuning ended. */
export const TrainingOutcome = v.object({
  run: v.string(),
  outcome: v.picklist(['accepted', 'rejected', 'cancelled', 'diverged']),
  /** The new model where it was accepted. */
  version: v.nullable(v.string()),
  /** One sentence for each reason for which lines of the corpus were left out. */
  dropped: v.array(v.string()),
  pairs: v.object({ training: Count, heldOut: Count, general: Count }),
  before: v.nullable(TrainingScores),
  after: v.nullable(TrainingScores),
  /** How much of what was learned is in the new model, 0 to 1. */
  share: v.nullable(v.number()),
  seconds: v.number(),
});
export type TrainingOutcome = v.InferOutput<typeof TrainingOutcome>;

/** What may be chosen of a fine-tuning; the usual values are those that docs/training.md measured. */
export const TrainingSettings = v.object({
  epochs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  rate: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  warmUp: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  batchTokens: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(20_000))),
  rank: v.exactOptional(v.union([v.literal('full'), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))])),
  freezeEmbeddings: v.exactOptional(v.boolean()),
  seed: v.exactOptional(Count),
});
export type TrainingSettings = v.InferOutput<typeof TrainingSettings>;
