/** Plural forms: how many a language has, and the expression that gettext chooses among them with. */

/** Expressions as the GNU gettext manual gives them ("Plural forms"), by the plural categories that CLDR has for whole numbers. */
const EXPRESSIONS: readonly { readonly languages: string; readonly forms: string }[] = [
  { languages: 'ja ko vi th zh lo my ms id km bo dz jv kea sah ses', forms: 'nplurals=1; plural=0;' },
  { languages: 'fr pt-br hy kab ak am bh fil guw ln mg nso ti wa', forms: 'nplurals=2; plural=(n > 1);' },
  { languages: 'ru uk be sr hr bs sh', forms: 'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);' },
  { languages: 'pl', forms: 'nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);' },
  { languages: 'cs sk', forms: 'nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;' },
  { languages: 'lt', forms: 'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);' },
  { languages: 'lv', forms: 'nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);' },
  { languages: 'ro', forms: 'nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);' },
  { languages: 'sl', forms: 'nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);' },
  { languages: 'ga', forms: 'nplurals=5; plural=(n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4);' },
  { languages: 'ar', forms: 'nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);' },
];
const TWO = 'nplurals=2; plural=(n != 1);';

/** The value of a `Plural-Forms` header for a language; undefined for one whose rule is not known here. */
export function pluralForms(language: string): string | undefined {
  const tag = language.toLowerCase().replaceAll('_', '-'), base = tag.split('-')[0] ?? tag;
  const find = (name: string): string | undefined => EXPRESSIONS.find(({ languages }) => languages.split(' ').includes(name))?.forms;
  return find(tag) ?? find(base) ?? (cldrForms(language) === 2 ? TWO : undefined);
}

/** Number of forms that a `Plural-Forms` header names; undefined when it has only a template's `INTEGER`. */
export function declaredForms(header: string): number | undefined {
  const count = Number(/^Plural-Forms:[^\n]*\bnplurals\s*=\s*([1-9])/im.exec(header)?.[1] ?? 0);
  return count > 0 ? count : undefined;
}

/** Number of forms of a language, for a file that does not say. */
export const formsOf = (language: string): number => Number(/nplurals=(\d)/.exec(pluralForms(language) ?? '')?.[1] ?? cldrForms(language));

/** CLDR's plural categories that whole numbers fall into. */
function cldrForms(language: string): number {
  try {
    const rules = new Intl.PluralRules(language.replaceAll('_', '-'));
    return new Set(Array.from({ length: 201 }, (_, n) => rules.select(n))).size;
  } catch {
    // Not a language tag: most languages have two forms.
    return 2;
  }
}
