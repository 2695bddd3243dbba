/** Language tags of models: reading them off file names, and matching them with what a project asks for. */

/** A direction of translation, BCP 47. */
export interface LanguagePair {
  readonly from: string;
  readonly to: string;
}

/**
 * The pair that file or folder names tell: `model.enpt.intgemm.alphas.bin`, `lex.50.50.enpt.s2t.bin`, `vocab.en-pt.spm`,
 * `en-pt-tiny`, `opus-mt-en-de`; null when none does. Earlier names count first.
 */
export function pairFromNames(names: readonly string[]): LanguagePair | null {
  for (const whole of names) {
    // In the names of OPUS-MT models `mt` is not Maltese.
    const name = whole.replace(/^opus-mt-(?:tc-)?(?:big-|base-|tiny-)?/i, '');
    const glued = /(?:^|\.)([a-z]{2})([a-z]{2})(?:\.|-\d|$)/.exec(name);
    if (glued?.[1] !== undefined && glued[2] !== undefined && isLanguage(glued[1]) && isLanguage(glued[2])) return { from: glued[1], to: glued[2] };
    const parted = /(?:^|[.-])([a-z]{2,3})[-_]([a-z]{2,3})(?:[.-]|$)/.exec(name);
    if (parted?.[1] !== undefined && parted[2] !== undefined && isLanguage(parted[1]) && isLanguage(parted[2])) return { from: parted[1], to: parted[2] };
  }
  return null;
}

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Whether the runtime's language table knows this code. */
function isLanguage(code: string): boolean {
  return names.of(code) !== undefined;
}

/** The English name of a language tag, the tag itself when it is unknown. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/**
 * How well a model's language serves a wanted one: 3 the same tag, 2 the same language and one side names no region or
 * script, 1 the same language in another region, 0 another language or another script.
 */
export function languageFit(model: string, wanted: string): 0 | 1 | 2 | 3 {
  if (model.toLowerCase() === wanted.toLowerCase()) return 3;
  const a = locale(model);
  const b = locale(wanted);
  if (a === null || b === null || a.language !== b.language) return 0;
  // zh-TW is written in Hant and zh in Hans: likely subtags tell.
  if (a.maximize().script !== b.maximize().script) return 0;
  return a.region !== undefined && b.region !== undefined && a.region !== b.region ? 1 : 2;
}

function locale(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}
