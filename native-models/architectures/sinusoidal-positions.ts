/**
 * Marian's position encodings: sine in the first half of a row, cosine in the second, the angle of position p in column i
 * is p * exp(-i * ln(10000) / (dim/2 - 1)) (Marian's `src/layers/embedding.cpp`). Row-major [count, dim].
 */
export function sinusoidalPositions(count: number, dim: number): Float32Array {
  const half = dim / 2;
  const step = half > 1 ? Math.log(10_000) / (half - 1) : 0;
  const table = new Float32Array(count * dim);
  for (let position = 0; position < count; position++) {
    for (let column = 0; column < half; column++) {
      const angle = position * Math.exp(-column * step);
      table[position * dim + column] = Math.sin(angle);
      table[position * dim + half + column] = Math.cos(angle);
    }
  }
  return table;
}
