/** Where points of a curve lie in a drawing, and which numbers stand at its axes. */

export interface Point { readonly x: number; readonly y: number }

/** At most so many points are drawn: more than a screen has columns can't be seen. */
const MOST_POINTS = 400;

/** About `count` round numbers from `least` to `most`, both ends inside; steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(least: number, most: number, count: number): number[] {
  if (!(most > least)) return [least];
  const rough = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Neighbours are averaged until few enough are left; the last point stays where it is. */
export function thinned(points: readonly Point[]): Point[] {
  const width = Math.ceil(points.length / MOST_POINTS);
  if (width <= 1) return [...points];
  const groups = Array.from({ length: Math.ceil(points.length / width) }, (_, i) => points.slice(i * width, (i + 1) * width));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return groups.map((group) => ({ x: group.at(-1)?.x ?? 0, y: mean(group.map(({ y }) => y)) }));
}

/** A scale from numbers to places; a range without extent lies in the middle. */
export const linear = (from: readonly [number, number], to: readonly [number, number]) => (value: number): number =>
  from[1] === from[0] ? (to[0] + to[1]) / 2 : to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
