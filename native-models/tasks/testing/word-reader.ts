/** A reader whose tokens are words and that says the first few of them: deterministic, for tests of what is around a model. */
import type { TaskReader } from '../task-reader.ts';

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

export class WordReader implements TaskReader {
  readonly name = 'words';
  readonly room: number;
  /** Texts that it was given, with their settings. */
  readonly asked: { text: string; params: Readonly<Record<string, unknown>> }[] = [];
  readonly #say: (text: string) => { text: string; score: number };

  constructor(room: number, say: (text: string) => { text: string; score: number }) {
    this.room = room;
    this.#say = say;
  }

  count(text: string): number {
    return words(text).length;
  }

  generate(text: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal | undefined): ReturnType<TaskReader['generate']> {
    signal?.throwIfAborted();
    this.asked.push({ text, params });
    return Promise.resolve(this.#say(text));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Says the first `count` words. */
export const firstWords = (room: number, count: number): WordReader => new WordReader(room, (text) => ({ text: words(text).slice(0, count).join(' '), score: -1 }));
