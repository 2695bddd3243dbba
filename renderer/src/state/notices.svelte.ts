import { codeOf, tellError } from '../i18n/messages.ts';

export interface Notice {
  /** Notices of one topic replace each other. */
  readonly topic: string;
  readonly tone: 'info' | 'done' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  readonly advice: string;
  readonly action?: { readonly title: string; readonly run: () => void };
}

/** Milliseconds after which a notice goes by itself: time to read it, and to press what it offers. */
const ALONE = 8000, WITH_ACTION = 30_000;
/** Sentences within so many milliseconds would cut each other off. */
const BREATH = 300;

/** What the window has to say, newest last; errors stay until they are closed, the rest goes by itself. */
export class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  /** Read out by screen readers, not shown. */
  spoken = $state('');
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #held = false;
  #justSaid = '';
  #breath: ReturnType<typeof setTimeout> | undefined;

  tell(notice: Omit<Notice, 'text' | 'advice'> & Partial<Pick<Notice, 'text' | 'advice'>>): void {
    const full: Notice = { text: '', advice: '', ...notice };
    this.shown = [...this.shown.filter(({ topic }) => topic !== full.topic), full].slice(-4);
    this.#endLater(full);
  }

  /** Somebody reads or is about to press one (true), or no longer: until then none of them goes by itself. */
  hold(on: boolean): void {
    this.#held = on;
    for (const notice of this.shown) this.#endLater(notice);
  }

  #endLater({ topic, tone, action }: Notice): void {
    clearTimeout(this.#timers.get(topic));
    if (!this.#held && (tone === 'info' || tone === 'done')) this.#timers.set(topic, setTimeout(() => { this.close(topic); }, action ? WITH_ACTION : ALONE));
  }

  /** Tells an error in the words of its code. A cancellation is what the user asked for and is not told. */
  tellError(error: unknown, topic = 'error'): void {
    if (codeOf(error) === 'CANCELLED') return;
    const { title, message, advice } = tellError(error);
    this.tell({ topic, tone: 'error', title, text: message, advice });
  }

  /** Two sentences in one breath are one text, and what is said again is said again. */
  say(text: string): void {
    const joined = this.#justSaid === '' ? text : `${this.#justSaid}. ${text}`;
    this.spoken = joined === this.spoken ? `${joined}\u00a0` : joined;
    this.#justSaid = text;
    clearTimeout(this.#breath);
    this.#breath = setTimeout(() => { this.#justSaid = ''; }, BREATH);
  }

  close(topic: string): void {
    clearTimeout(this.#timers.get(topic));
    this.shown = this.shown.filter((notice) => notice.topic !== topic);
  }
}
