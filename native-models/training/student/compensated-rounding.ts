/**
 * Rounds a matrix to int8 so that its products stay what they were: the rounding error of each row is made up for by the
 * rows that are not rounded yet, as far as the activations that it meets go together (OPTQ: Frantar et al. 2023; Optimal
 * Brain Surgeon: Hassibi and Stork 1993). Plain rounding takes a fine-tuned matrix back to the old one, whose values lie on
 * the grid and further apart than training moved them.
 */

/** Added to the diagonal, as a share of its mean: keeps what the activations never show from growing. */
const DAMPING = 0.01;
const LARGEST = 127;

/** Rows that make up for each other; the cost grows with its square times the rows. */
const MOST_ROWS = 256;

/** A Gram matrix for each run of MOST_ROWS rows, the last one smaller: row-major, Σ xᵀx over the activations of a corpus. */
export type ActivationGrams = readonly Float64Array[];

/** The sizes of the runs that a matrix of so many rows is rounded in. */
export function runsOf(rows: number): number[] {
  return Array.from({ length: Math.ceil(rows / MOST_ROWS) }, (_, run) => Math.min(MOST_ROWS, rows - run * MOST_ROWS));
}

/**
 * @param values row-major [rows, columns]; activations x meet it as x · W
 * @param grams one for each of `runsOf(rows)`
 * @param multipliers one a column: int8 = round(value * multiplier), in -127 to 127
 * @returns row-major int8 [rows, columns]
 */
export function compensatedRounding(values: Float32Array, rows: number, columns: number, grams: ActivationGrams, multipliers: Float32Array): Int8Array {
  const rounded = new Int8Array(values.length);
  let from = 0;
  for (const [index, size] of runsOf(rows).entries()) {
    const to = from + size * columns;
    rounded.set(roundTogether(values.subarray(from, to), size, columns, grams[index] ?? new Float64Array(size * size), multipliers), from);
    from = to;
  }
  return rounded;
}

function roundTogether(values: Float32Array, rows: number, columns: number, gram: Float64Array, multipliers: Float32Array): Int8Array {
  const factor = upperFactorOfInverse(damped(gram, rows), rows);
  const left = Float64Array.from(values);
  const rounded = new Int8Array(values.length);
  const error = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const pivot = factor[row * rows + row] ?? 1;
    for (let column = 0; column < columns; column++) {
      const value = left[start + column] ?? 0, multiplier = multipliers[column] ?? 1;
      const whole = Math.max(-LARGEST, Math.min(LARGEST, Math.round(value * multiplier)));
      rounded[start + column] = whole;
      error[column] = (value - whole / multiplier) / pivot;
    }
    for (let below = row + 1; below < rows; below++) {
      const share = factor[row * rows + below] ?? 0;
      if (share === 0) continue;
      const at = below * columns;
      for (let column = 0; column < columns; column++) left[at + column] = (left[at + column] ?? 0) - share * (error[column] ?? 0);
    }
  }
  return rounded;
}

function damped(gram: Float64Array, size: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i] ?? 0;
  const added = trace === 0 ? 1 : (DAMPING * trace) / size;
  const out = Float64Array.from(gram);
  for (let i = 0; i < size; i++) out[i * size + i] = (out[i * size + i] ?? 0) + added;
  return out;
}

/** U, upper triangular, with UᵀU = A⁻¹: rows of it say how the error of one row moves those below. */
function upperFactorOfInverse(matrix: Float64Array, size: number): Float64Array {
  // With A = JRᵀ (the lower factor of A read backwards) the inverse's upper factor needs one triangular inversion only.
  const reversed = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) reversed[i * size + j] = matrix[(size - 1 - i) * size + (size - 1 - j)] ?? 0;
  const lower = invertLower(cholesky(reversed, size), size);
  const upper = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) upper[(size - 1 - i) * size + (size - 1 - j)] = lower[i * size + j] ?? 0;
  return upper;
}

/** The lower factor L of LLᵀ. The matrix is symmetric and, being damped, positive. */
function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / (lower[j * size + j] ?? 1);
    }
  return lower;
}

function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const own = inverse.subarray(row * size, row * size + row + 1);
    for (let above = 0; above < row; above++) {
      const share = lower[row * size + above] ?? 0;
      const other = inverse.subarray(above * size, above * size + above + 1);
      for (let column = 0; column <= above; column++) own[column] = (own[column] ?? 0) - share * (other[column] ?? 0);
    }
    const pivot = lower[row * size + row] ?? 1;
    for (let column = 0; column < row; column++) own[column] = (own[column] ?? 0) / pivot;
    own[row] = 1 / pivot;
  }
  return inverse;
}
