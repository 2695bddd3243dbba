/**
 * What a score needs besides its number: the settings that it was made with, in the text form of sacreBLEU (Post, 2018,
 * "A Call for Clarity in Reporting BLEU Scores"), and its two decimals.
 */

/** The version of sacreBLEU whose definitions the metrics of this folder follow, and whose figures they were compared with. */
export const DEFINITIONS_VERSION = '2.6.0';

/** `nrefs:1|case:mixed|...|version:2.6.0`: entries in sacreBLEU's order, the version last. Booleans are yes and no. */
export function signature(references: number, settings: Readonly<Record<string, string | number | boolean>>): string {
  const entries = Object.entries({ nrefs: references, ...settings, version: DEFINITIONS_VERSION });
  return entries.map(([name, value]) => `${name}:${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`).join('|');
}

/** Two decimals; exact ties, which only eighths can be, go to the even digit as sacreBLEU prints them. */
export function formatScore(score: number): string {
  const isTie = Number.isInteger(score * 8) && !Number.isInteger(score * 4);
  return (isTie ? Math.floor(score * 100) / 100 + ((Math.floor(score * 100) & 1) === 0 ? 0 : 0.01) : score).toFixed(2);
}
