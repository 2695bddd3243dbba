/** The steps that were made, as they are shown. */
import type { JournalPair } from '../../../native-models/adaptation/steps/step-journal.ts';
import type { AdaptationStep, LearnedPair } from '../../contract/shapes/adaptation.ts';
import type { ReadDb } from '../db/connection.ts';
import { segmentsByIds } from '../segments/segment-table.ts';
import type { ProjectSteps } from './project-steps.ts';

/** Of a few thousand segments that are learned all. */
const MOST_SHOWN = 500;

/** The newest first. A segment that is gone has the number 0. */
export function shownSteps(db: ReadDb, steps: ProjectSteps): AdaptationStep[] {
  const newest = steps.state.steps.slice(-MOST_SHOWN).reverse();
  const ids = new Set(newest.flatMap(({ made: { pairs } }) => pairs.map(({ id }) => id)));
  const numbers = new Map(segmentsByIds(db, [...ids]).map(({ id, number }) => [id, number]));
  const shown = ({ id, source, target }: JournalPair): LearnedPair => ({ segmentId: id, number: numbers.get(id) ?? 0, source, target });
  return newest.map(({ made: { step, at, reason, pairs, milliseconds, heldOut, general }, fate }) => ({
    step, at, outcome: fate, reason, pairs: pairs.map(shown), milliseconds, heldOut: heldOut === null ? null : { ...heldOut }, general: { ...general }, inUse: fate === 'kept' && steps.isInUse(step),
  }));
}
