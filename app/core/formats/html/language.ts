/** The language that a page declares: `lang`, `xml:lang` and `dir` of the root element, `<meta http-equiv="content-language">`. */
import type { Replacement } from '../placed-units.ts';
import type { HtmlToken } from './scan.ts';

const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'nqo', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);
const RIGHT_TO_LEFT_SCRIPT = /-(Arab|Hebr|Thaa|Nkoo|Syrc)\b/i;

/** Scripts of these languages run from right to left (`az-Arab` does, `az` does not). */
export const isRightToLeft = (language: string): boolean => RIGHT_TO_LEFT.has(language.split('-')[0]?.toLowerCase() ?? '') || RIGHT_TO_LEFT_SCRIPT.test(language);

/** What to replace in a page so that it declares a language and its direction. */
export function languageReplacements(page: string, tokens: readonly HtmlToken[], language: string): Replacement[] {
  const replacements: Replacement[] = [];
  let rooted = false;
  for (const token of tokens) {
    if (token.kind !== 'open') continue;
    const attribute = (name: string) => token.attributes.find((known) => known.name === name);
    const set = (name: string, value: string): boolean => {
      const found = attribute(name);
      if (!found) return false;
      replacements.push({ ...found.place, text: found.place.start === found.place.end ? `="${value}"` : `"${value}"` });
      return true;
    };
    if (token.name === 'html' && !rooted) {
      rooted = true;
      const named = [set('lang', language), set('xml:lang', language)].includes(true);
      const direction = isRightToLeft(language) ? 'rtl' : 'ltr';
      // A page from left to right need not say so, unless it said the opposite.
      const turned = attribute('dir')?.value.toLowerCase() === direction || set('dir', direction) || direction === 'ltr';
      const added = `${named ? '' : ` lang="${language}"`}${turned ? '' : ` dir="${direction}"`}`;
      const end = token.end - (page[token.end - 2] === '/' ? 2 : 1);
      if (added !== '') replacements.push({ start: end, end, text: added });
    }
    if (token.name === 'meta' && attribute('http-equiv')?.value.toLowerCase() === 'content-language') set('content', language);
  }
  return replacements;
}
