/** How much of what was learned is kept, decided by text that neither taught the model nor measures it in the end. */

/** Shares that are tried, the largest first. */
const SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];

export interface ShareLosses {
  /** Loss of the validation pairs with a share of what was learned. */
  validation(share: number): Promise<number>;
  /** How far general text has moved from the old model with it, nats a token; null where there is no such text. */
  readonly general: ((share: number) => Promise<number>) | null;
}

/**
 * Of the shares with which general text moves no further than `most` the one with the lowest loss of the validation pairs; the
 * smallest where it always moves further. Losses are taken to fall and rise once: the search ends where they rise.
 */
export async function chooseShare({ validation, general }: ShareLosses, most: number): Promise<number> {
  const smallest = SHARES.at(-1) ?? 1;
  let best: { readonly share: number; readonly loss: number } | null = null;
  for (const share of SHARES) {
    if (general !== null && share > smallest && (await general(share)) > most) continue;
    const loss = await validation(share);
    if (best !== null && loss >= best.loss) break;
    best = { share, loss };
  }
  return best?.share ?? smallest;
}
