/**
 * Whether two writings of the same digits can be the same number: 1,234.56 is 1.234,56 and 1 234,56 in other languages, but
 * 1.234.56 is no number and 123.456 another one.
 */

interface Separator {
  /** Digits behind it. */
  readonly place: number;
  readonly sign: string;
}

/** `source` and `target`: two numbers with the same digits in the same order, with their separators. */
export function separatorsAgree(source: string, target: string): boolean {
  const from = separatorsOf(source);
  const to = separatorsOf(target);
  if (isIndian(from) || isIndian(to)) return true;
  const last = from.at(-1);
  const written = new Map(to.map(({ place, sign }) => [place, sign]));
  const before = new Map<string, string>();
  const after = new Map<string, string>();
  for (const separator of from) {
    const { place, sign } = separator;
    const now = written.get(place) ?? '';
    // One sign stays one sign, and two stay two.
    if ((before.get(sign) ?? now) !== now || (now !== '' && (after.get(now) ?? sign) !== sign)) return false;
    // The mark of the decimals must stay a mark.
    if (separator === last && isDecimal(separator, from) && !/[.,:]/.test(now)) return false;
    before.set(sign, now);
    after.set(now, sign);
  }
  const decimals = last !== undefined && isDecimal(last, from) ? last.place : 0;
  // New ones group thousands, or are those of a time (1630, 16:30); in a number that had some they are none of its own.
  const places = new Set(from.map(({ place }) => place));
  const added = to.filter(({ place }) => !places.has(place));
  return added.every(({ place, sign }) => sign === ':' || ((place - decimals) % 3 === 0 && !after.has(sign)));
}

/** Whether the last separator stands before decimals: not before three digits, or another sign than those before it. */
const isDecimal = ({ place, sign }: Separator, all: readonly Separator[]): boolean => place !== 3 || all.some((other) => other.sign !== sign);

/** Thousands by three digits, everything above by two: 12,50,000. */
const isIndian = (separators: readonly Separator[]): boolean => separators.length > 1 && separators.at(-1)?.place === 3 && separators.every(({ place, sign }) => place % 2 === 1 && sign === ',');

function separatorsOf(number: string): Separator[] {
  const found: Separator[] = [];
  let digits = 0;
  for (const sign of [...number].reverse()) {
    if (/\p{Nd}/u.test(sign)) digits++;
    else found.unshift({ place: digits, sign: /\s/u.test(sign) ? ' ' : sign });
  }
  return found;
}
