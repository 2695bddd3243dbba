/** A model folder on disk that was looked at and found complete. */
export interface ModelFolder {
  readonly folder: string;
  /** e.g. `marian-student` */
  readonly architecture: string;
  /** File names inside the folder by their part in the model. */
  readonly files: {
    readonly model: string;
    readonly sourceVocabulary: string;
    /** The same as `sourceVocabulary` where the two sides share one. */
    readonly targetVocabulary: string;
    /** Lexical shortlist; null where the folder has none. */
    readonly shortlist: string | null;
  };
  /** Size of the files named above, each counted once. */
  readonly bytes: number;
}
