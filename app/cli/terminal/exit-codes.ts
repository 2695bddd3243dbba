/** What the command line's exit codes mean; part of its contract with scripts. */
import type { ErrorCode } from '../../contract/errors.ts';

export const EXIT = { done: 0, someFailed: 1, usage: 2, missing: 3, internal: 4, cancelled: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Partial<Readonly<Record<ErrorCode, ExitCode>>> = {
  INVALID_INPUT: EXIT.usage, UNKNOWN_CALL: EXIT.usage, NOT_GRANTED: EXIT.usage,
  MODEL_MISSING: EXIT.missing, PAIR_WITHOUT_MODEL: EXIT.missing, MODEL_BROKEN: EXIT.missing, MODEL_UNSUPPORTED: EXIT.missing, DEVICE_UNAVAILABLE: EXIT.missing,
  CANCELLED: EXIT.cancelled, INTERNAL: EXIT.internal,
};

/** The exit code for an error that ended a command. */
export const exitCodeOf = (code: ErrorCode): ExitCode => BY_CODE[code] ?? EXIT.someFailed;
