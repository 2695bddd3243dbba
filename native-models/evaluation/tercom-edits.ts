/**
 * The edits of TER (Snover et al., 2006): insertions, deletions, substitutions and shifts of word sequences, each one edit.
 * Shifts are searched for greedily with the limits and preferences of Tercom, as sacreBLEU's reading of it has them.
 */
import { type EditAlignment, EditMatrix } from './edit-matrix.ts';

const MAX_SHIFT_LENGTH = 10;
const MAX_SHIFT_DISTANCE = 50;
const MAX_CANDIDATES = 1000;

/** The least number of edits found that turn the hypothesis into the reference. */
export function tercomEdits(hypothesis: readonly string[], reference: readonly string[]): number {
  if (hypothesis.length === 0 || reference.length === 0) return Math.max(hypothesis.length, reference.length);
  const numbers = new Map<string, number>();
  const numbered = (words: readonly string[]): Int32Array => Int32Array.from(words, (word) => {
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    return number;
  });
  const search = new ShiftSearch(numbered(reference), hypothesis.length);
  let words = numbered(hypothesis), shifts = 0, distance = search.matrix.set(words);
  while (distance > 0) {
    const shifted = search.best(words, distance);
    if (shifted === null) break;
    words = shifted;
    distance = search.matrix.set(words);
    shifts++;
  }
  return shifts + distance;
}

interface Shift { readonly start: number; readonly length: number; readonly target: number; readonly distance: number }

class ShiftSearch {
  readonly matrix: EditMatrix;
  private readonly reference: Int32Array;
  private candidates = 0;

  constructor(reference: Int32Array, length: number) {
    this.reference = reference;
    this.matrix = new EditMatrix(reference, length);
  }

  /**
   * The words after the shift that saves most; of equal ones the longest, then the first, then the one to the first place.
   * Null when none saves anything, or when there are too many to try.
   */
  best(words: Int32Array, distance: number): Int32Array | null {
    const { reference } = this;
    const alignment = this.matrix.alignment();
    const trial = new Int32Array(words.length);
    let best: Shift | null = null;
    for (let start = 0; start < words.length; start++) {
      const last = Math.min(reference.length - 1, start + MAX_SHIFT_DISTANCE);
      for (let goal = Math.max(0, start - MAX_SHIFT_DISTANCE); goal <= last; goal++) {
        for (let length = 1; length <= MAX_SHIFT_LENGTH && start + length <= words.length && goal + length <= reference.length && words[start + length - 1] === reference[goal + length - 1]; length++) {
          if (!isWrong(alignment, start, goal, length)) continue;
          for (const target of targets(alignment.positions, goal, length)) {
            shift(words, { start, length, target }, trial);
            // A shift that saves no more than the best one may still be preferred to it.
            const candidate: Shift = { start, length, target, distance: this.matrix.measure(trial, (best?.distance ?? distance) + 1) };
            this.candidates++;
            if (best === null || isBetter(candidate, best)) best = candidate;
          }
          if (this.candidates >= MAX_CANDIDATES) return null;
        }
      }
    }
    if (best === null || best.distance >= distance) return null;
    shift(words, best, trial);
    return trial;
  }
}

/** Whether both the words at `start` and those of the reference at `goal` hold an error, and these are not their own place. */
function isWrong({ positions, referenceErrors, hypothesisErrors }: EditAlignment, start: number, goal: number, length: number): boolean {
  const position = positions[goal] ?? -1;
  return hypothesisErrors.subarray(start, start + length).includes(1) && referenceErrors.subarray(goal, goal + length).includes(1) && !(start <= position && position < start + length);
}

/** Places in the hypothesis that the words may go before: around the counterparts of `length` words of the reference from `goal`. */
function* targets(positions: Int32Array, goal: number, length: number): Generator<number> {
  let previous = -1;
  for (let at = goal - 1; at < goal + length; at++) {
    const target = at < 0 ? 0 : (positions[at] ?? -1) + 1;
    if (target !== previous) yield target;
    previous = target;
  }
}

/** Moves `length` words from `start` before `target`; within their own place, by as many words as that lies into it. */
function shift(words: Int32Array, { start, length, target }: Omit<Shift, 'distance'>, into: Int32Array): void {
  const moved = words.subarray(start, start + length);
  const place = target < start ? target : target > start + length ? target - length : Math.min(target, words.length - length);
  into.set(words.subarray(0, start));
  into.set(words.subarray(start + length), start);
  into.copyWithin(place + length, place, words.length - length);
  into.set(moved, place);
}

const isBetter = (a: Shift, b: Shift): boolean => (b.distance - a.distance || a.length - b.length || b.start - a.start || b.target - a.target) > 0;
