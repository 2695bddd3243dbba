/** What is told of a project's adaptation: its state, and what it learned. */
import * as v from 'valibot';
import { Count } from './values.ts';

/**
 * How suggestions follow what is confirmed. `memory`: similar confirmed segments lead each sentence while it is decoded.
 * `steps`: the model's weights learn in small steps, eight segments at a time.
 */
export const AdaptationWay = v.picklist(['memory', 'steps', 'both']);
export type AdaptationWay = v.InferOutput<typeof AdaptationWay>;

export const AdaptationStatus = v.object({
  on: v.boolean(),
  way: AdaptationWay,
  /** False: it is being made ready, and suggestions go without it so long. */
  ready: v.boolean(),
  /** Confirmed segments that can be learned from, those taken back excepted. */
  learned: Count,
  /** Mean points of chrF over the last `trials`, each a segment before it was learned; null while there are too few. */
  gain: v.nullable(v.number()),
  trials: Count,
  /** The suggestions got worse, and go without it. */
  heldBack: v.boolean(),
  steps: v.object({
    /** `off`: the way has none. `idle`: nothing is under way. `learning`: steps are made, or new weights of them. */
    state: v.picklist(['off', 'idle', 'learning', 'failed']),
    kept: Count,
    /** By the guard. */
    takenBack: Count,
    /** By the user. */
    undone: Count,
    /** Confirmed segments that no step was made of yet; `fresh` of them make one. */
    waiting: Count,
    fresh: Count,
    /** Of the steps kept, those that suggestions are made with by now. */
    inUse: Count,
    /** Why learning failed. */
    message: v.nullable(v.string()),
  }),
});
export type AdaptationStatus = v.InferOutput<typeof AdaptationStatus>;

/** `number`: of the segment in its project. */
export const LearnedPair = v.object({ segmentId: v.number(), number: v.number(), source: v.string(), target: v.string() });
export type LearnedPair = v.InferOutput<typeof LearnedPair>;

/** Nats a token, before a step and behind it; null where there was nothing to measure yet. */
const LossChange = v.nullable(v.object({ before: v.number(), after: v.number() }));

/** One step of learning. */
export const AdaptationStep = v.object({
  step: v.number(),
  /** ISO 8601 */
  at: v.string(),
  /** `taken-back`: by the guard; `undone`: by the user. */
  outcome: v.picklist(['kept', 'taken-back', 'undone']),
  /** Why the guard took it back, in a sentence. */
  reason: v.nullable(v.string()),
  /** The segments that were new to it, as they were learned. */
  pairs: v.array(LearnedPair),
  milliseconds: v.number(),
  /** Of confirmed pairs that are held out and never learned, and of general sentences. */
  heldOut: LossChange,
  general: LossChange,
  inUse: v.boolean(),
});
export type AdaptationStep = v.InferOutput<typeof AdaptationStep>;
