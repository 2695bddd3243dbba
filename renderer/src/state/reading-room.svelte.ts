import type { Input, Output } from '../../../app/contract/contract.ts';
import type { Connection } from '../client/connection.ts';
import { attempt } from './attempt.ts';
import { LongWork } from './long-work.svelte.ts';
import type { Failure } from './model-library.svelte.ts';

export type Summary = Output<'document.summarize'>;
export type Answer = Output<'document.ask'>;

/** What is read: the file on show, or the whole project. */
export interface Scope { readonly fileId: number | null; readonly name: string }

/** A summary of what is open, and answers to questions about it. Work goes on while the dialog is closed. */
export class ReadingRoom {
  summary = $state.raw<{ readonly of: Scope; readonly value: Summary } | null>(null);
  answer = $state.raw<{ readonly of: Scope; readonly question: string; readonly value: Answer } | null>(null);
  question = $state('');
  failure = $state.raw<(Failure & { readonly of: 'summary' | 'answer' }) | null>(null);
  readonly summarizing = new LongWork();
  readonly asking = new LongWork();
  readonly #connection: Connection;
  readonly #projectId: number;

  constructor(connection: Connection, projectId: number) {
    this.#connection = connection;
    this.#projectId = projectId;
  }

  async summarize(of: Scope): Promise<void> {
    await this.#attempt('summary', async () => {
      const value = await this.summarizing.run((options) => this.#connection.job('document.summarize', { document: this.#document(of) }, options));
      if (value) this.summary = { of, value };
    });
  }

  async ask(of: Scope): Promise<void> {
    const question = this.question.trim();
    if (question === '') return;
    await this.#attempt('answer', async () => {
      const value = await this.asking.run((options) => this.#connection.job('document.ask', { document: this.#document(of), question }, options));
      if (value) this.answer = { of, question, value };
    });
  }

  /** The project is closed. */
  cancel(): void {
    this.summarizing.cancel();
    this.asking.cancel();
  }

  #document({ fileId }: Scope): Input<'document.summarize'>['document'] {
    return { projectId: this.#projectId, ...(fileId === null ? {} : { fileIds: [fileId] }) };
  }

  async #attempt(of: 'summary' | 'answer', work: () => Promise<void>): Promise<void> {
    this.failure = null;
    await attempt(work, (told) => { this.failure = { ...told, of }; });
  }
}
