/** What a journal comes to: which steps are in the weights, what is replayed, what is held out, what waits. */
import type { JournalEntry, JournalPair, MadeStep } from './step-journal.ts';

export type StepFate = 'kept' | 'taken-back' | 'undone';

export class LearnedState {
  /** Steps in the order in which they were made. */
  readonly steps: { readonly made: MadeStep; readonly fate: StepFate }[] = [];
  readonly heldOut = new Map<number, JournalPair>();
  readonly #passedOver = new Map<number, JournalPair>();

  static of(entries: readonly JournalEntry[]): LearnedState {
    const state = new LearnedState();
    for (const entry of entries) state.add(entry);
    return state;
  }

  add(entry: JournalEntry): void {
    if (entry.kind === 'step') {
      this.steps.push({ made: entry, fate: entry.outcome });
      this.#hold(entry.holdsOut);
    } else if (entry.kind === 'held-out') this.#hold(entry.pairs);
    else if (entry.kind === 'passed-over') for (const pair of entry.pairs) this.#passedOver.set(pair.id, pair);
    else this.steps.forEach(({ made, fate }, at) => { if (made.step >= entry.from && fate === 'kept') this.steps[at] = { made, fate: 'undone' }; });
  }

  #hold(pairs: readonly JournalPair[]): void {
    for (const pair of pairs) this.heldOut.set(pair.id, pair);
  }

  /** The steps that are in the weights, in their order. */
  get kept(): MadeStep[] {
    return this.steps.flatMap(({ made, fate }) => (fate === 'kept' ? [made] : []));
  }

  /** The last step that is in the weights; 0: they are the model's own. It says what the weights are: later steps build on all before. */
  get head(): number {
    return this.kept.at(-1)?.step ?? 0;
  }

  get nextStep(): number {
    return (this.steps.at(-1)?.made.step ?? 0) + 1;
  }

  /** What the steps so far have learned, each segment as it was learned last. */
  learned(until = Infinity): JournalPair[] {
    const pairs = new Map<number, JournalPair>();
    for (const { step, pairs: own } of this.kept) {
      if (step > until) break;
      for (const pair of own) {
        pairs.delete(pair.id);
        pairs.set(pair.id, pair);
      }
    }
    return [...pairs.values()];
  }

  /** Of confirmed segments those that nothing was made of yet, as they are now. What the guard took back is not tried again. */
  waiting<Pair extends JournalPair>(confirmed: readonly Pair[]): Pair[] {
    const known = new Map<number, JournalPair[]>();
    const note = (pair: JournalPair): void => { known.set(pair.id, [...(known.get(pair.id) ?? []), pair]); };
    for (const { made, fate } of this.steps) if (fate !== 'undone') made.pairs.forEach(note);
    for (const pairs of [this.heldOut, this.#passedOver]) for (const pair of pairs.values()) note(pair);
    return confirmed.filter(({ id, source, target }) => !(known.get(id) ?? []).some((pair) => pair.source === source && pair.target === target));
  }

  /** The first step that learned a segment and is in the weights. */
  stepOf(id: number): number | null {
    return this.kept.find(({ pairs }) => pairs.some((pair) => pair.id === id))?.step ?? null;
  }
}
