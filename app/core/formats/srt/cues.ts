/** Where the cues of a subtitle file are. SubRip has no standard; WebVTT is W3C's, section 4 of its specification. */
import type { Span } from '../placed-units.ts';

export interface Cue {
  /** Lines of the cue's text, without their line ends. */
  readonly lines: readonly Span[];
}

const TIMING = /^[ \t]*-?(?:\d{1,3}:)?\d{1,2}:\d{1,2}[.,:]\d{1,3}[ \t]*-->[ \t]*-?(?:\d{1,3}:)?\d{1,2}:\d{1,2}[.,:]\d{1,3}/;
const LINE = /[^\r\n]*(?:\r\n|[\r\n]|$)/g;
/** WebVTT blocks without cues; their lines are not looked at. */
const OTHER_BLOCK = /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/;

/** Cues with text, in order. A cue ends at a blank line, and where the next one begins without one. */
export function findCues(text: string): Cue[] {
  const cues: Cue[] = [];
  let lines: Span[] | undefined, skipping = false;
  const flush = (): void => {
    if (lines && lines.length > 0) cues.push({ lines });
    lines = undefined;
  };
  for (const match of text.matchAll(LINE)) {
    const line = match[0].replace(/[\r\n]+$/, ''), start = match.index, blank = line.trim() === '';
    if (blank) {
      flush();
      skipping = false;
    } else if (TIMING.test(line.slice(0, 200)) && !skipping) {
      // The line before the times is the number or the name of this cue, even where no blank line comes before it.
      if (lines && isNumber(text, lines.at(-1))) lines.pop();
      flush();
      lines = [];
    } else if (lines) lines.push({ start, end: start + line.length });
    else if (OTHER_BLOCK.test(line)) skipping = true;
  }
  flush();
  return cues;
}

const isNumber = (text: string, line: Span | undefined): boolean => line !== undefined && /^\s*\d+\s*$/.test(text.slice(line.start, line.end).slice(0, 20));
