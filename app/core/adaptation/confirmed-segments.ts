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
import { adaptationSetting } from './adaptation-setting.ts';

/** Read at a time. */
const PORTION = 500;

type PairsById = Map<number, ConfirmedPair | null>;

export class ConfirmedSegments {
  readonly #db: ReadDb;
  #pairs = new SimilarPairs();
  #lastEdit = -1;
  #lastGroup = -1;
  #forgotten: ReadonlyMap<number, number> = new Map();

  constructor(db: ReadDb) {
    this.#db = db;
  }

  get isRead(): boolean {
    return this.#lastEdit >= 0;
  }

  /** Reads a large project a few segments at a time, so that nobody waits for all of it. Rejects with the signal's reason. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.#lastEdit >= 0) return;
    const lastEdit = this.#newest('edit'), lastGroup = this.#newest('edit_group');
    const { forgotten } = adaptationSetting(this.#db);
    const pairs = new SimilarPairs();
    for (const ids of portionsOf(this.#confirmedIds())) {
      for (const [id, pair] of this.#read(ids, forgotten)) if (pair !== null) pairs.set(id, pair);
      await turn();
      signal.throwIfAborted();
    }
    // Somebody could not wait.
    if (this.#lastEdit >= 0) return;
    this.#pairs = pairs;
    this.#forgotten = forgotten;
    this.#lastEdit = lastEdit;
    this.#lastGroup = lastGroup;
  }

  /** Pairs like the text, the best first; not that of segment `without`. */
  nearest(text: string, without: number): ConfirmedPair[] {
    this.#refresh();
    return this.#pairs.nearest(text, PAIRS_A_SENTENCE, without).map(({ source, target }) => ({ source, target }));
  }

  /** Ids of the segments that are learned, the newest last. */
  ids(): number[] {
    this.#refresh();
    return this.#pairs.ids();
  }

  /** While they are not read yet: of all that are confirmed and not forgotten. */
  get size(): number {
    if (!this.isRead) return Math.max(0, Number(this.#db.column(sql`SELECT count(*) FROM segment WHERE state IN ('translated', 'reviewed')`)[0]) - adaptationSetting(this.#db).forgotten.size);
    this.#refresh();
    return this.#pairs.size;
  }

  /** The newest of them, the newest last. */
  newest(most: number): (ConfirmedPair & { readonly id: number })[] {
    this.#refresh();
    return this.#pairs.newest(most);
  }

  #refresh(): void {
    const lastEdit = this.#newest('edit'), lastGroup = this.#newest('edit_group');
    const { forgotten } = adaptationSetting(this.#db);
    const remembersAgain = [...this.#forgotten.keys()].filter((id) => !forgotten.has(id));
    const isNew = this.#lastEdit < 0 || this.#relisted();
    this.#forgotten = forgotten;
    if (isNew) {
      this.#pairs = new SimilarPairs();
      this.#take(this.#confirmedIds());
    } else {
      const edited = lastEdit === this.#lastEdit ? [] : this.#db.column(sql`SELECT segment_id FROM edit WHERE id > ${this.#lastEdit} GROUP BY segment_id ORDER BY max(id)`).map(Number);
      this.#take([...remembersAgain, ...edited, ...[...forgotten.keys()].filter((id) => this.#pairs.has(id))]);
    }
    this.#lastEdit = lastEdit;
    this.#lastGroup = lastGroup;
  }

  /** In the order of their confirmation. */
  #confirmedIds(): number[] {
    return this.#db.column(sql`SELECT segment.id FROM segment LEFT JOIN edit ON edit.segment_id = segment.id WHERE segment.state IN ('translated', 'reviewed') GROUP BY segment.id ORDER BY max(edit.id), segment.id`).map(Number);
  }

  /** Documents got new versions, or something was undone: segments may have come and gone. */
  #relisted(): boolean {
    return this.#db.get(sql`SELECT 1 AS found FROM edit_group WHERE id > ${this.#lastGroup} AND kind IN ('update', 'undo', 'redo') LIMIT 1`) !== undefined;
  }

  #newest(table: 'edit' | 'edit_group'): number {
    const row = table === 'edit' ? this.#db.get(sql`SELECT coalesce(max(id), 0) AS newest FROM edit`) : this.#db.get(sql`SELECT coalesce(max(id), 0) AS newest FROM edit_group`);
    return row === undefined ? 0 : integer(row, 'newest');
  }

  #take(ids: readonly number[]): void {
    for (const portion of portionsOf(ids)) {
      for (const [id, pair] of this.#read(portion, this.#forgotten)) {
        if (pair === null) this.#pairs.delete(id);
        else this.#pairs.set(id, pair);
      }
    }
  }

  #read(ids: readonly number[], forgotten: ReadonlyMap<number, number>): PairsById {
    const found = new Map(segmentsByIds(this.#db, ids).map((segment) => [segment.id, segment]));
    return new Map(ids.map((id) => {
      const segment = found.get(id);
      return [id, segment === undefined || forgotten.get(id) === segment.version ? null : pairOf(segment)];
    }));
  }
}

function* portionsOf(ids: readonly number[]): Generator<number[]> {
  for (let from = 0; from < ids.length; from += PORTION) yield ids.slice(from, from + PORTION);
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
