import type { SegmentFilter } from '../../../app/contract/shapes/segment.ts';

export type FilterSide = 'source' | 'target' | 'both';
export type TextFilter = NonNullable<SegmentFilter['text']>;
export type ParsedFilter = { readonly text: TextFilter | undefined; readonly error?: undefined } | { readonly error: string; readonly text?: undefined };

const REGEX = /^\/(.+)\/([a-z]*)$/su;

/**
 * Reads what was typed into the filter field. Plain text is looked for without regard to case; `/pattern/` is a regular
 * expression that minds case, `/pattern/i` one that doesn't. `\/` at the start looks for a slash. An expression that can't
 * be read yields the sentence to show.
 */
export function parseFilterText(typed: string, side: FilterSide): ParsedFilter {
  if (typed.trim() === '') return { text: undefined };
  const match = REGEX.exec(typed);
  if (!match) return { text: { pattern: typed.startsWith('\\/') ? typed.slice(1) : typed, side, regex: false, matchCase: false } };
  const [, pattern = '', flags = ''] = match;
  if (flags !== '' && flags !== 'i') return { error: `The flag ${flags} is not known; i is the only one.` };
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    return { error: `The expression can\u2019t be read: ${reasonOf(error)}.` };
  }
  return { text: { pattern, side, regex: true, matchCase: flags === '' } };
}

/** What is wrong, without the expression itself, which the engine puts in front: `Unterminated group`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.slice(message.lastIndexOf(': ') + 2);
  return `${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
}
