/** The confirmed segments of a project as pairs that a model can be led by, kept as the edit log grows. */
import { setImmediate as turn } from 'node:timers/promises';
import { type ConfirmedPair, PAIRS_A_SENTENCE, SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import type { Segment } from '../../contract/shapes/segment.ts';
import type { ReadDb } from '../db/connection.ts';
import { integer } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { modelText, tagsForModel } from '../jobs/model-text.ts';
import { isConfirmed } from '../segments/save-segment.ts';
import { segmentsByIds } from '../segments/segment-table.ts';
import type { AdaptationSettingReader } from './adaptation-setting.ts';
import { confirmedInOrder, countConfirmed, newestConfirmed } from './confirmed-order.ts';

/** Read at a time. */
const PORTION = 200;
/** Where more have changed, all are read again, a portion at a time. */
const MOST_AT_ONCE = 1000;

/** What of the project's log the pairs stand for. */
interface ReadUntil {
  readonly edit: number;
  readonly group: number;
  readonly forgotten: ReadonlyMap<number, number>;
}

export class ConfirmedSegments {
  readonly #db: ReadDb;
  readonly #setting: AdaptationSettingReader;
  #pairs = new SimilarPairs();
  /** Null: they have yet to be read, or too much has changed. */
  #until: ReadUntil | null = null;
  #reading: Promise<void> | null = null;

  constructor(db: ReadDb, setting: AdaptationSettingReader) {
    this.#db = db;
    this.#setting = setting;
  }

  /** Whether `nearest` knows all that is confirmed by now. */
  get isRead(): boolean {
    this.#refresh();
    return this.#until !== null;
  }

  /** Reads a large project a few segments at a time, so that nobody waits for all of it. Rejects with the signal's reason. */
  prepare(signal: AbortSignal): Promise<void> {
    if (this.isRead) return Promise.resolve();
    return (this.#reading ??= this.#readAll(signal).finally(() => { this.#reading = null; }));
  }

  /** Pairs like the text, the best first; not that of segment `without`. None while they are not read. */
  nearest(text: string, without: number): ConfirmedPair[] {
    if (!this.isRead) return [];
    return this.#pairs.nearest(text, PAIRS_A_SENTENCE, without).map(({ source, target }) => ({ source, target }));
  }

  /** While they are not read yet: of all that are confirmed and not forgotten, with words or without. */
  get size(): number {
    return this.isRead ? this.#pairs.size : countConfirmed(this.#db, this.#setting.read().forgotten);
  }

  /** The newest of them, the newest last. */
  newest(most: number): (ConfirmedPair & { readonly id: number })[] {
    if (this.isRead) return this.#pairs.newest(most);
    const found: (ConfirmedPair & { readonly id: number })[] = [];
    const without = this.#setting.read().forgotten, portion = Math.max(PORTION, most);
    for (let from = 0, count = portion; found.length < most && count === portion; from += portion) {
      const ids = newestConfirmed(this.#db, { without, from, most: portion });
      for (const segment of segmentsByIds(this.#db, ids)) {
        const pair = pairOf(segment);
        if (pair !== null && found.length < most) found.push({ id: segment.id, ...pair });
      }
      count = ids.length;
    }
    return found.reverse();
  }

  /** Segments that are learned, the newest first, without the `from` newest. */
  page(from: number, most: number): Segment[] {
    return segmentsByIds(this.#db, newestConfirmed(this.#db, { without: this.#setting.read().forgotten, from, most })).filter((segment) => pairOf(segment) !== null);
  }

  /** Of these ids the first that nothing was learned from; undefined: each taught something. */
  unknownOf(ids: readonly number[]): number | undefined {
    const { forgotten } = this.#setting.read();
    const learned = new Set(segmentsByIds(this.#db, ids).filter((segment) => pairOf(segment) !== null && forgotten.get(segment.id) !== segment.version).map(({ id }) => id));
    return ids.find((id) => !learned.has(id));
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    do {
      const until = this.#newest();
      const pairs = new SimilarPairs();
      for (const ids of confirmedInOrder(this.#db, PORTION)) {
        this.#take(ids, pairs, until);
        await turn();
        signal.throwIfAborted();
      }
      this.#pairs = pairs;
      this.#until = until;
      // Documents may have got new versions in the meantime.
    } while (!this.isRead);
  }

  /** Takes in what has changed since the pairs were read; too much of it, and they have to be read again. */
  #refresh(): void {
    const before = this.#until;
    if (before === null) return;
    const now = this.#newest();
    if (now.edit === before.edit && now.group === before.group && now.forgotten === before.forgotten) return;
    const edited = now.edit === before.edit ? [] : this.#db.column(sql`SELECT segment_id FROM edit WHERE id > ${before.edit} GROUP BY segment_id ORDER BY max(id)`).map(Number);
    const differ = now.forgotten === before.forgotten ? [] : [
      ...[...before.forgotten.keys()].filter((id) => !now.forgotten.has(id)), ...[...now.forgotten.keys()].filter((id) => this.#pairs.has(id)),
    ];
    const changed = [...new Set([...differ, ...edited])];
    if (changed.length > MOST_AT_ONCE || this.#isRelisted(before.group)) this.#until = null;
    else {
      this.#take(changed, this.#pairs, now);
      this.#until = now;
    }
  }

  #newest(): ReadUntil {
    const row = this.#db.get(sql`SELECT (SELECT coalesce(max(id), 0) FROM edit) AS edit, (SELECT coalesce(max(id), 0) FROM edit_group) AS newest_group`);
    const { forgotten } = this.#setting.read();
    return row === undefined ? { edit: 0, group: 0, forgotten } : { edit: integer(row, 'edit'), group: integer(row, 'newest_group'), forgotten };
  }

  /** Documents got new versions, or went back to old ones: segments have come and gone without an edit. */
  #isRelisted(since: number): boolean {
    return this.#db.get(sql`SELECT 1 AS found FROM edit_group LEFT JOIN edit_group AS reverted ON reverted.id = edit_group.reverts
      WHERE edit_group.id > ${since} AND (edit_group.kind = 'update' OR reverted.kind = 'update') LIMIT 1`) !== undefined;
  }

  #take(ids: readonly number[], pairs: SimilarPairs, { forgotten }: ReadUntil): void {
    const found = new Map(segmentsByIds(this.#db, ids).map((segment) => [segment.id, segment]));
    for (const id of ids) {
      const segment = found.get(id);
      const pair = segment === undefined || forgotten.get(id) === segment.version ? null : pairOf(segment);
      if (pair === null) pairs.delete(id);
      else pairs.set(id, pair);
    }
  }
}

/** What can be learned of a segment: both sides as a model reads them; null unless it is confirmed and has words. */
export function pairOf({ source, target, tags, state }: Segment): ConfirmedPair | null {
  if (target === null || !isConfirmed(state)) return null;
  const read = tagsForModel(tags);
  const pair = { source: modelText(source, read), target: modelText(target, read) };
  return pair.source.trim() === '' || pair.target.trim() === '' ? null : pair;
}

/** The first source of a project on both sides, to try a model with where nothing is confirmed yet; null where there is none. */
export function firstSource(db: ReadDb): ConfirmedPair | null {
  const id = db.column(sql`SELECT id FROM segment ORDER BY number LIMIT 1`)[0];
  const [segment] = id === undefined ? [] : segmentsByIds(db, [Number(id)]);
  const text = segment === undefined ? '' : modelText(segment.source, tagsForModel(segment.tags));
  return text.trim() === '' ? null : { source: text, target: text };
}
