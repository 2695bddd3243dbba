/**
 * The language codes of multilingual models as BCP 47 tags: `deu_Latn` (NLLB: ISO 639-3 and a script), `de_DE` and `de_XX`
 * (mBART: the region says nothing), `de` (M2M100), `deu`, `pt_br` and `cmn_Hans` (Marian's `>>deu<<`).
 */

/** A language's tag, its script only where it is not the usual one. Null for what is no language: groups (`roa`), markers. */
export function languageTag(code: string): string | null {
  const [language = '', ...parts] = code.split(/[_-]/);
  if (!/^[a-z]{2,3}$/i.test(language)) return null;
  const script = parts.find((part) => /^[a-z]{4}$/i.test(part));
  const region = parts.find((part) => /^[a-z]{2}$/i.test(part) && part === part.toLowerCase());
  let locale: Intl.Locale;
  try {
    // Old and three-letter codes become the usual ones: arb is ar, cmn is zh.
    locale = new Intl.Locale([language, script, region].filter((part) => part !== undefined).join('-'));
  } catch {
    return null;
  }
  if (names.of(locale.language) === undefined || NO_LANGUAGES.has(locale.language)) return null;
  const usual = new Intl.Locale(locale.language).maximize().script === locale.script;
  return usual ? locale.toString().replace(`-${locale.script}`, '') : locale.toString();
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
/** Several languages, undetermined, no language. */
const NO_LANGUAGES: ReadonlySet<string> = new Set(['mul', 'und', 'zxx', 'mis']);

/** Each different tag of the codes once, with the first code that stands for it. */
export function tagsOfCodes(codes: readonly string[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const code of codes) {
    const tag = languageTag(code);
    if (tag !== null && !tags.has(tag)) tags.set(tag, code);
  }
  return tags;
}
