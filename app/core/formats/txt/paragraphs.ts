/**
 * Where the paragraphs of a plain text are. Lines are paragraphs, unless the text is hard-wrapped: then lines belong together as
 * long as the next line's first word would not have fitted on the line before.
 */
import type { Span } from '../placed-units.ts';

export interface Paragraph extends Span {
  /** Lines without indentation and trailing white space; the paragraph spans from the first's start to the last's end. */
  readonly lines: readonly Span[];
  /** Columns to wrap a translation at; undefined when the paragraph is one line. */
  readonly width?: number;
}

interface Line extends Span {
  readonly column: number;
  readonly firstWord: number;
  /** Begins like a sentence that goes on. */
  readonly lowerCase: boolean;
  readonly item: boolean;
  readonly sentenceEnd: boolean;
  /** Ends in two spaces, as a line that must not be joined does in Markdown. */
  readonly hardEnd: boolean;
  /** Has words enough to be a line of prose; a table or a list of paths has not. */
  readonly prose: boolean;
}

const LINE = /[^\n\r\u0085\u2028\u2029]*(?:\r\n|[\n\r\u0085\u2028\u2029]|$)/g;
/** Bullets and box drawing before the words of a line. */
const LEAD = /^[\s>#*•·–—|+=~_-]*[\s]|^\s+/;
const ITEM = /^\s*(?:[-*•·–—+>#|]+|\(?(?:\p{L}|[ivxlc]{2,6}|\d{1,3})[.)])\s/u;
/** A word that would make its line a list item: never the first of a wrapped line. */
export const ITEM_MARK = /^(?:[-*•·–—+>#|=~_]+|\(?(?:\p{L}|[ivxlc]{2,6}|\d{1,3})[.)])$/u;
const SENTENCE_END = /[.!?:;。！？：；…]["'”’»)\]]*$/u;
/** Narrower text is a list or a poem, wider text is not wrapped. */
const NARROWEST = 45, WIDEST = 120;
/** A line may be this much shorter than it could be; less where the next one looks like a new sentence or item. */
const SLACK = 12, STRICT_SLACK = 3;

/** Paragraphs of a text in order; those without a letter or digit are included. */
export function findParagraphs(text: string): Paragraph[] {
  const blocks = findBlocks(text);
  const width = wrapWidth(blocks);
  const paragraphs: Paragraph[] = [];
  for (const block of blocks) {
    let lines: Line[] = [];
    const flush = (): void => {
      const first = lines[0], last = lines.at(-1);
      if (first && last) paragraphs.push({ start: first.start, end: last.end, lines, ...(width !== undefined && lines.length > 1 && { width }) });
      lines = [];
    };
    for (const line of block) {
      const before = lines.at(-1);
      const indented = lines[1]?.column;
      const goesOn = before && width !== undefined && isSoft(before, line, width) && (indented === undefined || indented === line.column);
      if (!goesOn) flush();
      lines.push(line);
    }
    flush();
  }
  return paragraphs;
}

/** Breaks a text into lines of at most `width` columns where it has spaces; a word that matches `stays` begins no line. */
export function wrapText(text: string, width: number, stays: RegExp): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width && !stays.test(word)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

function findBlocks(text: string): Line[][] {
  const blocks: Line[][] = [];
  let block: Line[] = [];
  for (const match of text.matchAll(LINE)) {
    const raw = match[0].replace(/[\n\r\u0085\u2028\u2029]+$/, ''), body = raw.trimEnd();
    if (body === '') {
      if (block.length > 0) blocks.push(block);
      block = [];
      continue;
    }
    const column = LEAD.exec(body.slice(0, 200))?.[0].length ?? 0;
    const words = body.slice(column);
    block.push({
      start: match.index + column, end: match.index + body.length, column,
      firstWord: /^\S+/.exec(words.slice(0, 200))?.[0].length ?? 0, lowerCase: /^\p{Ll}/u.test(words.slice(0, 2)), prose: /^\S+(?: +\S+){3}/.test(words.slice(0, 500)) && !words.includes('\t'),
      item: ITEM.test(body.slice(0, 200)), sentenceEnd: SENTENCE_END.test(words.slice(-20)), hardEnd: raw.length - body.length === 2 && raw.endsWith('  '),
    });
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

const columns = (line: Line): number => line.column + line.end - line.start;

/** The width the text was wrapped at, or undefined when its lines are paragraphs. */
function wrapWidth(blocks: readonly Line[][]): number | undefined {
  const breaks = blocks.flatMap((block) => block.slice(1).flatMap((next, i) => { const line = block[i]; return line && !next.item ? [{ line, next }] : []; }));
  if (breaks.length === 0) return undefined;
  const widths = breaks.map(({ line }) => columns(line)).sort((a, b) => a - b);
  const width = widths[Math.floor((widths.length - 1) * 0.95)] ?? 0;
  if (width < NARROWEST || width > WIDEST) return undefined;
  const soft = breaks.filter(({ line, next }) => isSoft(line, next, width));
  const ended = breaks.filter(({ line }) => line.sentenceEnd);
  return soft.length >= breaks.length * 0.6 && ended.length <= breaks.length * 0.5 ? width : undefined;
}

/** The line end between two lines is wrapping, not the end of a paragraph. */
function isSoft(line: Line, next: Line, width: number): boolean {
  if (next.item || !line.prose || line.hardEnd) return false;
  if (columns(line) + 1 + next.firstWord > width - (next.lowerCase ? SLACK : STRICT_SLACK)) return true;
  return next.lowerCase && !line.sentenceEnd && columns(line) > width / 2;
}
