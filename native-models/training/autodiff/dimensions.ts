/**
 * Sizes of tensors that may not be known before a run: a number, a name such as 'B', or a product such as '2*B*S'.
 * A product is written in one way only (number first, names sorted), so that equal sizes are equal strings.
 */

export type Dimension = number | string;

interface Factors {
  readonly number: number;
  readonly names: readonly string[];
}

function factors(dimension: Dimension): Factors {
  if (typeof dimension === 'number') return { number: dimension, names: [] };
  const parts = dimension.split('*');
  const first = Number(parts[0]);
  return Number.isInteger(first) ? { number: first, names: parts.slice(1) } : { number: 1, names: parts };
}

function written({ number, names }: Factors): Dimension {
  if (names.length === 0 || number === 0) return number;
  const sorted = names.toSorted();
  return (number === 1 ? sorted : [String(number), ...sorted]).join('*');
}

/** The number and the names that a size is the product of. */
export function partsOf(dimension: Dimension): Factors {
  return factors(dimension);
}

export function product(dimensions: readonly Dimension[]): Dimension {
  const all = dimensions.map(factors);
  return written({ number: all.reduce((total, part) => total * part.number, 1), names: all.flatMap((part) => part.names) });
}

/** `whole / part`; null when it can't be seen that this is a whole number. */
export function quotient(whole: Dimension, part: Dimension): Dimension | null {
  const [dividend, divisor] = [factors(whole), factors(part)];
  const names = [...dividend.names];
  for (const name of divisor.names) {
    const found = names.indexOf(name);
    if (found < 0) return null;
    names.splice(found, 1);
  }
  const number = dividend.number / divisor.number;
  return Number.isInteger(number) ? written({ number, names }) : null;
}

/** Whether a shape is known before the run. */
export function isFixed(dims: readonly Dimension[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === 'number');
}

export function sameDims(left: readonly Dimension[], right: readonly Dimension[]): boolean {
  return left.length === right.length && left.every((dim, axis) => dim === right[axis]);
}

/**
 * The shape of an elementwise operation on both (NumPy's rules). A size that is only a name counts as more than 1: what a
 * graph broadcasts from one row must say so by a 1. Null when they don't fit.
 */
export function broadcast(left: readonly Dimension[], right: readonly Dimension[]): Dimension[] | null {
  const rank = Math.max(left.length, right.length);
  const dims: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const a = left[left.length - rank + axis] ?? 1;
    const b = right[right.length - rank + axis] ?? 1;
    if (a !== b && a !== 1 && b !== 1 && typeof a === 'number' && typeof b === 'number') return null;
    dims.push(a === 1 ? b : b === 1 || typeof a === 'number' ? a : typeof b === 'number' ? b : a);
  }
  return dims;
}
