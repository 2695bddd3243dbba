/** Random numbers that are the same on every machine: xoshiro128** (Blackman and Vigna 2018), seeded through SplitMix32. */

export interface SeededRandom {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** A new array in random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** `stream`: different streams of one seed are independent, e.g. one an epoch. */
export function seededRandom(seed: number, stream = 0): SeededRandom {
  let mix = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [split(), split(), split(), split()];
  const rotate = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0;
  const bits = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const next = (): number => bits() / 2 ** 32;
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffled<T>(items: readonly T[]): T[] {
      const result = [...items];
      for (let last = result.length - 1; last > 0; last--) {
        const other = below(last + 1);
        const [x, y] = [result[last], result[other]];
        if (x !== undefined && y !== undefined) [result[last], result[other]] = [y, x];
      }
      return result;
    },
  };
}
