/** Lines of a translated paragraph: hard-wrapped text is wrapped again, within the same quotes and lists. */
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import type { TagSpans } from '../inline-pieces.ts';
import type { Markup } from '../placed-units.ts';
import { escapeFully, escapeLightly, oneLine, type TextContext } from './escape.ts';

export interface Layout {
  readonly cell: boolean;
  readonly heading: boolean;
  /** How the source was wrapped; absent when the block must stay, or was, one line. */
  readonly wrap?: Wrap;
}

export interface Wrap {
  /** Line end and prefix of the lines after the first: `\n> `. */
  readonly newLine: string;
  readonly width: number;
  /** Column of the first line's text. */
  readonly column: number;
}

/** Stands for a space at which a line may end. Markdown knows no NUL: it reads U+FFFD. */
const BREAK = '\0';
const ATTENTION = new Set(['em', 'strong', 'del']);
/** Words that might begin a block, were they to begin a line. */
const BEGINS_BLOCK = /^(?:[-+#>=|:~`<]|\*(?:\**$|\s)|\d{1,9}[.)]|\[\^|_{3}|\{)/;

/**
 * How much is done to have a text read as it is meant: `light` escapes what is markup in most places, `full` all that could be, and
 * puts comments between tags that would run together; `spaced` puts spaces there, and writes emphasis as HTML.
 */
export type Care = 'light' | 'full' | 'spaced';

interface OutputPiece {
  /** Absent for a tag. */
  readonly text?: string;
  /** An emphasis mark: its meaning depends on the characters beside it. */
  readonly mark: boolean;
  /** Markup without an end of its own: it goes on into what stands beside it. */
  readonly bare: boolean;
  readonly shown: string;
}

/** Writes runs as Markdown. `labels` are those of the unit's tags. */
export function layOutRuns(target: ReadonlyRuns, labels: readonly string[], spans: readonly TagSpans[], markup: Markup, layout: Layout, care: Care): string {
  const isMark = (tag: number): boolean => ATTENTION.has(labels[tag - 1] ?? '');
  const pieces = trimmed(spacesOutside(target, isMark)).map((run): OutputPiece => {
    if (typeof run === 'string') return { text: oneLine(run).replaceAll('\0', '\ufffd'), mark: false, bare: false, shown: '' };
    const span = run.kind === 'close' ? spans[run.tag - 1]?.close : spans[run.tag - 1]?.open;
    const shown = span === undefined ? '' : (span.markup ?? markup(span));
    if (care === 'spaced' && isMark(run.tag)) return { mark: false, bare: false, shown: `<${run.kind === 'close' ? '/' : ''}${labels[run.tag - 1]}>` };
    return { mark: isMark(run.tag), bare: ['code', 'url'].includes(labels[run.tag - 1] ?? '') && !shown.startsWith('<'), shown };
  });
  let result = '';
  pieces.forEach((piece, i) => {
    const next = pieces[i + 1], previous = pieces[i - 1];
    if (care !== 'light' && previous && runTogether(previous, piece)) result += care === 'full' ? '<!-- -->' : ' ';
    if (piece.text === undefined) {
      result += isLineBreak(piece) && !(hasWordsBeside(pieces, i, -1) && hasWordsBeside(pieces, i, 1)) ? '<br>' : piece.shown;
      return;
    }
    const context: TextContext = {
      before: result.slice(-1), after: next === undefined ? '' : (next.shown.charAt(0) || 'x'),
      afterMark: previous?.mark === true, beforeMark: next?.mark === true, cell: layout.cell, heading: layout.heading,
    };
    const escaped = care === 'light' ? escapeLightly(piece.text, context) : escapeFully(piece.text, context);
    result += layout.wrap ? escaped.replace(/ /g, BREAK) : escaped;
  });
  return layout.wrap ? wrapLines(result, layout.wrap) : result;
}

const isLineBreak = ({ text, shown }: OutputPiece): boolean => text === undefined && /^(?: {2,}|\\)[\n\r]/.test(shown);

/** A line break needs words on both sides: at an edge, or beside another one, Markdown reads none. */
function hasWordsBeside(pieces: readonly OutputPiece[], from: number, step: 1 | -1): boolean {
  for (let i = from + step; ; i += step) {
    const piece = pieces[i];
    if (!piece || isLineBreak(piece)) return false;
    if (piece.text === undefined ? piece.bare : piece.text.trim() !== '') return true;
  }
}

/** Two tags, or a tag and a word, that would be read as one. */
function runTogether(left: OutputPiece, right: OutputPiece): boolean {
  if (left.text === undefined && right.text === undefined) return (left.mark && right.mark && left.shown.slice(-1) === right.shown.charAt(0)) || (left.bare && right.bare);
  return (left.bare && !left.shown.startsWith('`') && /^\S/.test(right.text ?? ' ')) || (right.bare && !right.shown.startsWith('`') && /\S$/.test(left.text ?? ' '));
}

/** White space just inside emphasis marks goes outside, for no mark is read beside it. */
function spacesOutside(target: ReadonlyRuns, isMark: (tag: number) => boolean): ReadonlyRuns {
  const moved: ReadonlyRuns[number][] = [];
  let pending = '';
  for (const run of target) {
    const last = moved.at(-1);
    if (typeof run !== 'string') {
      if (run.kind === 'close' && isMark(run.tag) && typeof last === 'string') {
        const kept = last.trimEnd();
        pending += last.slice(kept.length);
        moved.splice(-1, 1, ...(kept === '' ? [] : [kept]));
      } else if (pending !== '' && !(run.kind === 'close' && isMark(run.tag))) {
        moved.push(pending);
        pending = '';
      }
      moved.push(run);
      continue;
    }
    let text = pending + run;
    pending = '';
    // Space after opening marks goes before the first of them.
    let at = moved.length;
    for (let mark = moved[at - 1]; mark !== undefined && typeof mark !== 'string' && mark.kind === 'open' && isMark(mark.tag); mark = moved[at - 1]) at--;
    if (at < moved.length && /^\s/.test(text)) {
      const kept = text.trimStart();
      moved.splice(at, 0, text.slice(0, text.length - kept.length));
      text = kept;
    }
    if (text !== '') moved.push(text);
  }
  if (pending !== '') moved.push(pending);
  return moved;
}

/** Markdown drops white space at the edges of a block. */
function trimmed(target: ReadonlyRuns): ReadonlyRuns {
  const runs = [...target], first = runs[0];
  if (typeof first === 'string') runs[0] = first.trimStart();
  const last = runs.at(-1);
  if (typeof last === 'string') runs[runs.length - 1] = last.trimEnd();
  return runs.filter((run) => run !== '');
}

function wrapLines(text: string, { newLine, width, column }: Wrap): string {
  const indentation = newLine.length - newLine.search(/[^\n\r]|$/);
  let result = '', at = column;
  text.split(BREAK).forEach((word, i) => {
    const firstPart = word.search(/[\n\r]/);
    const length = firstPart < 0 ? word.length : firstPart;
    if (i > 0) {
      const fits = at + 1 + length <= width;
      const breaks = !fits && word !== '' && !BEGINS_BLOCK.test(word) && at > indentation && !/(\\|\s)$/.test(result);
      result += breaks ? newLine : ' ';
      at = breaks ? indentation : at + 1;
    }
    result += word;
    const lastLine = Math.max(word.lastIndexOf('\n'), word.lastIndexOf('\r'));
    at = lastLine < 0 ? at + word.length : word.length - lastLine - 1;
  });
  return result;
}
