/** What a project file keeps of adaptation: whether it is on, what is not to be learned, and how it did. */
import * as v from 'valibot';
import type { Trial } from '../../../native-models/adaptation/memory-guard.ts';
import { TRIALS_KEPT } from '../../../native-models/adaptation/memory-guard.ts';
import { AdaptationWay } from '../../contract/adaptation-shapes.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { damaged, text } from '../db/row.ts';
import { sql } from '../db/sql.ts';

const KEY = 'adaptation';

const Stored = v.object({
  on: v.boolean(),
  way: v.optional(AdaptationWay, 'memory'),
  /** Segments and the version in which each was taken out of what is learned. */
  forgotten: v.array(v.tuple([v.number(), v.number()])),
  trials: v.array(v.object({ remembering: v.number(), plain: v.number() })),
});

export interface AdaptationSetting {
  readonly on: boolean;
  readonly way: AdaptationWay;
  readonly forgotten: ReadonlyMap<number, number>;
  readonly trials: readonly Trial[];
}

/** Off in a project that says nothing of it. Throws DB_DAMAGED. */
export function adaptationSetting(db: ReadDb): AdaptationSetting {
  const row = db.get(sql`SELECT value FROM setting WHERE key = ${KEY}`);
  if (!row) return { on: false, way: 'memory', forgotten: new Map(), trials: [] };
  const { on, way, forgotten, trials } = parsed(text(row, 'value'));
  return { on, way, forgotten: new Map(forgotten), trials };
}

export function storeAdaptation(db: WriteDb, { on, way, forgotten, trials }: AdaptationSetting): void {
  const value = JSON.stringify({ on, way, forgotten: [...forgotten], trials: trials.slice(-TRIALS_KEPT) });
  db.run(sql`INSERT INTO setting (key, value) VALUES (${KEY}, ${value}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
}

function parsed(value: string): v.InferOutput<typeof Stored> {
  try {
    return v.parse(Stored, JSON.parse(value));
  } catch {
    throw damaged('setting.adaptation');
  }
}
