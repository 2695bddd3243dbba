/** Replaces stretches of a translation and keeps its links to the source in step. */
import type { WordLink } from '../alignment/word-links.ts';

export interface LinkedTranslation {
  readonly text: string;
  readonly links: readonly WordLink[];
}

/** UTF-16 offsets, end exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** What comes in its place. */
  readonly text: string;
  /** What of the source that now stands for; when absent, the links of the stretch stay with it. */
  readonly source?: readonly [start: number, end: number];
}

export interface Replaced extends LinkedTranslation {
  /** Where each stretch is now. */
  readonly places: readonly (readonly [start: number, end: number])[];
}

/** `stretches`: in order and apart from each other. */
export function replaceStretches({ text, links }: LinkedTranslation, stretches: readonly Stretch[]): Replaced {
  let result = '';
  let at = 0;
  const places: [number, number][] = [];
  for (const stretch of stretches) {
    result += text.slice(at, stretch.start);
    places.push([result.length, result.length + stretch.text.length]);
    result += stretch.text;
    at = stretch.end;
  }
  result += text.slice(at);
  const moved = links.flatMap(({ source, target, weight }): WordLink[] => {
    const inside = stretches.findIndex(({ start, end }) => target[0] < end && start < target[1]);
    if (inside >= 0) return stretches[inside]?.source === undefined ? [{ source, target: places[inside] ?? target, weight }] : [];
    const before = stretches.findLastIndex(({ end }) => end <= target[0]);
    const shift = before < 0 ? 0 : (places[before]?.[1] ?? 0) - (stretches[before]?.end ?? 0);
    return [{ source, target: [target[0] + shift, target[1] + shift], weight }];
  });
  const own = stretches.flatMap(({ source }, i): WordLink[] => (source === undefined ? [] : [{ source, target: places[i] ?? [0, 0], weight: 1 }]));
  return { text: result, links: [...moved, ...own].sort((a, b) => a.target[0] - b.target[0] || a.source[0] - b.source[0]), places };
}
