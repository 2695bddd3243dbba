/** Questions to the model about the words before terms, on their way: each different one is asked once a request. */
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import type { DeterminerChoice } from '../terms/determiners.ts';
import type { DeterminerQuestion } from './term-binding.ts';

export interface AskedQuestion {
  readonly question: DeterminerQuestion;
  /** Places in the request of the text that asked first. */
  readonly indices: readonly number[];
}

export class TermQuestions {
  readonly #read: (question: DeterminerQuestion, answer: DecodedSentence) => readonly DeterminerChoice[];
  readonly #known = new Map<string, readonly DeterminerChoice[]>();
  readonly #waiting = new Map<string, (() => void)[]>();
  #toAsk: AskedQuestion[] = [];

  constructor(read: (question: DeterminerQuestion, answer: DecodedSentence) => readonly DeterminerChoice[]) {
    this.#read = read;
  }

  /** Questions that no worker has in hand yet. */
  get count(): number {
    return this.#toAsk.length;
  }

  /** Calls `done` when all of the questions are answered, at once when they are. */
  ask(questions: readonly DeterminerQuestion[], indices: readonly number[], done: () => void): void {
    let open = 1;
    const settle = (): void => {
      if (--open === 0) done();
    };
    for (const question of questions) {
      const key = keyOf(question);
      if (this.#known.has(key)) continue;
      open++;
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined) waiting.push(settle);
      else {
        this.#waiting.set(key, [settle]);
        this.#toAsk.push({ question, indices });
      }
    }
    settle();
  }

  /** The next questions, `most` at a time, those of similar length together: the longest says how many steps all take. */
  take(most: number): AskedQuestion[] {
    this.#toAsk.sort((a, b) => a.question.prefix.length - b.question.prefix.length);
    return this.#toAsk.splice(-most);
  }

  settle(question: DeterminerQuestion, answer: DecodedSentence): void {
    const key = keyOf(question);
    this.#known.set(key, this.#read(question, answer));
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    for (const done of waiting) done();
  }

  /** Null when it was not asked. */
  choices(question: DeterminerQuestion): readonly DeterminerChoice[] | null {
    return this.#known.get(keyOf(question)) ?? null;
  }
}

const keyOf = ({ source, prefix }: DeterminerQuestion): string => `${source}\n${prefix.join(' ')}`;
