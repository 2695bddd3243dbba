import type { PublishedModelInfo } from '../../../app/contract/shapes/model.ts';
import { languageName } from '../i18n/messages.ts';

/** A pair of languages that a model is looked for. */
export interface WantedPair { readonly from: string; readonly to: string }

/** The catalogue made ready for searching: a hundred thousand rows are gone through while a letter is typed. */
export class PublishedList {
  readonly all: readonly PublishedModelInfo[];
  readonly #texts: readonly string[];

  constructor(models: readonly PublishedModelInfo[]) {
    this.all = models;
    const names = new Map<string, string>();
    const nameOf = (tag: string): string => {
      const known = names.get(tag) ?? languageName(tag);
      names.set(tag, known);
      return known;
    };
    this.#texts = models.map(({ id, from, to, size, version }) => `${id} ${nameOf(from)} to ${nameOf(to)} ${from}-${to} ${size ?? ''} ${version}`.toLowerCase());
  }

  /** Models that have every word of the query in their id, languages, size or version, and serve one of the pairs if there are any. */
  find(query: string, pairs: readonly WantedPair[] = []): readonly PublishedModelInfo[] {
    const words = query.toLowerCase().split(/\s+/u).filter((word) => word !== '');
    if (words.length === 0 && pairs.length === 0) return this.all;
    return this.all.filter((model, i) => words.every((word) => this.#texts[i]?.includes(word)) && (pairs.length === 0 || pairs.some((pair) => serves(model, pair))));
  }
}

/** The same languages; a script that one of them names must be the other's, a region may differ. */
const serves = (model: WantedPair, wanted: WantedPair): boolean => sameLanguage(model.from, wanted.from) && sameLanguage(model.to, wanted.to);

function sameLanguage(a: string, b: string): boolean {
  const [one, other] = [localeOf(a), localeOf(b)];
  return one !== null && other !== null && one.language === other.language && one.script === other.script;
}

const locales = new Map<string, Intl.Locale | null>();
function localeOf(tag: string): Intl.Locale | null {
  const known = locales.get(tag);
  if (known !== undefined) return known;
  let locale: Intl.Locale | null = null;
  try { locale = new Intl.Locale(tag).maximize(); } catch { /* what the server calls a language need not be one */ }
  locales.set(tag, locale);
  return locale;
}
