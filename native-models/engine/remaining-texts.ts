/** Which texts of a request are still to do, and which may have ended the process. */
export class RemainingTexts {
  readonly failed: number[] = [];
  private readonly waiting: Set<number>;
  private readonly suspects = new Set<number>();
  private inHand = new Set<number>();
  private lostWithoutText = 0;

  constructor(count: number) {
    this.waiting = new Set(Array.from({ length: count }, (_, i) => i));
  }

  get left(): number {
    return this.waiting.size;
  }

  /** What to send next: a suspect alone, else everything. */
  next(): number[] {
    this.inHand.clear();
    for (const suspect of this.suspects) return [suspect];
    return [...this.waiting];
  }

  running(indices: readonly number[]): void {
    for (const index of indices) if (this.waiting.has(index)) this.inHand.add(index);
  }

  done(indices: readonly number[]): void {
    for (const index of indices) {
      this.waiting.delete(index);
      this.suspects.delete(index);
      this.inHand.delete(index);
    }
  }

  /** The process was killed on purpose: nothing is held against the texts. */
  forgive(): void {
    this.inHand.clear();
  }

  /** The process ended of itself: its texts become suspects, a suspect is given up. */
  blame(): void {
    if (this.inHand.size === 0 && ++this.lostWithoutText >= 2) {
      // It does not even get as far as a text.
      this.giveUp([...this.waiting]);
      return;
    }
    const again = [...this.inHand].filter((index) => this.suspects.has(index));
    for (const index of this.inHand) this.suspects.add(index);
    this.giveUp(again);
  }

  private giveUp(indices: readonly number[]): void {
    this.done(indices);
    this.failed.push(...indices);
  }
}
