import type { AdaptationStatus, AdaptationStep, AdaptationWay, LearnedPair } from '../../../app/contract/shapes/adaptation.ts';
import type { Connection } from '../client/connection.ts';
import { tellError } from '../i18n/messages.ts';
import { attempt } from './attempt.ts';
import { LongWork } from './long-work.svelte.ts';
import type { Failure } from './model-library.svelte.ts';
import { PagedList } from './paged-list.svelte.ts';

/** Pairs that the core gives at a time. */
const PAGE = 500;

/** How the suggestions of a project follow what is confirmed: whether they do, what was learned, and taking it back. */
export class Adaptation {
  status = $state.raw<AdaptationStatus | null>(null);
  /** The newest first. */
  steps = $state.raw<readonly AdaptationStep[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** While the switch is on its way. */
  switching = $state(false);
  readonly learning = new LongWork();
  readonly pairs: PagedList<LearnedPair>;
  readonly #connection: Connection;
  readonly #projectId: number;
  #visible: readonly [number, number] = [0, 0];
  #shown = false;
  /** Rises with all that is told of how it stands, asked for or not. */
  #told = 0;

  constructor(connection: Connection, projectId: number) {
    this.#connection = connection;
    this.#projectId = projectId;
    this.pairs = new PagedList({
      page: PAGE,
      read: async (from) => (await connection.call('adaptation.list', { projectId, from })).pairs,
      failed: (error) => { this.failure = tellError(error); },
    });
  }

  /** Reads how it stands; with the list while that is looked at. */
  async read(): Promise<void> {
    const told = ++this.#told;
    try {
      const { pairs: _pairs, made, ...status } = await this.#connection.call('adaptation.list', { projectId: this.#projectId });
      // Something newer was told meanwhile.
      if (told !== this.#told) return;
      this.status = status;
      this.steps = made;
      this.pairs.renew();
      if (this.#shown) this.see(...this.#visible);
    } catch (error) {
      if (told === this.#told) this.failure = tellError(error);
    }
  }

  /** The list is on show, or no longer. */
  show(on: boolean): void {
    this.#shown = on;
    this.failure = null;
    if (on) void this.read();
  }

  /** The core announced something. */
  changed(status: AdaptationStatus): void {
    this.#told++;
    this.status = status;
    if (this.#shown) void this.read();
  }

  see(from: number, to: number): void {
    this.#visible = [from, to];
    const last = (this.status?.learned ?? 0) - 1;
    if (last >= 0) this.pairs.see(Math.min(from, last), Math.min(to, last));
  }

  async set(on: boolean, way?: AdaptationWay): Promise<void> {
    if (this.switching) return;
    this.switching = true;
    try {
      await this.#change(() => this.#connection.call('adaptation.set', { projectId: this.#projectId, on, ...(way === undefined ? {} : { way }) }));
    } finally {
      this.switching = false;
    }
  }

  /** Makes steps of what waits for one, now. */
  async learn(): Promise<void> {
    await this.#change(() => this.learning.run((options) => this.#connection.job('adaptation.learn', { projectId: this.#projectId }, options)));
  }

  /** Takes what was learned from a segment back. */
  async forget(segmentId: number): Promise<void> {
    await this.#change(() => this.#connection.call('adaptation.undo', { projectId: this.#projectId, segmentIds: [segmentId] }));
  }

  /** Takes a step back, with those that build on it; or all of them. */
  async undoSteps(steps: number | 'all'): Promise<void> {
    await this.#change(() => this.#connection.call('adaptation.undo', { projectId: this.#projectId, steps }));
  }

  async #change(work: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    await attempt(async () => {
      await work();
      await this.read();
    }, (told) => { this.failure = told; });
  }
}

/** What the guard found, and what is under way, in words. */
export function adaptationInWords({ on, ready, learned, gain, trials, heldBack }: AdaptationStatus): string {
  if (!on) return 'Off: suggestions come from the model alone.';
  if (heldBack) return 'Held back: the last suggestions were worse with it, so they go without it until it helps again.';
  if (learned === 0) return 'On, and nothing is learned yet: confirm some segments.';
  if (!ready) return 'On: it is being made ready, and suggestions go without it until then.';
  if (gain === null) return 'On. Whether it helps is measured with each segment that you confirm; there are too few yet.';
  const points = Math.abs(gain).toFixed(1);
  return `On. Over the last ${trials} confirmed segments, suggestions were ${gain >= 0 ? `${points} points of chrF nearer to` : `${points} points of chrF further from`} what you wrote than without it.`;
}
