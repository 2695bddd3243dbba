/** Turns a row of scores into log-probabilities, in place; -Infinity stays what it is. */
export function logSoftmax(scores: Float32Array): void {
  const normalizer = logSumExp(scores);
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) - normalizer;
}

/** Logarithm of the sum of the exponentials, without overflow. */
export function logSumExp(scores: Float32Array): number {
  let max = -Infinity;
  for (const score of scores) if (score > max) max = score;
  if (max === -Infinity) return 0;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - max);
  return max + Math.log(sum);
}
