/** Lines of a translated paragraph: hard-wrapped text is wrapped again, within the same quotes and lists. */
import type { ReadonlyRuns } from '../../../contract/shapes.ts';
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

/** Writes runs as Markdown. `labels` are those of the unit's tags; `full` escapes all that could be markup. */
export function layOutRuns(target: ReadonlyRuns, labels: readonly string[], spans: readonly TagSpans[], markup: Markup, layout: Layout, full: boolean): string {
  const pieces = trimmed(target).map((run) => {
    if (typeof run === 'string') return { text: oneLine(run).replaceAll('\0', '\ufffd'), mark: false, shown: '' };
    const span = run.kind === 'close' ? spans[run.tag - 1]?.close : spans[run.tag - 1]?.open;
    return { text: undefined, mark: ATTENTION.has(labels[run.tag - 1] ?? ''), shown: span === undefined ? '' : (span.markup ?? markup(span)) };
  });
  let result = '';
  pieces.forEach(({ text, shown }, i) => {
    if (text === undefined) {
      result += shown;
      return;
    }
    const next = pieces[i + 1], previous = pieces[i - 1];
    const context: TextContext = {
      before: result.slice(-1), after: next === undefined ? '' : (next.shown.charAt(0) || 'x'),
      afterMark: previous?.mark === true, beforeMark: next?.mark === true, cell: layout.cell, heading: layout.heading,
    };
    const escaped = full ? escapeFully(text, context) : escapeLightly(text, context);
    result += layout.wrap ? escaped.replace(/ /g, BREAK) : escaped;
  });
  return layout.wrap ? wrapLines(result, layout.wrap) : result;
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
