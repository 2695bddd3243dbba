/** What a fine-tuning is asked for, what it tells on its way, and what comes out of it: types alone, for processes that do not train. */
import type { TextTask } from '../../tasks/text-tasks.ts';
import type { CorpusReport } from '../corpus/corpus-report.ts';
import type { FinetuneSettings } from './finetune-settings.ts';

/** What a model learns with a corpus; languages are BCP 47, and matter to models of several. */
export type TuningTask = { readonly task: 'translate'; readonly from: string; readonly to: string } | { readonly task: TextTask };

export interface FinetuneInput {
  readonly modelFolder: string;
  /** Tab-separated: source, target; text, summary; question, text, answer. */
  readonly corpusFile: string;
  /** Absent: translation, which is enough for models of one pair of languages. */
  readonly task?: TuningTask;
  /** See `readGeneralText`; null for none. */
  readonly generalFile: string | null;
  /** Of the run: a run that was interrupted goes on here. */
  readonly runFolder: string;
  /** What becomes of it where the folder holds another run: it is refused (when absent), or lies in a folder beside that one. */
  readonly ifOtherRun?: 'refuse' | 'beside';
  /** Where the new model goes; must not exist. It is not written when it is not accepted. */
  readonly into: string;
  readonly settings: FinetuneSettings;
  readonly threads: number;
}

/** What a training of a model takes. */
export interface LearningSize {
  readonly parameters: number;
  /** Numbers that change. */
  readonly learned: number;
  /** The rank of what is learned: the one asked for, or the one that `auto` came to. */
  readonly rank: 'full' | number;
  /** Memory of the process in bytes, about. */
  readonly bytes: number;
}

export interface LearningProgress {
  readonly update: number;
  readonly updates: number;
  readonly epoch: number;
  /** Mean of a target token. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

export type FinetuneProgress =
  | { readonly stage: 'reading' | 'measuring' | 'general' | 'quantizing' }
  /** Before anything is measured or learned. */
  | ({ readonly stage: 'sized' } & LearningSize)
  | ({ readonly stage: 'learning' } & LearningProgress);

/** sacreBLEU's definitions, 0 to 100. */
export interface PairScores {
  readonly bleu: number;
  readonly chrf: number;
}

/** After a pass over the corpus, or before the first. */
export interface MeasuredPass {
  readonly update: number;
  readonly scores: Readonly<Record<string, number>>;
}

export interface MeasuredModel {
  /** On the held-out pairs. */
  readonly heldOut: PairScores;
  /** On general text with references; null without. */
  readonly general: PairScores | null;
}

export interface FinetuneOutcome {
  readonly outcome: 'accepted' | 'rejected' | 'cancelled' | 'diverged';
  /** Where the run lies. */
  readonly runFolder: string;
  readonly report: CorpusReport;
  readonly pairs: { readonly training: number; readonly validation: number; readonly heldOut: number; readonly general: number };
  /** As the engine runs them: int8. Null where the run did not come so far. */
  readonly before: MeasuredModel | null;
  readonly after: MeasuredModel | null;
  /** How much of what was learned is in the new model. */
  readonly share: number | null;
  /** Losses and scores of the validation pairs at each pass. */
  readonly curve: readonly MeasuredPass[];
  readonly seconds: number;
}
