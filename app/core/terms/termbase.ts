/** What is read from a termbase: a file in which a translator, an agency or a customer has laid down how words are translated. */
import type { TermEntry } from '../../../native-models/engine/engine.ts';

export interface LanguagePair { readonly from: string; readonly to: string }

/** An entry of a termbase: what binds in a translation, and what must not stand there. */
export interface TermbaseEntry extends TermEntry {
  /** Translations of the term that nobody wants: deprecated, superseded, of another customer. */
  readonly forbidden?: readonly string[];
}

/** What can't be used of a termbase, and where it stands; the rest is used. */
export interface TermProblem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface Termbase {
  readonly entries: readonly TermbaseEntry[];
  readonly problems: readonly TermProblem[];
}

/** Characters of a form, at most: a sentence is no term. */
const LONGEST_FORM = 200;

/** A form as it is compared: white space of any kind and length is one space. */
export const normalForm = (form: string): string => form.trim().replace(/\s+/g, ' ');

/** Why a form can't be looked for; null when it can. */
export function faultOf(form: string): string | null {
  if (!/[\p{L}\p{N}]/u.test(form)) return `“${form}” has no letter or digit.`;
  return form.length > LONGEST_FORM ? `“${form.slice(0, 40)}…” is longer than ${LONGEST_FORM} characters.` : null;
}
