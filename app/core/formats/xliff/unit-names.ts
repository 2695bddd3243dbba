/** Units of an XLIFF document: their names and their bounds. */
import { StudioError } from '../../../contract/errors.ts';
import { MAX_TEXT } from '../../../contract/shapes/values.ts';
import { plainText } from '../../segments/runs.ts';
import type { Unit } from '../format.ts';

/** Ids of the units of one document, each given once: the second `1/a` becomes `1/a~2`. */
export class UnitNames {
  readonly #counts = new Map<string, number>();

  take(id: string): string {
    let free = id;
    let count = this.#counts.get(id) ?? 0;
    while (this.#counts.has(free)) free = `${id}~${++count}`;
    this.#counts.set(id, Math.max(1, count));
    if (free !== id) this.#counts.set(free, 1);
    return free;
  }
}

/** @throws StudioError FORMAT_LIMIT when a unit is longer than a segment may be. */
export function requireFits(unit: Unit): void {
  if (plainText(unit.source).length > MAX_TEXT || unit.source.length > 100_000)
    throw new StudioError('FORMAT_LIMIT', `Unit ${unit.id} is longer than ${MAX_TEXT.toLocaleString('en')} characters, or has more than 100,000 tags.`, { advice: 'Split the unit in the program that made the file.', data: { unit: unit.id } });
}

/** @throws StudioError INVALID_INPUT when a target is for a unit that the document does not have. */
export function requireKnown(units: readonly Unit[], targets: ReadonlyMap<string, unknown>): void {
  const known = new Set(units.map(({ id }) => id));
  for (const id of targets.keys()) if (!known.has(id)) throw new StudioError('INVALID_INPUT', `The document has no unit ${id}.`, { advice: 'Take the document in again: it has changed since.', data: { unit: id } });
}
