/** Measures how many source words a second the engine translates while it is at work; idle time does not count. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly words: number;
}

/** How many of the last runs count. */
const KEPT = 64;

export class Throughput {
  private readonly runs: Run[] = [];

  /** `start` and `end` in seconds on one clock. */
  record(run: Run): void {
    this.runs.push(run);
    if (this.runs.length > KEPT) this.runs.shift();
  }

  /** Words per second of the last runs; null before the first. */
  get wordsPerSecond(): number | null {
    if (this.runs.length === 0) return null;
    let busy = 0;
    let until = -Infinity;
    let words = 0;
    for (const { start, end, words: some } of [...this.runs].sort((a, b) => a.start - b.start)) {
      busy += Math.max(0, end - Math.max(start, until));
      until = Math.max(until, end);
      words += some;
    }
    return busy > 0 ? words / busy : null;
  }
}

/** White-space separated words, as word counts of translation projects go. */
export function countWords(text: string): number {
  let words = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const space = isSpace(text.charCodeAt(i));
    if (!space && !inside) words++;
    inside = !space;
  }
  return words;
}

const isSpace = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x85 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
