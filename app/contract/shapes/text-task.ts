/** What is read to be summed up or asked, and what comes of it. */
import * as v from 'valibot';
import { Id, Ids, LanguageTag, MAX_TEXT, Path } from './values.ts';

/** A text to be read whole: a document, a project's files, or a text itself. `language` says where its sentences end. */
export const ReadableText = v.union([
  v.object({ path: Path, language: v.optional(LanguageTag) }),
  v.object({ text: v.pipe(v.string(), v.maxLength(100 * MAX_TEXT)), language: v.optional(LanguageTag) }),
  v.object({ projectId: Id, fileIds: v.optional(Ids) }),
]);
export type ReadableText = v.InferOutput<typeof ReadableText>;

/** A segment that is named in an answer: its number in the text (in a project: the project's), and what it says. */
const NamedSegment = v.object({ number: Id, text: v.string() });

export const AnswerText = v.object({ text: v.string(), /** mean log-probability */ score: v.number(), segment: v.nullable(NamedSegment), /** share of its words that the segment holds */ support: v.number() });
