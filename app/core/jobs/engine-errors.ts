/** The engine's failures as the studio's: same code, same sentence. */
import { EngineError } from '../../../native-models/engine/engine-error.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';

export function fromEngine(error: unknown): StudioError {
  if (error instanceof EngineError) return new StudioError(error.code, error.message, { advice: error.advice, cause: error });
  return toStudioError(error);
}
