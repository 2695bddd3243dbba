/** What a project file keeps of adaptation: whether it is on and how, what is not to be learned, and how it did. */
import * as v from 'valibot';
import type { Trial } from '../../../native-models/adaptation/memory-guard.ts';
import { TRIALS_KEPT } from '../../../native-models/adaptation/memory-guard.ts';
import { AdaptationWay } from '../../contract/shapes/adaptation.ts';
import type { ReadDb, WriteDb } from '../db/connection.ts';
import { damaged, text } from '../db/row.ts';
import { sql } from '../db/sql.ts';

const KEY = 'adaptation';
/** What gains most (docs/engine-adaptation.md). */
const USUAL_WAY: AdaptationWay = 'both';

const Versions = v.array(v.tuple([v.number(), v.number()]));
const Stored = v.object({
  on: v.boolean(),
  // Before there was a choice the memory was all there was.
  way: v.optional(AdaptationWay, 'memory'),
  forgotten: Versions,
  unlearned: v.optional(Versions, []),
  trials: v.array(v.object({ remembering: v.number(), plain: v.number() })),
});

export interface AdaptationSetting {
  readonly on: boolean;
  readonly way: AdaptationWay;
  /** Segments and the version in which each was taken out of all that is learned. */
  readonly forgotten: ReadonlyMap<number, number>;
  /** The same of segments whose step was taken back: they may still lead, and make no step. */
  readonly unlearned: ReadonlyMap<number, number>;
  readonly trials: readonly Trial[];
}

/** Of a project that says nothing of it. */
const OFF: AdaptationSetting = { on: false, way: USUAL_WAY, forgotten: new Map(), unlearned: new Map(), trials: [] };

/**
 * Reads the setting of one project: the file is asked each time, since other processes write it, too, and what it says is
 * taken apart only where it has changed. The same text gives the same object.
 */
export class AdaptationSettingReader {
  readonly #db: ReadDb;
  #known: { readonly value: string; readonly setting: AdaptationSetting } | null = null;

  constructor(db: ReadDb) {
    this.#db = db;
  }

  /** Off where the project says nothing of it. Throws DB_DAMAGED. */
  read(): AdaptationSetting {
    const row = this.#db.get(sql`SELECT value FROM setting WHERE key = ${KEY}`);
    if (!row) return OFF;
    const value = text(row, 'value');
    if (this.#known?.value !== value) this.#known = { value, setting: settingIn(value) };
    return this.#known.setting;
  }
}

export function storeAdaptation(db: WriteDb, { on, way, forgotten, unlearned, trials }: AdaptationSetting): void {
  const value = JSON.stringify({ on, way, forgotten: [...forgotten], unlearned: [...unlearned], trials: trials.slice(-TRIALS_KEPT) });
  db.run(sql`INSERT INTO setting (key, value) VALUES (${KEY}, ${value}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
}

function settingIn(value: string): AdaptationSetting {
  try {
    const { forgotten, unlearned, ...rest } = v.parse(Stored, JSON.parse(value));
    return { ...rest, forgotten: new Map(forgotten), unlearned: new Map(unlearned) };
  } catch {
    throw damaged('setting.adaptation');
  }
}
