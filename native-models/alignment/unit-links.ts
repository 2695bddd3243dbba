/** The links between two texts, between their units, for questions from both sides. */
import { isSign, type Units, unitsBetween, unitsOf } from './words.ts';
import type { WordLink } from './word-links.ts';

/** Links of one unit: the units of the other text and the weights. */
export interface UnitLink {
  readonly unit: number;
  readonly weight: number;
}

export interface UnitLinks {
  readonly source: Units;
  readonly target: Units;
  readonly bySource: readonly (readonly UnitLink[])[];
  readonly byTarget: readonly (readonly UnitLink[])[];
}

/** A comma can become an "and", but attention that strays mostly strays to a sign. */
const SIGN_TO_WORD = 0.3;

/**
 * Texts without any usable link are linked by position: each unit with the one at the same share of the text.
 * Links outside the texts or without weight are passed over.
 */
export function unitLinks(sourceText: string, targetText: string, links: readonly WordLink[]): UnitLinks {
  const source = unitsOf(sourceText);
  const target = unitsOf(targetText);
  const weights = new Map<number, number>();
  const sourceSigns = signsOf(sourceText, source);
  const targetSigns = signsOf(targetText, target);
  const add = (s: number, t: number, weight: number): void => {
    const key = s * target.count + t;
    const trust = sourceSigns[s] === targetSigns[t] ? 1 : SIGN_TO_WORD;
    weights.set(key, Math.min(1, (weights.get(key) ?? 0) + trust * weight));
  };
  for (const link of links) {
    if (!(link.weight > 0)) continue;
    const [firstSource, endSource] = unitsBetween(source, link.source[0], link.source[1]);
    const [firstTarget, endTarget] = unitsBetween(target, link.target[0], link.target[1]);
    for (let s = firstSource; s < endSource; s++) for (let t = firstTarget; t < endTarget; t++) add(s, t, link.weight);
  }
  if (weights.size === 0 && source.count > 0 && target.count > 0) {
    const alike = (i: number, from: Units, to: Units): number => nearest(to, (middle(from, i) / lengthOf(from)) * lengthOf(to));
    for (let s = 0; s < source.count; s++) add(s, alike(s, source, target), 0.5);
    for (let t = 0; t < target.count; t++) add(alike(t, target, source), t, 0.5);
  }
  const bySource: UnitLink[][] = Array.from({ length: source.count }, () => []);
  const byTarget: UnitLink[][] = Array.from({ length: target.count }, () => []);
  for (const [key, weight] of weights) {
    const s = Math.floor(key / target.count);
    const t = key % target.count;
    bySource[s]?.push({ unit: t, weight });
    byTarget[t]?.push({ unit: s, weight });
  }
  return { source, target, bySource, byTarget };
}

const signsOf = (text: string, { starts, ends, count }: Units): boolean[] => Array.from({ length: count }, (_, i) => isSign(text.slice(starts[i], ends[i])));

const middle = ({ starts, ends }: Units, i: number): number => ((starts[i] ?? 0) + (ends[i] ?? 0)) / 2;

const lengthOf = ({ ends, count }: Units): number => ends[count - 1] ?? 1;

function nearest(units: Units, place: number): number {
  let best = 0;
  for (let i = 1; i < units.count; i++) if (Math.abs(middle(units, i) - place) < Math.abs(middle(units, best) - place)) best = i;
  return best;
}
