/** Which of the allowed forms of a term to write, and in which letter case. */
import { capitalized } from './phrase-finder.ts';
import type { TermForm, TermOccurrence } from './term-book.ts';

export interface TermSetting {
  readonly source: string;
  readonly target: string;
  /** The stretch of the target that the term takes the place of. */
  readonly start: number;
  readonly end: number;
}

/** A form counts as an inflection of another when they share this much of the shorter one, and at least `STEM_LETTERS`. */
const STEM_SHARE = 0.6;
const STEM_LETTERS = 3;

/**
 * The form that is paired with the source's; else the preferred form, or that of its inflections whose ending is most like that of the word that it replaces: a plural
 * for a plural, a feminine for a feminine. With a capital at the start of the translation, or where both the source's term
 * and the replaced word have one; in capitals where the source's term is. A form with capitals of its own stays as it is listed.
 */
export function chooseForm(occurrence: TermOccurrence, setting: TermSetting): string {
  const replaced = setting.target.slice(setting.start, setting.end);
  const form = occurrence.paired ? occurrence.forms[0] : likestForm(occurrence.forms, replaced);
  if (form === undefined || occurrence.verbatim) return form?.text ?? '';
  const said = setting.source.slice(occurrence.start, occurrence.end);
  if (!form.caseSensitive && isCapitals(said) && /^[^\p{Lu}]+$/u.test(form.text) && (replaced === '' || isCapitals(replaced))) return form.text.toUpperCase();
  const begins = !/[\p{L}\p{N}]/u.test(setting.target.slice(0, setting.start)) && /^\p{Lu}/u.test(setting.source.replace(/^[^\p{L}\p{N}]+/u, ''));
  const stressed = !form.caseSensitive && /^\p{Lu}/u.test(said) && /^\p{Lu}/u.test(replaced);
  return (begins || stressed) && !/\p{Lu}/u.test(form.text) ? capitalized(form.text) : form.text;
}

function likestForm(forms: readonly TermForm[], replaced: string): TermForm | undefined {
  const [preferred] = forms;
  if (preferred === undefined || replaced === '') return preferred;
  let best = preferred;
  let most = sharedEnding(preferred.text, replaced);
  for (const form of forms) {
    if (!isInflectionOf(form.text, preferred.text)) continue;
    const shared = sharedEnding(form.text, replaced);
    if (shared > most) [best, most] = [form, shared];
  }
  return best;
}

function isInflectionOf(form: string, basic: string): boolean {
  let shared = 0;
  while (shared < Math.min(form.length, basic.length) && form[shared]?.toLowerCase() === basic[shared]?.toLowerCase()) shared++;
  return shared >= Math.max(STEM_LETTERS, STEM_SHARE * Math.min(form.length, basic.length));
}

/** Letters at the end that are the same, at most two: as long as an ending of grammar. */
function sharedEnding(a: string, b: string): number {
  const [one, two] = [a.toLowerCase(), b.toLowerCase()];
  let shared = 0;
  while (shared < 2 && shared < Math.min(one.length, two.length) && one.at(-1 - shared) === two.at(-1 - shared)) shared++;
  return shared;
}

const isCapitals = (text: string): boolean => (text.match(/\p{Lu}/gu)?.length ?? 0) > 1 && !/\p{Ll}/u.test(text);
