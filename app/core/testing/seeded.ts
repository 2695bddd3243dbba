/** Numbers from 0 to below 1, the same for the same seed: a linear congruential generator (Numerical Recipes, 7.1). What failed with them can be had again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
