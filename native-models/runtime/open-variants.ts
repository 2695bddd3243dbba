/**
 * The variants of a model's graph that are open. The first one stays; any other was opened for something rare, a second try
 * or a beam, and holds 25 MB: it is closed when it was not needed for a while.
 */

interface Closable {
  close(): Promise<void>;
}

interface OpenVariant<Session> {
  readonly session: Promise<Session>;
  lastUse: number;
}

/** Uses of other variants after which one is closed: so many that opening it again, a tenth of a second, is little beside them. */
const IDLE_USES = 64;

/** One use at a time: a session that was handed out is not used any more when the next is asked for. */
export class OpenVariants<Session extends Closable, Variant> {
  readonly #open: (variant: Variant) => Promise<Session>;
  readonly #keyOf: (variant: Variant) => string;
  readonly #variants = new Map<string, OpenVariant<Session>>();
  #uses = 0;

  constructor(open: (variant: Variant) => Promise<Session>, keyOf: (variant: Variant) => string) {
    this.#open = open;
    this.#keyOf = keyOf;
  }

  /** The session of a variant, opened unless it is open. Rejects with what opening it rejects with, and forgets it then. */
  async use(variant: Variant): Promise<Session> {
    const key = this.#keyOf(variant);
    this.#uses += 1;
    await this.#closeIdle(key);
    const known = this.#variants.get(key);
    if (known !== undefined) {
      known.lastUse = this.#uses;
      return known.session;
    }
    const session = this.#open(variant);
    this.#variants.set(key, { session, lastUse: this.#uses });
    session.catch(() => this.#variants.delete(key));
    return session;
  }

  async close(): Promise<void> {
    const open = [...this.#variants.values()];
    this.#variants.clear();
    for (const { session } of open) await (await session).close();
  }

  async #closeIdle(wanted: string): Promise<void> {
    const [, ...others] = this.#variants;
    for (const [key, { session, lastUse }] of others) {
      if (key === wanted || this.#uses - lastUse < IDLE_USES) continue;
      this.#variants.delete(key);
      await (await session).close();
    }
  }
}
