/**
 * The shapes that cross every boundary of the studio: window <-> core, command line <-> core, core <-> files on disk.
 * A schema and its type bear one name. This file imports nothing but the schema library.
 */
import * as v from 'valibot';

const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** BCP 47 language tag: `en`, `pt-BR`, `zh-Hans`. */
export const LanguageTag = v.pipe(v.string(), v.maxLength(35), v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/));
/** An absolute path that a dialog, a drop or the command line yielded; the window never invents one. */
export const Path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
/** A segment or a unit never holds more UTF-16 code units than this. */
export const MAX_TEXT = 1_000_000;
const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT));

// ---------------------------------------------------------------------------------------------- text with tags

/**
 * An inline tag as it stands in a text. `tag` is the number of its entry in the unit's tag table: an opening and a closing
 * run with one number are a pair; `empty` stands alone (a line break, a field, an image).
 */
export const TagRun = v.object({ tag: Id, kind: v.picklist(['open', 'close', 'empty']) });
export type TagRun = v.InferOutput<typeof TagRun>;

/** Text with inline tags, in order. Adjacent strings are merged and empty ones dropped (`normalizeRuns`). */
export const Runs = v.pipe(v.array(v.union([Text, TagRun])), v.maxLength(100_000));
export type Runs = v.InferOutput<typeof Runs>;
export type ReadonlyRuns = readonly (string | TagRun)[];

/** What a tag of a unit stands for. Tags are numbered 1..n in the order of their first run in the source unit. */
export const Tag = v.object({
  tag: Id,
  /** Shown on the chip; short and without spaces: `b`, `i`, `link`, `br`, `footnote`, `code`, `x`. */
  label: v.pipe(v.string(), v.maxLength(24)),
  /** The markup of the opening (or only) run in the source document, for tool tips and exchange files. */
  open: Text,
  /** The markup of the closing run; absent for a tag that stands alone. */
  close: v.optional(Text),
  /** What the tag means as plain text to a model or a match: `\n` for a line break, a space for a tab, else empty. */
  equivalent: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** false: a target without this tag is broken. Formatting may be dropped (a warning), a footnote mark may not (an error). */
  canDelete: v.boolean(),
  canCopy: v.boolean(),
});
export type Tag = v.InferOutput<typeof Tag>;

// ---------------------------------------------------------------------------------------------- segments

export const SegmentState = v.picklist(['not-started', 'draft', 'translated', 'reviewed', 'rejected']);
/** `translated` is what a translator calls confirmed. Machine output and typing without Ctrl+Enter are `draft`. */
export type SegmentState = v.InferOutput<typeof SegmentState>;

/** Where a target text came from. */
export const Origin = v.variant('kind', [
  v.object({ kind: v.literal('typed') }),
  /** `score`: mean log-probability per target token, at most 0. */
  v.object({ kind: v.literal('mt'), model: v.string(), score: v.nullable(v.number()) }),
  v.object({ kind: v.literal('source-copy') }),
  /** Same source text, translated elsewhere in this project. */
  v.object({ kind: v.literal('propagated'), segment: Id }),
  /** Stood in the document already (XLIFF target, PO msgstr). */
  v.object({ kind: v.literal('document') }),
  v.object({ kind: v.literal('memory'), corpus: v.string(), match: Count }),
  /** Undo, redo or revert to an earlier edit. */
  v.object({ kind: v.literal('history'), edit: Id }),
]);
export type Origin = v.InferOutput<typeof Origin>;

export const FindingCode = v.picklist([
  'tag-missing', 'tag-extra', 'tag-order', 'tag-nesting', 'number-changed', 'url-changed', 'identifier-changed', 'empty-target', 'target-is-source',
  'repetition-loop', 'text-lost', 'term-missing', 'term-forbidden', 'source-left-over', 'segment-not-found', 'file-differs', 'schema-invalid', 'untranslated', 'unreadable',
]);
export type FindingCode = v.InferOutput<typeof FindingCode>;
/** One thing a check noticed. `error` makes a delivery fail, `warning` asks for a look, `note` is information. */
export const Finding = v.object({
  code: FindingCode,
  severity: v.picklist(['error', 'warning', 'note']),
  message: v.string(),
  fileId: v.optional(Id),
  segmentId: v.optional(Id),
});
export type Finding = v.InferOutput<typeof Finding>;

export const Segment = v.object({
  id: Id,
  fileId: Id,
  /** 1-based number in the project, in document order; what the grid shows. */
  number: Id,
  source: Runs,
  target: v.nullable(Runs),
  /** Tag table of the unit that the segment belongs to (all of the unit's tags, also those of its other segments). */
  tags: v.array(Tag),
  state: SegmentState,
  locked: v.boolean(),
  origin: v.nullable(Origin),
  /** Rises by one at each change; `segment.save` must carry the version it saw. */
  version: Count,
  /** Note to the translator from the document, if any. */
  note: v.nullable(v.string()),
  findings: v.array(Finding),
});
export type Segment = v.InferOutput<typeof Segment>;

/** Which segments a list shows. Absent parts do not restrict. */
export const SegmentFilter = v.object({
  fileId: v.optional(Id),
  states: v.optional(v.array(SegmentState)),
  origins: v.optional(v.array(v.picklist(['typed', 'mt', 'source-copy', 'propagated', 'document', 'memory', 'history']))),
  withFindings: v.optional(v.boolean()),
  text: v.optional(v.object({
    pattern: v.pipe(v.string(), v.maxLength(1000)),
    side: v.picklist(['source', 'target', 'both']),
    regex: v.boolean(),
    matchCase: v.boolean(),
  })),
});
export type SegmentFilter = v.InferOutput<typeof SegmentFilter>;

/** One entry of the append-only edit log. */
export const Edit = v.object({
  id: Id,
  segmentId: Id,
  at: v.string(),
  who: v.string(),
  /** Edits made by one action (one batch, one replace-all) share a group and are undone together. */
  group: Id,
  before: v.nullable(Runs),
  after: v.nullable(Runs),
  stateBefore: SegmentState,
  stateAfter: SegmentState,
  origin: Origin,
});
export type Edit = v.InferOutput<typeof Edit>;

// ---------------------------------------------------------------------------------------------- projects

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

// ---------------------------------------------------------------------------------------------- terms

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

// ---------------------------------------------------------------------------------------------- delivery

export const BilingualKind = v.picklist(['xliff12', 'xliff21', 'tmx', 'html', 'tsv']);
export type BilingualKind = v.InferOutput<typeof BilingualKind>;

/** One delivered file, opened again after it was written and compared with the project. */
export const ReceiptFile = v.object({
  kind: v.union([v.literal('document'), BilingualKind]),
  source: v.string(),
  sourceSha256: v.string(),
  target: v.string(),
  targetSha256: v.string(),
  bytes: Count,
  segments: Count,
  /** Segments whose target was found in the delivered file, text and tags. */
  found: Count,
  tags: Count,
  tagsFound: Count,
  words: Count,
  untranslated: Count,
  findings: v.array(Finding),
  ok: v.boolean(),
});
export type ReceiptFile = v.InferOutput<typeof ReceiptFile>;

export const Receipt = v.object({
  format: v.literal(1),
  project: v.string(),
  from: LanguageTag,
  to: LanguageTag,
  created: v.string(),
  studio: v.string(),
  model: v.nullable(v.string()),
  files: v.array(ReceiptFile),
  failures: v.array(FileFailure),
  ok: v.boolean(),
});
export type Receipt = v.InferOutput<typeof Receipt>;

// ---------------------------------------------------------------------------------------------- models

export const Device = v.picklist(['cpu', 'webgpu', 'directml', 'coreml', 'cuda']);
export type Device = v.InferOutput<typeof Device>;

export const ModelInfo = v.object({
  id: v.string(),
  name: v.string(),
  from: LanguageTag,
  to: LanguageTag,
  architecture: v.string(),
  folder: v.string(),
  bytes: Count,
  licence: v.nullable(v.string()),
  source: v.nullable(v.string()),
  /** Only there where a side has several languages: each of `from` into each of `to`. */
  languages: v.exactOptional(v.object({ from: v.pipe(v.array(LanguageTag), v.readonly()), to: v.pipe(v.array(LanguageTag), v.readonly()) })),
  /** Translation alone when absent. */
  tasks: v.exactOptional(v.pipe(v.array(v.picklist(['translate', 'summarize', 'answer'])), v.readonly())),
  /** Of a model that was fine-tuned here; `retired`: the user went back from it. */
  tuned: v.exactOptional(v.object({ basedOn: v.string(), at: v.string(), retired: v.exactOptional(v.literal(true)) })),
});
export type ModelInfo = v.InferOutput<typeof ModelInfo>;

/** A model with what the list of models says beside. */
export const InstalledModel = v.object({
  ...ModelInfo.entries,
  diskBytes: Count,
  /** It lies in the studio's own store, so that it can be removed. */
  own: v.boolean(),
  /** Its manifest lists hashes, so that its files can be verified. */
  verifiable: v.boolean(),
  /** What its number format costs, as measured at import; null where that was not measured. */
  loss: v.nullable(v.string()),
});
export type InstalledModel = v.InferOutput<typeof InstalledModel>;

/** A model that the catalogue publishes. */
export const PublishedModelInfo = v.object({
  id: v.string(),
  from: v.string(),
  to: v.string(),
  version: v.string(),
  /** tiny, base ...; null where the catalogue does not say. */
  size: v.nullable(v.string()),
  downloadBytes: Count,
  installedBytes: Count,
  licence: v.string(),
  source: v.string(),
});
export type PublishedModelInfo = v.InferOutput<typeof PublishedModelInfo>;

// ---------------------------------------------------------------------------------------------- training

const PairScores = v.object({ bleu: v.number(), chrf: v.number() });
/** sacreBLEU's BLEU and chrF, 0 to 100, of the pairs that were held out and of general text; null where there is none. */
export const TrainingScores = v.object({ heldOut: PairScores, general: v.nullable(PairScores) });
export type TrainingScores = v.InferOutput<typeof TrainingScores>;

/** `interrupted`: neither finished nor running; `cancelled`: the user stopped it. Both can go on. `diverged`: the loss was no number. `trained`: from scratch. */
export const TrainingState = v.picklist(['running', 'interrupted', 'cancelled', 'accepted', 'rejected', 'diverged', 'trained']);
export type TrainingState = v.InferOutput<typeof TrainingState>;

/** One fine-tuning, or a training from scratch: a folder in the workspace. */
export const TrainingRun = v.object({
  id: v.string(),
  kind: v.picklist(['finetune', 'train']),
  state: TrainingState,
  /** Of the model that learns; null of a run that was started elsewhere and does not say. */
  model: v.nullable(v.object({ id: v.string(), name: v.string(), from: LanguageTag, to: LanguageTag })),
  /** What it learns from: the name of a file or of a project. */
  corpus: v.nullable(v.string()),
  /** ISO 8601 */
  startedAt: v.nullable(v.string()),
  canGoOn: v.boolean(),
  /** The model that came of it. */
  version: v.nullable(v.string()),
  before: v.nullable(TrainingScores),
  after: v.nullable(TrainingScores),
});
export type TrainingRun = v.InferOutput<typeof TrainingRun>;

/** How a fine-tuning ended. */
export const TrainingOutcome = v.object({
  run: v.string(),
  outcome: v.picklist(['accepted', 'rejected', 'cancelled', 'diverged']),
  /** The new model where it was accepted. */
  version: v.nullable(v.string()),
  /** One sentence for each reason for which lines of the corpus were left out. */
  dropped: v.array(v.string()),
  pairs: v.object({ training: Count, heldOut: Count, general: Count }),
  before: v.nullable(TrainingScores),
  after: v.nullable(TrainingScores),
  /** How much of what was learned is in the new model, 0 to 1. */
  share: v.nullable(v.number()),
  seconds: v.number(),
});
export type TrainingOutcome = v.InferOutput<typeof TrainingOutcome>;

/** What may be chosen of a fine-tuning; the usual values are those that docs/training.md measured. */
export const TrainingSettings = v.object({
  epochs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  rate: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
  warmUp: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  batchTokens: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(50), v.maxValue(20_000))),
  rank: v.exactOptional(v.union([v.literal('full'), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))])),
  freezeEmbeddings: v.exactOptional(v.boolean()),
  seed: v.exactOptional(Count),
});
export type TrainingSettings = v.InferOutput<typeof TrainingSettings>;

export const EngineStatus = v.object({
  state: v.picklist(['stopped', 'starting', 'ready', 'failed']),
  device: Device,
  precision: v.nullable(v.picklist(['int8', 'float32', 'float16'])),
  threads: Count,
  loaded: v.array(v.string()),
  /** Measured over the last batches; null before the first. */
  wordsPerSecond: v.nullable(v.number()),
  residentBytes: v.nullable(Count),
  /** Restarts after a crash or a kill since the studio started. */
  restarts: Count,
  message: v.nullable(v.string()),
});
export type EngineStatus = v.InferOutput<typeof EngineStatus>;
