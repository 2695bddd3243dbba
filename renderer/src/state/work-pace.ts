import type { Project } from '../../../app/contract/shapes/project.ts';

/** Longer than this between two segments is a break, and no part of the work. */
const BREAK = 5 * 60_000;
/** Work that a pace is told from, in milliseconds: less says nothing. */
const ENOUGH = 60_000;

type Counts = Pick<Project, 'words' | 'wordsDone'>;

/** How fast the words of a project are confirmed while it is open. Times are milliseconds of any clock that only goes forward. */
export class WorkPace {
  #last: Counts;
  #lastAt: number;
  #worked = 0;
  #confirmed = 0;

  constructor(project: Counts, at: number) {
    this.#last = project;
    this.#lastAt = at;
  }

  /** Takes the project as it is now; documents that came or went are no work. Returns the pace since. */
  take(project: Counts, at: number): WorkPace['now'] {
    const words = project.words === this.#last.words ? project.wordsDone - this.#last.wordsDone : 0;
    if (words !== 0) {
      const since = at - this.#lastAt;
      if (since <= BREAK) {
        this.#worked += since;
        this.#confirmed += words;
      }
      this.#lastAt = at;
    }
    this.#last = project;
    return this.now;
  }

  /** Confirmed words in an hour of work, and the seconds that the rest takes at that; null until a minute was worked and something confirmed. */
  get now(): { readonly wordsPerHour: number; readonly secondsLeft: number } | null {
    if (this.#worked < ENOUGH || this.#confirmed <= 0) return null;
    const wordsPerMillisecond = this.#confirmed / this.#worked;
    return { wordsPerHour: wordsPerMillisecond * 3_600_000, secondsLeft: (this.#last.words - this.#last.wordsDone) / wordsPerMillisecond / 1000 };
  }
}
