/** Numbers of IEEE 754 half precision (binary16): 11 significant bits, 65504 the largest. */

export const LARGEST_HALF = 65504;

const QUIET_NAN = 0x7e00;
const INFINITE = 0x7c00;
const LARGEST_BITS = 0x7bff;

/**
 * The bits of the nearest half of each number, ties to even (IEEE 754-2019, 4.3.1). A finite number beyond the range
 * becomes the largest half of its sign: an infinity among weights would make NaN out of a product with zero.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfOf(bits[i] ?? 0);
  return halves;
}

/** Whether every number is within the range of halves. */
export function fitsHalf(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST_HALF);
}

function halfOf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | QUIET_NAN;
  if (magnitude === 0x7f800000) return sign | INFINITE;
  // From 65520 on the nearest half would be infinite.
  if (magnitude >= 0x477ff000) return sign | LARGEST_BITS;
  if (magnitude >= 0x38800000) return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
  // 2^-25 and below: nearer to zero, or as near.
  if (magnitude <= 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const whole = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (rest > middle || (rest === middle && (whole & 1) === 1) ? whole + 1 : whole);
}
