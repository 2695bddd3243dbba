/** What can be asked of a text beside translating it: a summary, an answer. Every value in it survives structured clone. */

export type TextTask = 'summarize' | 'answer';

export interface TaskProgress {
  /** 1: over the text itself; 2 and more: over the summaries of the pass before. */
  readonly pass: number;
  /** Chunks of the text, of this pass. */
  readonly done: number;
  readonly total: number;
}

export interface TaskOptions {
  readonly signal?: AbortSignal;
  readonly report?: (progress: TaskProgress) => void;
}

export interface SummarizeRequest {
  /** The text in order, a sentence or so each. */
  readonly segments: readonly string[];
  /** Id or folder; the first that does it when absent. */
  readonly model?: string;
}

export interface Summary {
  readonly text: string;
  readonly model: string;
  readonly passes: number;
  /** What the first pass made of each chunk, with its first and last segment, counted from 0. */
  readonly parts: readonly { readonly first: number; readonly last: number; readonly text: string }[];
}

export interface AskRequest {
  readonly question: string;
  readonly segments: readonly string[];
  readonly model?: string;
}

export interface FoundAnswer {
  readonly text: string;
  /** Mean log-probability of its tokens: how sure the model is, comparable between chunks. */
  readonly score: number;
  /** The segment that holds most of its words, counted from 0; null where none holds any. */
  readonly segment: number | null;
  /** Share of its words that stand in that segment. */
  readonly support: number;
}

export interface Answer extends FoundAnswer {
  readonly model: string;
  /** Answers from other chunks, the better ones first. */
  readonly others: readonly FoundAnswer[];
}

/** Throw EngineError MODEL_MISSING, MODEL_UNSUPPORTED, MODEL_BROKEN, INVALID_INPUT, and the signal's reason. */
export interface TextTasks {
  /** A text that the model can't read at once is summarized in chunks, and the summaries are summarized until they fit. */
  summarize(request: SummarizeRequest, options?: TaskOptions): Promise<Summary>;
  /** Asks the chunks that share most words with the question, and takes the best answer that the text supports. */
  ask(request: AskRequest, options?: TaskOptions): Promise<Answer>;
}
