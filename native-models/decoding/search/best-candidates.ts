/** The best continuations of all beams of a sentence: the `size` highest sums over beams times vocabulary. */

export interface Candidate {
  readonly beam: number;
  readonly token: number;
  /** float32 */
  readonly score: number;
}

export class BestCandidates {
  readonly #size: number;
  /** Best first; of equals the one offered first. */
  #list: Candidate[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  clear(): void {
    this.#list = [];
  }

  /** Offers each token of a beam; `sum` is the beam's own score. */
  offer(beam: number, scores: Float32Array, sum: number): void {
    const list = this.#list;
    let worst = list.length < this.#size ? null : (list.at(-1)?.score ?? null);
    for (let token = 0; token < scores.length; token++) {
      const score = Math.fround((scores[token] ?? 0) + sum);
      if (worst !== null && !(score > worst)) continue;
      let at = list.length;
      while (at > 0 && (list[at - 1]?.score ?? 0) < score) at--;
      list.splice(at, 0, { beam, token, score });
      if (list.length > this.#size) list.pop();
      worst = list.length < this.#size ? null : (list.at(-1)?.score ?? null);
    }
  }

  sorted(): Candidate[] {
    return [...this.#list];
  }
}
