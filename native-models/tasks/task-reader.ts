/** A model at its task: a text in, a text out, and how much of a text it can read at once. */

export interface Generation {
  readonly text: string;
  /** Mean log-probability of the tokens where `length_penalty` is 1. */
  readonly score: number;
}

export interface TaskReader {
  readonly name: string;
  /** Most tokens of a text, special tokens not counted. */
  readonly room: number;
  count(text: string): number;
  generate(text: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal | undefined): Promise<Generation>;
  close(): Promise<void>;
}
