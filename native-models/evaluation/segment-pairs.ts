/** Hypotheses beside their references, as every metric takes them. */
import { EngineError } from '../engine/engine-error.ts';

/** One line a segment; each list of references has one for each hypothesis. */
export type ReferenceSets = readonly (readonly string[])[];

/** Calls `visit` for each hypothesis with its references. Throws EngineError INVALID_INPUT when the numbers of lines differ. */
export function forEachSegment(hypotheses: readonly string[], references: ReferenceSets, visit: (hypothesis: string, references: readonly string[]) => void): void {
  if (references.length === 0) throw new EngineError('INVALID_INPUT', 'There is no reference to compare with.', 'Give at least one list of references.');
  for (const set of references)
    if (set.length !== hypotheses.length)
      throw new EngineError('INVALID_INPUT', `There are ${hypotheses.length.toLocaleString('en')} hypotheses and ${set.length.toLocaleString('en')} references.`, 'Each line of the one must be the counterpart of the same line of the other.');
  hypotheses.forEach((hypothesis, i) => visit(hypothesis, references.map((set) => set[i] ?? '')));
}
