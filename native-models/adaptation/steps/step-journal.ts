/**
 * What was learned step by step, in `steps.jsonl`: one line for what happened, never changed afterwards. The weights of any
 * moment follow from it; they are kept beside it, and made again where they are lost.
 */
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LossChange } from './step-guard.ts';

/** A confirmed segment as it was learned. */
export interface JournalPair {
  readonly id: number;
  readonly source: string;
  readonly target: string;
}

/** A step that was made; `taken-back`: by the guard, which `reason` says. Steps are counted from 1, and no number comes twice. */
export interface MadeStep {
  readonly kind: 'step';
  readonly step: number;
  /** ISO 8601 */
  readonly at: string;
  readonly outcome: 'kept' | 'taken-back';
  readonly reason: string | null;
  /** Those that were new to it. */
  readonly pairs: readonly JournalPair[];
  /** Those that stood among them and are never learned, to measure with. */
  readonly holdsOut: readonly JournalPair[];
  readonly heldOut: LossChange | null;
  readonly general: LossChange;
  readonly milliseconds: number;
}

export type JournalEntry =
  | MadeStep
  /** Held out without a step behind them. */
  | { readonly kind: 'held-out'; readonly pairs: readonly JournalPair[] }
  /** Too long for a small step. */
  | { readonly kind: 'passed-over'; readonly pairs: readonly JournalPair[] }
  /** By the user: the steps from this one on, since each builds on those before it. */
  | { readonly kind: 'undone'; readonly from: number };

const FILE = 'steps.jsonl';

/** All whole lines; none where there is no journal. A line that was cut off by a crash says nothing. */
export async function readJournal(folder: string): Promise<JournalEntry[]> {
  const text = await readFile(path.join(folder, FILE), 'utf8').catch(() => '');
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').flatMap((line) => entryIn(line) ?? []);
}

/** Adds an entry, on the disk when this resolves; a line that was cut off goes. Throws the file system's error. */
export async function appendEntry(folder: string, entry: JournalEntry): Promise<void> {
  const handle = await open(path.join(folder, FILE), 'a+');
  try {
    const text = await handle.readFile();
    const whole = text.lastIndexOf(0x0a) + 1;
    if (whole < text.length) await handle.truncate(whole);
    await handle.appendFile(`${JSON.stringify(entry)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function entryIn(line: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : null;
  } catch {
    return null;
  }
}

/** Nobody but this module writes the file. */
const isEntry = (value: unknown): value is JournalEntry => typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'undone' ? 'from' in value : 'pairs' in value && Array.isArray(value.pairs));
