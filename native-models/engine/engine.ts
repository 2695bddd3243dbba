/**
 * What the rest of the studio knows of the engine. Implemented in this process (`OnnxEngine`), in a child process or in
 * Electron's utility process: the interface is the same, and every value in it survives structured clone.
 */
import type { ConfirmedPair } from '../adaptation/similar-pairs.ts';
import type { StepLearning } from '../adaptation/steps/step-learning.ts';
import type { WordConfidence } from '../confidence/word-confidence.ts';
import type { TextTasks } from '../tasks/text-tasks.ts';
import type { Training } from '../training/training-tasks.ts';
import type { EngineErrorCode } from './engine-error.ts';

export type EngineDevice = 'cpu' | 'webgpu' | 'directml' | 'coreml' | 'cuda';
/** `auto`: the fastest that says what the cpu says, see native-models/devices. */
export type DeviceWish = EngineDevice | 'auto';
export type Precision = 'int8' | 'float32' | 'float16';

/** What a model was trained to do. */
export type ModelTask = 'translate' | 'summarize' | 'answer';

/** The languages of a model of many pairs: each of `from` into each of `to`. BCP 47. */
export interface ModelLanguages {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** That a model was fine-tuned here, and from which one. */
export interface TunedModel {
  readonly basedOn: string;
  /** ISO 8601 */
  readonly at: string;
  /** The user went back: it is not chosen any more unless it is named. */
  readonly retired?: true;
}

/** A model folder that was looked at and can be run. */
export interface ModelDescription {
  readonly id: string;
  readonly name: string;
  /** BCP 47; `mul` on a side with several languages, `und` where there is none to tell. */
  readonly from: string;
  readonly to: string;
  /** Only there where a side has several languages. */
  readonly languages?: ModelLanguages;
  /** Translation alone when absent. */
  readonly tasks?: readonly ModelTask[];
  /** Only there where it was fine-tuned here. */
  readonly tuned?: TunedModel;
  /** e.g. `marian-student`, `marian-teacher`, or the `model_type` of a Hugging Face folder: `m2m_100`, `t5` */
  readonly architecture: string;
  readonly folder: string;
  readonly bytes: number;
  readonly licence: string | null;
  readonly source: string | null;
}

export interface TranslateRequest {
  readonly from: string;
  readonly to: string;
  /** Model id or folder; the best model of the pair when absent. */
  readonly model?: string;
  /** Plain texts, one a segment, without tags; may hold line breaks; may be empty (an empty text gives an empty text). */
  readonly texts: readonly string[];
  /** `interactive` overtakes every `batch` request at the next run of the model. */
  readonly priority: 'interactive' | 'batch';
  /** Ask for `links`; costs a little time. */
  readonly alignment: boolean;
  /** Hypotheses that beam search follows, 1 to 32; when absent the model's own search: of students the best next word, of Hugging Face's what their generation config says. */
  readonly beam?: number;
  /** How certain words are to be translated; those that could not be are flagged with `term-missing`. */
  readonly terms?: readonly TermEntry[];
  /**
   * For each text, confirmed translations of similar texts, the most similar first: what they say is taken over where the
   * model comes to the same places (native-models/adaptation). Students only; other models pass over it.
   */
  readonly similar?: readonly (readonly ConfirmedPair[])[];
}

/** An entry of a termbase: words of the source language and what they must become. */
export interface TermEntry {
  /** The forms that are looked for in the source text, as whole words; the basic form first. */
  readonly sources: readonly string[];
  /** What may stand for them in the translation: the preferred form first, then the allowed ones. Empty with `doNotTranslate`. */
  readonly targets: readonly string[];
  /** Upper and lower case matter on both sides; when absent they don't. */
  readonly caseSensitive?: boolean;
  /** The source's own words stand in the translation, letter by letter. */
  readonly doNotTranslate?: boolean;
}

/** A word or piece of the source and its counterpart, in UTF-16 offsets of the two texts, end exclusive. */
export interface Link {
  readonly source: readonly [start: number, end: number];
  readonly target: readonly [start: number, end: number];
  /** Attention weight, 0 to 1. */
  readonly weight: number;
}

/**
 * Why a translation deserves a look; checks of the engine itself, on text alone. `number-changed`: a number of the source is
 * not there; `number-rewritten`: its digits are not, but what is there may mean the same (XVIII for 18). `url-changed`: a web
 * or mail address is not there letter by letter; `identifier-changed`: a placeholder, path or name of a program's is not.
 */
export type TranslationFlag = 'repetition-loop' | 'number-changed' | 'number-rewritten' | 'url-changed' | 'identifier-changed' | 'empty-target' | 'target-is-source' | 'text-lost' | 'term-missing';

export interface Translation {
  readonly text: string;
  /** Empty unless `alignment` was asked for. */
  readonly links: readonly Link[];
  /** Mean log-probability per target token, at most 0; null where the decoder does not yield it. */
  readonly score: number | null;
  /** The same as the mean probability of a token, 0 to 1: how sure the model was. Null or absent where `score` is null. */
  readonly confidence?: number | null;
  /** How sure the model was of each word, in their order; only there if `alignment` was asked for. Words that it did not say have none. */
  readonly words?: readonly WordConfidence[];
  readonly flags: readonly TranslationFlag[];
}

export interface TranslatedBatch {
  /** Indices into `request.texts`, and their translations, in the same order. Batches come as they are finished, in any order. */
  readonly indices: readonly number[];
  readonly translations: readonly Translation[];
}

export interface TranslateSummary {
  readonly model: string;
  readonly device: EngineDevice;
  readonly precision: Precision;
  readonly segments: number;
  /** White-space separated words of the source texts. */
  readonly words: number;
  /** Wall time without loading the model. */
  readonly seconds: number;
}

export interface EngineState {
  readonly device: EngineDevice;
  readonly precision: Precision | null;
  readonly threads: number;
  readonly loaded: readonly string[];
  readonly wordsPerSecond: number | null;
  readonly residentBytes: number | null;
  /** What the user should know of models and devices in use, each told once: a model that is run more slowly to be exact, a device that failed. */
  readonly notices?: readonly string[];
}

/** Work on model folders outside of any request, by a process that can read models. */
export interface ModelFolders {
  /** What a folder holds. Throws EngineError MODEL_MISSING, MODEL_BROKEN or MODEL_UNSUPPORTED. */
  describe(folder: string): Promise<ModelDescription>;
  /** Copies a folder, or what is in a zip, below `store`; `report` gets files done and all of them. */
  import(path: string, store: string, options?: { readonly signal?: AbortSignal; readonly report?: (progress: { readonly done: number; readonly total: number; readonly file: string }) => void }): Promise<ModelDescription>;
}

export interface Engine {
  /** All usable models of the model folders, and why the others can't be used. */
  models(): Promise<{ models: readonly ModelDescription[]; unusable: readonly { folder: string; code: EngineErrorCode; reason: string }[] }>;
  state(): Promise<EngineState>;
  /**
   * Translates all texts. `onBatch` gets every text exactly once. Identical texts are translated once.
   * An aborted signal stops between two runs of the model; the promise then rejects with the signal's reason and
   * every finished batch has been handed over.
   */
  translate(request: TranslateRequest, options: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary>;
  /** Summaries and answers; absent in an engine that only translates. */
  readonly tasks?: TextTasks;
  /** Fine-tuning; absent in an engine that does not train. */
  readonly training?: Training;
  /** Learning from confirmed segments in small steps; absent in an engine that does not train. */
  readonly steps?: StepLearning;
  close(): Promise<void>;
}
