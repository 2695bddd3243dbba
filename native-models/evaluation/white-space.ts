/** White space as sacreBLEU's language counts it: the separators U+001C to U+001F and U+0085 too, U+FEFF not. */

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const RUN = new RegExp(`[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);

/** The words between white space; none for a text without any. */
export const splitWords = (text: string): string[] => text.split(RUN).filter((word) => word !== '');

/** The text without white space at its end. */
export const trimRight = (text: string): string => {
  const last = text.at(-1);
  return last !== undefined && TRAILING.test(last) ? text.replace(TRAILING, '') : text;
};
