/** From the attention of a model over tokens to links between the words of two texts. */
import { type Units, unitsBetween, unitsOf } from './words.ts';

/** A text and the place of each of its tokens in it (UTF-16; token i covers `offsets[2 * i]` to `offsets[2 * i + 1]`). */
export interface AlignedText {
  readonly text: string;
  readonly offsets: Int32Array;
}

export interface WordLink {
  readonly source: readonly [start: number, end: number];
  readonly target: readonly [start: number, end: number];
  /** 0 to 1 */
  readonly weight: number;
}

/** A word's best link counts from here on, and a further one from `FURTHER` of the best on. */
const BEST = 0.1;
const FURTHER = 0.5;
/** A source word that no link reached gets its best one from here on. */
const RESCUED = 0.2;

/**
 * Links between words. `attention[t * columns + s]` says how much target token t looks at source token s; rows and columns
 * beyond the tokens of the texts (the end of the sentence) are passed over. The weight of a link is the share of the target
 * word's attention that falls on the source word. Links come in the order of the target.
 */
export function wordLinks(source: AlignedText, target: AlignedText, attention: Float32Array, columns: number): WordLink[] {
  const sourceUnits = unitsOf(source.text);
  const targetUnits = unitsOf(target.text);
  if (sourceUnits.count === 0 || targetUnits.count === 0) return [];
  const weights = unitWeights(source, target, sourceUnits, targetUnits, attention, columns);
  const wide = sourceUnits.count;
  const links: WordLink[] = [];
  const linked = new Uint8Array(wide);
  const link = (t: number, s: number): void => {
    linked[s] = 1;
    links.push({ source: spanOf(sourceUnits, s), target: spanOf(targetUnits, t), weight: Math.min(1, weights[t * wide + s] ?? 0) });
  };
  for (let t = 0; t < targetUnits.count; t++) {
    let best = 0;
    for (let s = 0; s < wide; s++) best = Math.max(best, weights[t * wide + s] ?? 0);
    if (best < BEST) continue;
    for (let s = 0; s < wide; s++) if ((weights[t * wide + s] ?? 0) >= FURTHER * best) link(t, s);
  }
  for (let s = 0; s < wide; s++) {
    if (linked[s] === 1) continue;
    let best = 0;
    for (let t = 1; t < targetUnits.count; t++) if ((weights[t * wide + s] ?? 0) > (weights[best * wide + s] ?? 0)) best = t;
    if ((weights[best * wide + s] ?? 0) >= RESCUED) link(best, s);
  }
  return links.sort((a, b) => a.target[0] - b.target[0] || a.source[0] - b.source[0]);
}

/** Links of a text that stands in the translation as it is: each unit with itself. */
export function identityLinks(text: string): WordLink[] {
  const units = unitsOf(text);
  return Array.from({ length: units.count }, (_, i) => ({ source: spanOf(units, i), target: spanOf(units, i), weight: 1 }));
}

/** weights[t * source units + s]: attention of unit t on unit s, the mean over its tokens. */
function unitWeights(source: AlignedText, target: AlignedText, sourceUnits: Units, targetUnits: Units, attention: Float32Array, columns: number): Float32Array {
  const wide = sourceUnits.count;
  const weights = new Float32Array(wide * targetUnits.count);
  const tokens = new Float32Array(targetUnits.count);
  const sourceRanges = tokenRanges(source, sourceUnits);
  const targetRanges = tokenRanges(target, targetUnits);
  const rows = Math.min(targetRanges.length / 2, attention.length / columns);
  const used = Math.min(sourceRanges.length / 2, columns);
  for (let row = 0; row < rows; row++) {
    const firstTarget = targetRanges[2 * row] ?? 0;
    const endTarget = targetRanges[2 * row + 1] ?? 0;
    for (let t = firstTarget; t < endTarget; t++) tokens[t] = (tokens[t] ?? 0) + 1;
    for (let column = 0; column < used; column++) {
      const first = sourceRanges[2 * column] ?? 0;
      const end = sourceRanges[2 * column + 1] ?? 0;
      const share = (attention[row * columns + column] ?? 0) / Math.max(1, end - first);
      if (share === 0) continue;
      for (let t = firstTarget; t < endTarget; t++) for (let s = first; s < end; s++) weights[t * wide + s] = (weights[t * wide + s] ?? 0) + share;
    }
  }
  for (let t = 0; t < targetUnits.count; t++) {
    const count = tokens[t] ?? 0;
    if (count > 1) for (let s = 0; s < wide; s++) weights[t * wide + s] = (weights[t * wide + s] ?? 0) / count;
  }
  return weights;
}

/** The range of units that each token touches: token i those from `[2 * i]` to `[2 * i + 1]`, end exclusive. */
export function tokenRanges({ offsets }: AlignedText, units: Units): Int32Array {
  const ranges = new Int32Array(offsets.length);
  for (let i = 0; i < offsets.length; i += 2) {
    const [first, end] = unitsBetween(units, offsets[i] ?? 0, offsets[i + 1] ?? 0);
    ranges[i] = first;
    ranges[i + 1] = end;
  }
  return ranges;
}

const spanOf = ({ starts, ends }: Units, i: number): readonly [number, number] => [starts[i] ?? 0, ends[i] ?? 0];
