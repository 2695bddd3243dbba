/** Projects, their files, and how a long operation tells of itself. */
import * as v from 'valibot';
import { Count, Id, LanguageTag } from './values.ts';

export const StateCounts = v.object({ 'not-started': Count, draft: Count, translated: Count, reviewed: Count, rejected: Count });
export type StateCounts = v.InferOutput<typeof StateCounts>;

export const ProjectFile = v.object({
  id: Id,
  /** Path relative to the folder that was added, with `/`; mirrored at export. */
  path: v.string(),
  format: v.string(),
  segments: Count,
  words: Count,
  states: StateCounts,
  wordsDone: Count,
  findings: Count,
});
export type ProjectFile = v.InferOutput<typeof ProjectFile>;

export const Project = v.object({
  /** Handle of the open project in this process. */
  id: Id,
  name: v.string(),
  /** Where the `.bitext` file lies. */
  path: v.string(),
  from: LanguageTag,
  to: LanguageTag,
  files: v.array(ProjectFile),
  segments: Count,
  words: Count,
  wordsDone: Count,
  states: StateCounts,
  canUndo: v.boolean(),
  canRedo: v.boolean(),
  /** A translation that was cut off and can be resumed. */
  unfinishedJob: v.nullable(v.object({ done: Count, total: Count })),
});
export type Project = v.InferOutput<typeof Project>;

/** A file that could not be taken in or written, with what to do about it. The others went on. */
export const FileFailure = v.object({ path: v.string(), code: v.string(), message: v.string(), advice: v.string() });
export type FileFailure = v.InferOutput<typeof FileFailure>;

/** Progress of a long operation. Totals are known or absent, never invented; rates are measured. */
export const Progress = v.object({
  phase: v.picklist(['read', 'load-model', 'translate', 'write', 'verify', 'download', 'summarize', 'ask', 'measure', 'learn', 'quantize']),
  /** Bytes where something is downloaded, else the number of things. */
  done: Count,
  total: v.optional(Count),
  words: v.optional(Count),
  wordsPerSecond: v.optional(v.number()),
  bytesPerSecond: v.optional(v.number()),
  /** Of learning: mean of a target token over the last updates. */
  loss: v.optional(v.number()),
  tokensPerSecond: v.optional(v.number()),
  secondsLeft: v.optional(v.number()),
  /** What is in hand: a file's path. */
  item: v.optional(v.string()),
});
export type Progress = v.InferOutput<typeof Progress>;
