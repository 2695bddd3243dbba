/** Ids and states as exchange files hold them. */
import { StudioError } from '../../contract/errors.ts';
import { SegmentState } from '../../contract/shapes/segment.ts';
import * as v from 'valibot';

/** A positive whole number, such as a segment's id or a tag's number. @throws StudioError FORMAT_BROKEN */
export function readNumber(text: string | undefined, what: string): number {
  const number = text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(number) || number < 1) throw new StudioError('FORMAT_BROKEN', `The bilingual file has ${what} without a number: “${text ?? ''}”.`, { advice: 'Write the file again from the project.' });
  return number;
}

export const readState = (text: string | undefined): SegmentState | null => (v.is(SegmentState, text) ? text : null);
