/** The termbases of a project. */
import * as v from 'valibot';
import { Count, Id } from './values.ts';

const TermForms = v.pipe(v.array(v.pipe(v.string(), v.maxLength(1000))), v.maxLength(1000));
/** How a word of the source is to be translated, and how not: an entry of a termbase of the project. */
export const Term = v.object({
  id: Id,
  termbaseId: Id,
  /** Looked for in the source as whole words, the basic form first. */
  sources: TermForms,
  /** What may stand for them, the preferred form first; empty where the source's own words stay, or something is only forbidden. */
  targets: TermForms,
  forbidden: TermForms,
  caseSensitive: v.boolean(),
  doNotTranslate: v.boolean(),
});
export type Term = v.InferOutput<typeof Term>;

/** A term as it is added by hand. */
export const NewTerm = v.object({
  sources: v.pipe(TermForms, v.minLength(1)),
  targets: TermForms,
  forbidden: v.exactOptional(TermForms),
  caseSensitive: v.exactOptional(v.boolean()),
  doNotTranslate: v.exactOptional(v.boolean()),
});
export type NewTerm = v.InferOutput<typeof NewTerm>;

/** A termbase that binds in a project; the project holds a copy of it. */
export const ProjectTermbase = v.object({
  id: Id,
  name: v.string(),
  /** The file that it was read from; null: terms that were added by hand. */
  path: v.nullable(v.string()),
  terms: Count,
});
export type ProjectTermbase = v.InferOutput<typeof ProjectTermbase>;

/** Where terms stand in a source: UTF-16 offsets in its text without tags, and all that is said of the words there. */
export const TermPlace = v.object({ start: Count, end: Count, terms: v.array(Term) });
export type TermPlace = v.InferOutput<typeof TermPlace>;
