/**
 * THE list: everything that a window or a command line can ask of the core, and everything the core announces.
 * What is not in it can't be called. Three kinds: `call` (short), `job` (long: progress, cancel), `event` (changed state).
 */
import * as v from 'valibot';
import { AdaptationStatus, AdaptationStep, AdaptationWay, LearnedPair } from './shapes/adaptation.ts';
import { BilingualKind, Receipt } from './shapes/delivery.ts';
import { EngineStatus, InstalledModel, ModelInfo, PublishedModelInfo } from './shapes/model.ts';
import { FileFailure, Progress, Project } from './shapes/project.ts';
import { Edit, Segment, SegmentFilter, SegmentState, Origin } from './shapes/segment.ts';
import { NewTerm, ProjectTermbase, Term, TermPlace } from './shapes/term.ts';
import { AnswerText, ReadableText } from './shapes/text-task.ts';
import { Runs } from './shapes/text.ts';
import { TrainingOutcome, TrainingRun, TrainingSettings } from './shapes/training.ts';
import { Count, Id, Ids, LanguageTag, MAX_TEXT, ModelId, Path, Percent, RunId } from './shapes/values.ts';

type Schema = v.GenericSchema;
const call = <I extends Schema, O extends Schema>(input: I, output: O) => ({ kind: 'call', input, output }) as const;
const job = <I extends Schema, P extends Schema, O extends Schema>(input: I, progress: P, output: O) => ({ kind: 'job', input, progress, output }) as const;

const Beam = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(32));
/** Files and folders; `exclude` names those inside them that are left out, e.g. the folder that translations go to. */
const Inputs = v.pipe(v.array(Path), v.maxLength(100_000));
const InProject = { projectId: Id };
const Nothing = v.object({});

export const contract = {
  'project.create': job(
    v.object({ path: Path, name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), from: LanguageTag, to: LanguageTag, inputs: Inputs, exclude: v.optional(Inputs) }),
    Progress,
    v.object({ project: Project, failures: v.array(FileFailure) }),
  ),
  'project.open': call(v.object({ path: Path }), Project),
  'project.close': call(v.object(InProject), Nothing),
  'project.info': call(v.object(InProject), Project),
  /**
   * Adds what is new. A file with other bytes than when it was added fails with CONFLICT, or gets its new version (`update`):
   * what is unchanged keeps its translation, the rest is not started. All updates of one call are one step of undo.
   */
  'project.addFiles': job(
    v.object({ ...InProject, inputs: Inputs, exclude: v.optional(Inputs), changed: v.optional(v.picklist(['refuse', 'update'])) }),
    Progress,
    v.object({
      project: Project, failures: v.array(FileFailure),
      /** Segments of the new version: `kept` and `changed` (or new); of the old version: `kept` and `removed`. */
      updated: v.array(v.object({ path: v.string(), kept: Count, changed: Count, removed: Count })),
    }),
  ),
  /** Projects opened lately, newest first; those whose file is gone are left out. */
  'project.recent': call(Nothing, v.array(v.object({ path: v.string(), name: v.string(), from: LanguageTag, to: LanguageTag, openedAt: v.string() }))),

  /** Ids of the segments that a filter keeps, in document order: the spine of the virtual list. */
  'segments.find': call(v.object({ ...InProject, filter: SegmentFilter }), v.object({ ids: Ids })),
  /** The rows of a few ids, in the order asked for; unknown ids are left out. */
  'segments.rows': call(v.object({ ...InProject, ids: v.pipe(v.array(Id), v.maxLength(500)) }), v.array(Segment)),
  /** The next segment after `after` (0: from the start) that is neither translated nor reviewed nor locked; wraps round; null when all are done. */
  'segments.nextUnconfirmed': call(v.object({ ...InProject, after: Count, filter: SegmentFilter }), v.object({ id: v.nullable(Id) })),
  /** Stores a target. CONFLICT with the current row in `data` when `version` is stale; TAGS_BROKEN when a confirmed target lacks a tag that it must have. */
  'segment.save': call(
    v.object({ ...InProject, segmentId: Id, version: Count, target: v.nullable(Runs), state: SegmentState, origin: v.optional(Origin) }),
    v.object({ segment: Segment, /** other segments changed by propagation */ propagated: Ids }),
  ),
  'segment.history': call(v.object({ ...InProject, segmentId: Id }), v.array(Edit)),
  /** A fresh machine translation of one segment, overtaking any batch; it is not stored. */
  'segment.suggest': call(v.object({ ...InProject, segmentId: Id, terms: v.optional(Inputs) }), v.object({ target: Runs, model: v.string(), score: v.nullable(v.number()), milliseconds: v.number(), /** Places in the text of `target`, UTF-16, of words that the model was not sure of. */ unsure: v.array(v.object({ start: v.number(), end: v.number() })) })),

  /** Whether suggestions follow what is confirmed, and in which way; off in a new project. A way that is not named stays as it was. */
  'adaptation.set': call(v.object({ ...InProject, on: v.boolean(), way: v.optional(AdaptationWay) }), AdaptationStatus),
  /** What was learned: 500 pairs from the `from`-th on, the newest first and of `learned` in all; and the last 500 steps, the newest first. */
  'adaptation.list': call(v.object({ ...InProject, from: v.optional(Count) }), v.object({ ...AdaptationStatus.entries, pairs: v.array(LearnedPair), made: v.array(AdaptationStep) })),
  /**
   * Takes back segments, or steps: the newest, all, or one with those that build on it, whose other segments are learned again.
   * With neither named, the newest segment. Segments are learned again when they are changed and confirmed.
   */
  'adaptation.undo': call(
    v.object({ ...InProject, segmentIds: v.optional(Ids), steps: v.optional(v.union([v.picklist(['newest', 'all']), Id])) }),
    v.object({ ...AdaptationStatus.entries, forgotten: Ids, /** numbers of steps */ undone: Ids }),
  ),
  /** Makes steps of all confirmed segments that wait for one, as the studio does by itself while it is open, and of the last few, too. */
  'adaptation.learn': job(v.object(InProject), Progress, AdaptationStatus),

  /** The termbases that bind in the project's suggestions, translations and checks. */
  'terms.bases': call(v.object(InProject), v.array(ProjectTermbase)),
  /** Copies termbases (TSV, CSV, TBX) into the project; one that was read from the same file is replaced. */
  'terms.import': job(v.object({ ...InProject, paths: Inputs }), Progress, v.object({ bases: v.array(ProjectTermbase), /** lines that could not be used */ unusable: v.array(FileFailure) })),
  /** Ids of the terms with a text in any of their forms (all with an empty one), by the alphabet of the source. */
  'terms.find': call(v.object({ ...InProject, text: v.pipe(v.string(), v.maxLength(1000)) }), v.object({ ids: Ids })),
  /** In the order asked for; unknown ids are left out. */
  'terms.rows': call(v.object({ ...InProject, ids: v.pipe(v.array(Id), v.maxLength(500)) }), v.array(Term)),
  /** The terms that stand in a segment's source. */
  'terms.ofSegment': call(v.object({ ...InProject, segmentId: Id }), v.array(TermPlace)),
  /** Adds a term by hand; one that says the same is there already is given back as it is. */
  'terms.add': call(v.object({ ...InProject, term: NewTerm }), Term),
  /** Takes terms, or a whole termbase, out of the project. */
  'terms.remove': call(v.union([v.object({ ...InProject, termIds: Ids }), v.object({ ...InProject, termbaseId: Id })]), v.array(ProjectTermbase)),

  /** Takes back or does again the last action, whatever segments it touched; null when there is nothing left. */
  'edits.undo': call(v.object(InProject), v.nullable(v.object({ segmentIds: Ids, project: Project }))),
  'edits.redo': call(v.object(InProject), v.nullable(v.object({ segmentIds: Ids, project: Project }))),

  /** Machine-translates what is not started (and drafts too, with `scope: 'unconfirmed'`). Committed batch by batch; a cancelled or killed run resumes. */
  'translate.run': job(
    v.object({ ...InProject, fileIds: v.optional(Ids), scope: v.picklist(['not-started', 'unconfirmed']), model: v.optional(v.string()), /** termbases that bind */ terms: v.optional(Inputs), /** of a beam search */ beam: v.optional(Beam), /** files with translations that are taken before the model is asked */ memory: v.optional(v.object({ files: Inputs, threshold: Percent })) }),
    Progress,
    v.object({ outcome: v.picklist(['done', 'cancelled']), /** translated by the model */ segments: v.number(), /** taken from a memory */ fromMemory: v.number(), repeated: v.number(), words: v.number(), seconds: v.number(), flagged: v.number(), model: v.nullable(v.string()), /** lines of termbases that could not be used */ unusableTerms: v.array(FileFailure) }),
  ),
  /** Writes the target files and the bilingual files, opens every one of them again, and says what was found. */
  'export.run': job(
    v.object({ ...InProject, outDir: Path, bilingual: v.array(BilingualKind), fileIds: v.optional(Ids) }),
    Progress,
    v.object({ receipt: Receipt, receiptHtml: v.string(), receiptJson: v.string() }),
  ),

  /** A summary of the whole text; `parts` are those of its chunks, by the numbers of their first and last segments. */
  'document.summarize': job(
    v.object({ document: ReadableText, model: v.optional(ModelId) }),
    Progress,
    v.object({ text: v.string(), model: v.string(), passes: Count, segments: Count, parts: v.array(v.object({ first: Id, last: Id, text: v.string() })) }),
  ),
  /** An answer from the text, with the segment that it comes from; `others` are what other places of the text say. */
  'document.ask': job(
    v.object({ document: ReadableText, question: v.pipe(v.string(), v.maxLength(10_000)), model: v.optional(ModelId) }),
    Progress,
    v.object({ ...AnswerText.entries, model: v.string(), segments: Count, others: v.array(AnswerText) }),
  ),

  'models.list': call(Nothing, v.array(ModelInfo)),
  /** Everything in the model folders, and what it takes on the disk. */
  'models.installed': call(Nothing, v.object({
    models: v.array(InstalledModel), unusable: v.array(v.object({ folder: v.string(), reason: v.string() })),
    /** Downloads that were cut off and can go on. */
    unfinished: v.array(v.object({ id: v.string(), bytes: Count })),
    store: v.string(), diskBytes: Count, /** on the disk of the store; null where the system does not say */ freeBytes: v.nullable(Count),
  })),
  /** Asks the catalogue's server: with `models.download` the only call that uses the network. `host` is who was asked. */
  'models.available': job(Nothing, Progress, v.object({ models: v.array(PublishedModelInfo), host: v.string() })),
  /** Fetches a published model by its id, or goes on where that was cut off; what came before a cancel is kept. */
  'models.download': job(v.object({ id: ModelId }), Progress, ModelInfo),
  /** Forgets what an unfinished download has brought. */
  'models.discard': call(v.object({ id: ModelId }), Nothing),
  /** Copies a folder, or what is in a zip, into the studio's own store. */
  'models.import': job(v.object({ path: Path }), Progress, ModelInfo),
  /** Compares a model's files with the hashes of its manifest. MODEL_BROKEN or MODEL_MISSING name the first that differs. */
  'models.verify': job(v.object({ id: ModelId }), Progress, v.object({ files: v.array(v.object({ name: v.string(), bytes: Count, sha256: v.string() })) })),
  'models.remove': call(v.object({ id: ModelId }), Nothing),
  /** Which models would serve a pair: one of its own, or two by way of English; each with whether it is there. */
  'models.wanted': call(v.object({ from: LanguageTag, to: LanguageTag }), v.object({
    served: v.boolean(),
    direct: v.object({ from: v.string(), to: v.string(), installed: v.boolean() }),
    chain: v.array(v.object({ from: v.string(), to: v.string(), installed: v.boolean() })),
  })),
  /** Goes back from a model that was fine-tuned here, or to it again; its files stay. */
  'models.retire': call(v.object({ id: ModelId, retired: v.boolean() }), ModelInfo),

  /**
   * Fine-tunes a model on a file of tab-separated pairs or on a project's confirmed segments, or goes on with a run that
   * was stopped. `general` is text that it is not to forget. One at a time: CONFLICT. `item` of the progress is the run's id.
   */
  'training.finetune': job(
    v.union([
      v.object({ run: RunId }),
      v.object({ model: ModelId, corpus: v.union([v.object({ path: Path }), v.object(InProject)]), /** languages of a file, for a model of several */ pair: v.optional(v.object({ from: LanguageTag, to: LanguageTag })), general: v.optional(Path), settings: v.optional(TrainingSettings) }),
    ]),
    Progress, TrainingOutcome,
  ),
  /** Newest first. */
  'training.runs': call(Nothing, v.array(TrainingRun)),
  /** What a run's log holds: what the curves are drawn from, and translations of held-out sentences. */
  'training.run': call(v.object({ id: RunId }), v.object({
    run: TrainingRun,
    losses: v.array(v.object({ step: Count, loss: v.number(), rate: v.number(), tokensPerSecond: v.number() })),
    /** Loss of the held-out pairs at the end of each pass. */
    heldOut: v.array(v.object({ step: Count, loss: v.number() })),
    /** How far a fine-tuned model has moved from the old one on general text: nats a token; empty without such text. */
    general: v.array(v.object({ step: Count, loss: v.number() })),
    /** Of pairs that are not learned from, translated on the way. */
    scores: v.array(v.object({ step: Count, bleu: v.number(), chrf: v.number() })),
    /** Of the finished model, with each share of what was learned that was tried. */
    shares: v.array(v.object({ share: v.number(), bleu: v.number(), chrf: v.number(), generalBleu: v.nullable(v.number()) })),
    samples: v.array(v.object({ source: v.string(), output: v.string(), reference: v.string() })),
    /** Steps that have a checkpoint. */
    checkpoints: v.array(Count),
  })),
  /** Deletes a run's folder; a model that came of it stays. */
  'training.discard': call(v.object({ id: RunId }), Nothing),
  /** Where the model looks while it translates a sentence, at a checkpoint of a run; null: before it was fine-tuned. */
  'training.attention': job(
    v.object({ run: RunId, checkpoint: v.nullable(Count), sentence: v.pipe(v.string(), v.maxLength(10_000)) }), Progress,
    v.object({ text: v.string(), /** pieces of the vocabulary, a space as U+2581 */ source: v.array(v.string()), target: v.array(v.string()), /** of each target piece over the source's */ weights: v.array(v.array(v.number())) }),
  ),
  'engine.status': call(Nothing, EngineStatus),
} as const;
export type Contract = typeof contract;

/** Announcements. They say that something changed; they never drive control flow. */
export const events = {
  'project.changed': v.object({ project: Project }),
  'segments.changed': v.object({ projectId: Id, /** null: many; look again at what is shown */ segmentIds: v.nullable(Ids) }),
  /** Terms of a project came or went. */
  'terms.changed': v.object({ projectId: Id }),
  'engine.changed': EngineStatus,
  /** Models came or went. */
  'models.changed': v.object({}),
  /** A run was started, has ended or is gone. */
  'training.changed': v.object({}),
  /** Something was learned, taken back or found out; or learning has begun, ended or failed. */
  'adaptation.changed': v.object({ projectId: Id, status: AdaptationStatus }),
} as const;
export type Events = typeof events;

/** What only the main process can do, over `ipcMain.handle` with the sender checked. */
export const native = {
  'dialog.openFiles': { input: Nothing, output: v.array(Path) },
  'dialog.openFolder': { input: v.object({ title: v.pipe(v.string(), v.maxLength(200)) }), output: v.nullable(Path) },
  /** A zip with a model in it. */
  'dialog.openArchive': { input: Nothing, output: v.nullable(Path) },
  /** A text file: sentence pairs to learn from, or text that is not to be forgotten. */
  'dialog.openText': { input: v.object({ title: v.pipe(v.string(), v.maxLength(200)) }), output: v.nullable(Path) },
  /** Termbases: tables or TBX. */
  'dialog.openTermbases': { input: Nothing, output: v.array(Path) },
  'dialog.openProject': { input: Nothing, output: v.nullable(Path) },
  'dialog.saveProject': { input: v.object({ suggestedName: v.pipe(v.string(), v.maxLength(200)) }), output: v.nullable(Path) },
  'shell.reveal': { input: v.object({ path: Path }), output: Nothing },
  'shell.openReceipt': { input: v.object({ path: Path }), output: Nothing },
  /** The window itself has no permission for the clipboard. */
  'clipboard.write': { input: v.object({ text: v.pipe(v.string(), v.maxLength(MAX_TEXT)) }), output: Nothing },
  'theme.set': { input: v.object({ theme: v.picklist(['system', 'light', 'dark']) }), output: Nothing },
} as const;
export type Native = typeof native;

export type CallName = { [K in keyof Contract]: Contract[K]['kind'] extends 'call' ? K : never }[keyof Contract];
export type JobName = { [K in keyof Contract]: Contract[K]['kind'] extends 'job' ? K : never }[keyof Contract];
export type EventName = keyof Events;
export type NativeName = keyof Native;
export type Input<K extends keyof Contract> = v.InferInput<Contract[K]['input']>;
export type Output<K extends keyof Contract> = v.InferOutput<Contract[K]['output']>;
export type ProgressOf<K extends JobName> = v.InferOutput<Contract[K]['progress']>;
export type EventValue<K extends EventName> = v.InferOutput<Events[K]>;
export type NativeInput<K extends NativeName> = v.InferInput<Native[K]['input']>;
export type NativeOutput<K extends NativeName> = v.InferOutput<Native[K]['output']>;

/** What a long operation gets beside its input. Cancel is an outcome: commit per batch, then look at the signal. */
export interface JobContext<P> { readonly signal: AbortSignal; report(progress: P): void }

/** The core, by contract name. */
export type Handlers = {
  readonly [K in CallName]: (input: v.InferOutput<Contract[K]['input']>) => Output<K> | Promise<Output<K>>;
} & {
  readonly [K in JobName]: (input: v.InferOutput<Contract[K]['input']>, context: JobContext<ProgressOf<K>>) => Promise<Output<K>>;
};
