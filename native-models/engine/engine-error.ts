/** How everything in native-models fails. */
export type EngineErrorCode = 'MODEL_MISSING' | 'MODEL_BROKEN' | 'MODEL_UNSUPPORTED' | 'PAIR_WITHOUT_MODEL' | 'DEVICE_UNAVAILABLE' | 'ENGINE_EXITED' | 'INVALID_INPUT';

/** A failure with a code that the core passes on unchanged; `advice` says what the user can do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly advice: string;
  constructor(code: EngineErrorCode, message: string, advice = '', options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.advice = advice;
  }
}
