/** Options that change what a translation is taken from: a beam search, and memories before the model. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { WIDEST_BEAM } from '../../../native-models/runtime/compiled-model.ts';
import { StudioError } from '../../contract/errors.ts';

export interface ChoiceOptions {
  readonly beam?: string;
  readonly memory?: readonly string[];
  readonly threshold?: string;
}

export interface TranslationChoices {
  readonly beam?: number;
  readonly memory?: { readonly files: string[]; readonly threshold: number };
}

/** Percent from which a match is taken when nobody says otherwise. */
const USUAL_THRESHOLD = 75;

/** Throws INVALID_INPUT for numbers that make no sense, FILE_MISSING for a memory that is not there. */
export function translationChoices({ beam, memory, threshold }: ChoiceOptions): TranslationChoices {
  if (threshold !== undefined && memory === undefined) throw new StudioError('INVALID_INPUT', '--threshold is of no use without a memory.', { advice: 'Add --memory FILE, or leave --threshold out.' });
  const files = memory?.map((file) => resolve(file));
  const missing = files?.find((file) => !existsSync(file));
  if (missing !== undefined) throw new StudioError('FILE_MISSING', `${missing} does not exist.`, { advice: 'Check the path after --memory.', data: { path: missing } });
  return {
    ...(beam === undefined ? {} : { beam: wholeNumber('--beam', beam, WIDEST_BEAM) }),
    ...(files === undefined ? {} : { memory: { files, threshold: threshold === undefined ? USUAL_THRESHOLD : wholeNumber('--threshold', threshold, 100) } }),
  };
}

/** A whole number from 1 to `most`. */
export function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most) throw new StudioError('INVALID_INPUT', `${option} does not take ${text}.`, { advice: `Give a whole number from 1 to ${most}.` });
  return number;
}
