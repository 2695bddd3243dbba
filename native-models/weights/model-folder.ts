/** Model folders on disk that were looked at and found complete. */

/**
 * How a folder stores its model: a Marian student's binary, a Marian teacher's npz, the weights of a Hugging Face folder,
 * graphs that were exported to ONNX already, or a recurrent model that was trained here.
 */
export type ModelFormat = 'marian-bin' | 'marian-npz' | 'safetensors' | 'onnx' | 'recurrent';

/** Any model that can be run. */
export interface InspectedFolder {
  readonly folder: string;
  readonly format: ModelFormat;
  /** `marian-student`, `marian-teacher`, or the `model_type` of `config.json` */
  readonly architecture: string;
  /** The files that make up the model, by their paths inside the folder. */
  readonly files: readonly string[];
  /** Size of these files. */
  readonly bytes: number;
}

/** A Marian student. */
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
