/** What was left out of a corpus, and why: counted, with the first lines of each reason. */

export const DROP_REASONS = {
  'wrong-columns': 'has fewer columns than the task needs',
  'not-utf8': 'is not UTF-8',
  'control-characters': 'holds NUL or other control characters',
  'empty-source': 'has no source text',
  'empty-target': 'has no target text',
  'too-long': 'is too long',
  'too-many-tokens': 'has more tokens than are learned at once',
  'lengths-differ': 'has a source and a target of very different lengths',
  duplicate: 'repeats an earlier pair',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

export interface DroppedLines {
  readonly reason: DropReason;
  readonly count: number;
  /** Numbers of the first of them, from 1. */
  readonly lines: readonly number[];
}

export interface CorpusReport {
  /** Lines with something in them; blank ones count as nothing. */
  readonly read: number;
  readonly kept: number;
  /** Most frequent reason first. */
  readonly dropped: readonly DroppedLines[];
}

const LINES_NAMED = 5;

/** Counts while a corpus is read. */
export class DropCount {
  readonly #dropped = new Map<DropReason, { count: number; lines: number[] }>();
  #kept = 0;

  keep(): void {
    this.#kept++;
  }

  drop(reason: DropReason, line: number): void {
    const entry = this.#dropped.get(reason) ?? { count: 0, lines: [] };
    entry.count++;
    if (entry.lines.length < LINES_NAMED) entry.lines.push(line);
    this.#dropped.set(reason, entry);
  }

  report(): CorpusReport {
    const dropped = [...this.#dropped].map(([reason, { count, lines }]) => ({ reason, count, lines })).sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
    return { read: this.#kept + dropped.reduce((sum, { count }) => sum + count, 0), kept: this.#kept, dropped };
  }
}

/** The report with some lines more left out, which were kept when the corpus was read. */
export function withDropped({ read, kept, dropped }: CorpusReport, reason: DropReason, lines: readonly number[]): CorpusReport {
  if (lines.length === 0) return { read, kept, dropped };
  const more: DroppedLines = { reason, count: lines.length, lines: lines.slice(0, LINES_NAMED) };
  return { read, kept: kept - lines.length, dropped: [...dropped, more].sort((a, b) => b.count - a.count) };
}

/** One sentence a reason, e.g. "3 lines left out: has no target text (lines 4, 9, 12)." */
export function describeDropped({ dropped }: CorpusReport): string[] {
  return dropped.map(({ reason, count, lines }) => {
    const more = count > lines.length ? ', ...' : '';
    return `${count} ${count === 1 ? 'line' : 'lines'} left out: ${DROP_REASONS[reason]} (${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}).`;
  });
}
