/** What decides the outcome of a training run, and what of it two runs differ in. */

/** Two runs with equal ones give equal weights on one machine. */
export interface RunConfiguration {
  readonly task: 'train' | 'finetune' | 'adapt';
  readonly seed: number;
  /** See `Corpus.hash`. */
  readonly corpusHash: string;
  /** Model, optimizer, batches, schedule: plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** See `hashOfWeights`: the model that learns on. */
  readonly model?: string;
  /** sha256 of the general text that is learned beside the corpus; null: there is none. */
  readonly general?: string | null;
  /** Columns of the corpus from 0, the target last. */
  readonly columns?: readonly number[];
  /** sha256 of the vocabularies that were given; null: they are learned from the corpus. */
  readonly vocabulary?: string | null;
  /** Sums are taken apart by threads, and so rounded otherwise by other numbers of them. */
  readonly threads?: number;
}

const NAMES: Readonly<Record<string, string>> = { corpusHash: 'corpus', general: 'general text' };
/** Values are shown up to this length. */
const SHOWN = 40;

/** A phrase for each entry that differs: `rate: 0.001 there, 0.01 here`, `the corpus is another`. Empty where all is the same. */
export function differences(there: unknown, here: RunConfiguration): string[] {
  const [old, wanted] = [entriesOf(there), entriesOf(here)];
  // What stands in the settings, too, is said once.
  return [...new Set([...new Set([...wanted.keys(), ...old.keys()])].flatMap((key) => {
    const [before, now] = [old.get(key), wanted.get(key)];
    if (before === now) return [];
    const name = NAMES[key] ?? key.replace(/^settings\./u, '');
    if (Math.max(before?.length ?? 0, now?.length ?? 0) > SHOWN) return [`the ${name} is another`];
    return [`${name}: ${before ?? 'nothing'} there, ${now ?? 'nothing'} here`];
  }))];
}

/** The leaves of plain JSON by their paths, `settings.model.hidden`; lists are leaves. */
function entriesOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, JSON.stringify(value) ?? 'nothing']]);
  return new Map(Object.entries(value).flatMap(([name, entry]) => (entry === undefined ? [] : [...entriesOf(entry, path === '' ? name : `${path}.${name}`)])));
}
