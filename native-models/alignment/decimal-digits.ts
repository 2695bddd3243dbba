/** Decimal digits of every script (Unicode's Nd) as 0-9. */

/** The text with each decimal digit as its ASCII digit; nothing else changes. */
export function asciiDigits(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? text.replace(/(?![0-9])\p{Nd}/gu, (digit) => String(valueOf(digit.codePointAt(0) ?? 0))) : text;
}

/** Digits of one script stand in a row from its zero on; where rows touch, each is ten long. */
function valueOf(code: number): number {
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
