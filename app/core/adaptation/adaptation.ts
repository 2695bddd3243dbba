/**
 * Continuous adaptation of a project's suggestions: what is confirmed leads the next ones at once. Nothing of a model
 * changes; what is learned is the list of confirmed segments, and what is taken out of it has no effect any more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { gainOf, mayRemember } from '../../../native-models/adaptation/memory-guard.ts';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { sentenceChrf } from '../../../native-models/evaluation/chrf.ts';
import type { AdaptationWay } from '../../contract/adaptation-shapes.ts';
import type { Output } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Segment } from '../../contract/shapes.ts';
import type { ReadDb } from '../db/connection.ts';
import type { OpenProject } from '../projects/open-projects.ts';
import { projectMeta } from '../projects/project-table.ts';
import { plainText } from '../segments/runs.ts';
import { segmentsByIds } from '../segments/segment-table.ts';
import { adaptationSetting, storeAdaptation } from './adaptation-setting.ts';
import { ConfirmedSegments, pairOf } from './confirmed-segments.ts';

export type AdaptationStatus = Output<'adaptation.set'>;

/** Shown of what is learned, the newest first. */
const MOST_LISTED = 500;
/** As long as the suggestion for the next segment may take. */
const TRY_AFTER_MS = 300;

const confirmedOf = new WeakMap<ReadDb, ConfirmedSegments>();

function confirmedSegments(db: ReadDb): ConfirmedSegments {
  const known = confirmedOf.get(db) ?? new ConfirmedSegments(db);
  confirmedOf.set(db, known);
  return known;
}

/** Confirmed pairs that a suggestion for a text is to be led by; none where adaptation is off or the guard holds it back. */
export function similarTo(db: ReadDb, segmentId: number, text: string): ConfirmedPair[] {
  const { on, trials } = adaptationSetting(db);
  return on && mayRemember(trials) ? confirmedSegments(db).nearest(text, segmentId) : [];
}

export function adaptationStatus(db: ReadDb): AdaptationStatus {
  const { on, way, trials } = adaptationSetting(db);
  return { on, way, ready: on, learned: confirmedSegments(db).ids().length, gain: gainOf(trials), trials: trials.length, heldBack: on && !mayRemember(trials), steps: { state: 'off', kept: 0, takenBack: 0, undone: 0, waiting: 0, fresh: 8, inUse: 0, message: null } };
}

/** Turned on, the engine makes itself ready, so that the next suggestion need not wait for that. */
export async function setAdaptation({ db, closing }: OpenProject, { on, way }: { readonly on: boolean; readonly way?: AdaptationWay | undefined }, engine: Engine): Promise<AdaptationStatus> {
  const setting = adaptationSetting(db);
  storeAdaptation(db, { ...setting, on, way: way ?? setting.way });
  const [latest] = on ? segmentsByIds(db, confirmedSegments(db).ids().slice(-1)) : [];
  const pair = latest === undefined ? null : pairOf(latest);
  // Without a model nothing need be made ready; a suggestion will say so.
  if (pair !== null) await engine.translate({ ...languages(db), texts: [pair.source], similar: [[pair]], priority: 'batch', alignment: false }, { signal: closing, onBatch: () => undefined }).catch(() => null);
  return adaptationStatus(db);
}

function languages(db: ReadDb): { from: string; to: string } {
  const { from, to } = projectMeta(db);
  return { from, to };
}

/** What is learned, the newest first. */
export function listLearned(db: ReadDb, from = 0): Output<'adaptation.list'> {
  const ids = confirmedSegments(db).ids().reverse().slice(from, from + MOST_LISTED);
  const pairs = segmentsByIds(db, ids).map(({ id, number, source, target }) => ({ segmentId: id, number, source: plainText(source), target: target === null ? '' : plainText(target) }));
  return { ...adaptationStatus(db), pairs, made: [] };
}

/**
 * Takes segments out of what is learned, the newest when none is named; they stay as they are, and are learned again when
 * they are changed and confirmed. Throws NOT_FOUND for one that is not learned.
 */
export function forgetLearned({ db }: OpenProject, segmentIds: readonly number[] | undefined): Output<'adaptation.undo'> {
  const learned = confirmedSegments(db).ids();
  const wanted = segmentIds ?? learned.slice(-1);
  const unknown = wanted.find((id) => !learned.includes(id));
  if (unknown !== undefined) throw new StudioError('NOT_FOUND', `Nothing was learned from segment ${unknown}.`, { advice: 'See the list of what was learned.', data: { segmentId: unknown } });
  const setting = adaptationSetting(db);
  const forgotten = new Map(setting.forgotten);
  for (const { id, version } of segmentsByIds(db, wanted)) forgotten.set(id, version);
  storeAdaptation(db, { ...setting, forgotten });
  return { ...adaptationStatus(db), forgotten: [...wanted], undone: [] };
}

/**
 * After a segment was confirmed: what the model says of it with and without the other confirmed segments, for the guard.
 * In the background, behind the suggestion that is asked for the moment that a segment is confirmed; later ones overtake it.
 * Gives the status when something was found out. Rejects with the signal's reason when the project is closed.
 */
export async function tryConfirmed({ db, closing }: OpenProject, segment: Segment, engine: Engine): Promise<AdaptationStatus | null> {
  const pair = pairOf(segment);
  if (pair === null || !adaptationSetting(db).on) return null;
  await pause(TRY_AFTER_MS, undefined, { signal: closing, ref: false });
  const similar = confirmedSegments(db).nearest(pair.source, segment.id);
  if (similar.length === 0) return null;
  const { from, to } = languages(db);
  const translate = async (led: boolean): Promise<number> => {
    let text = '';
    await engine.translate({ from, to, texts: [pair.source], priority: 'batch', alignment: false, ...(led ? { similar: [similar] } : {}) }, { signal: closing, onBatch: ({ translations }) => { text = translations[0]?.text ?? ''; } });
    return sentenceChrf(text, [pair.target]).score;
  };
  const trial = { plain: await translate(false), remembering: await translate(true) };
  if (closing.aborted) return null;
  const setting = adaptationSetting(db);
  storeAdaptation(db, { ...setting, trials: [...setting.trials, trial] });
  return adaptationStatus(db);
}
