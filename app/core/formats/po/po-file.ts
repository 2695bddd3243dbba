/** A PO file as entries whose strings and comments know where they stand (GNU gettext manual, "The Format of PO Files"). */
import { StudioError } from '../../../contract/errors.ts';
import { columns, unescapePo, type Layout } from './po-strings.ts';

export interface PoField {
  readonly keyword: 'msgctxt' | 'msgid' | 'msgid_plural' | 'msgstr';
  /** Of `msgstr[n]`; 0 for a plain `msgstr`. */
  readonly index: number;
  readonly text: string;
  /** Start of the keyword's line, and end of the last string's line without its line end. */
  readonly lineStart: number;
  readonly lineEnd: number;
  /** First quote, and just after the last one. */
  readonly start: number;
  readonly end: number;
}
/** A comment line with its line end. */
export interface PoComment { readonly kind: 'translator' | 'extracted' | 'reference' | 'flags' | 'previous'; readonly text: string; readonly start: number; readonly end: number }
export interface PoEntry {
  readonly comments: readonly PoComment[];
  readonly context: PoField | undefined;
  readonly id: PoField;
  readonly plural: PoField | undefined;
  readonly strings: readonly PoField[];
}
export interface PoFile {
  readonly text: string;
  /** Obsolete entries (`#~`) are not among them. */
  readonly entries: readonly PoEntry[];
  readonly layout: Layout;
}

const COMMENTS: Readonly<Record<string, PoComment['kind']>> = { '.': 'extracted', ':': 'reference', ',': 'flags', '|': 'previous' };
type Building = { comments: PoComment[]; context?: PoField; id?: PoField; plural?: PoField; strings: PoField[] };

/** @throws StudioError FORMAT_BROKEN, with the line, where the file is not PO. */
export function parsePo(text: string): PoFile {
  const entries: PoEntry[] = [];
  const breaks = new LineBreaks();
  let building: Building = { comments: [], strings: [] };
  let field: { keyword: PoField['keyword']; index: number; raw: string[]; lineStart: number; lineEnd: number; start: number; end: number } | undefined;
  let number = 0;

  const endField = (): void => {
    if (!field) return;
    const { raw, ...place } = field;
    field = undefined;
    breaks.add(text, place, raw);
    const done: PoField = { ...place, text: unescapePo(raw.join('')) };
    if (done.keyword === 'msgctxt') building.context = done;
    else if (done.keyword === 'msgid') building.id = done;
    else if (done.keyword === 'msgid_plural') building.plural = done;
    else building.strings.push(done);
  };
  const endEntry = (): void => {
    endField();
    const { comments, context, id, plural, strings } = building;
    if (id) {
      if (strings.length === 0) throw broken(number, 'an entry ends without msgstr');
      entries.push({ comments, context, id, plural, strings });
    } else if (context || plural || strings.length > 0) throw broken(number, 'an entry has no msgid');
    building = { comments: [], strings: [] };
  };

  for (const { start, end, next } of lines(text)) {
    number++;
    const line = text.slice(start, end);
    const content = line.trimStart();
    if (content === '') continue;
    const at = end - content.length;
    if (content.startsWith('#')) {
      // A comment after the strings of an entry belongs to the next one.
      if (building.id) endEntry();
      if (content.startsWith('#~')) continue;
      const kind = COMMENTS[content.charAt(1)] ?? 'translator';
      building.comments.push({ kind, text: content.slice(kind === 'translator' ? 1 : 2).trim(), start, end: next });
      continue;
    }
    const keyword = /^(?:(msgctxt|msgid_plural|msgid)|msgstr(?:\s*\[\s*(\d{1,2})\s*\])?|domain)(?=[\s"]|$)/.exec(content);
    if (content.startsWith('"')) {
      if (!field) throw broken(number, 'a string stands where a keyword is expected');
      const strings = quoted(content, number);
      field.raw.push(...strings.raw);
      field.end = at + strings.end;
      field.lineEnd = end;
    } else if (keyword) {
      const name = fieldName(keyword[0]);
      if (name === undefined) { endEntry(); continue; }
      if ((name === 'msgctxt' || name === 'msgid') && building.id) endEntry();
      else if (name === 'msgid' && field?.keyword === 'msgid') endEntry();
      endField();
      const offset = content.indexOf('"', keyword[0].length);
      if (offset < 0 || content.slice(keyword[0].length, offset).trim() !== '') throw broken(number, `${keyword[0]} is not followed by a string`);
      const strings = quoted(content.slice(offset), number);
      field = { keyword: name, index: Number(keyword[2] ?? 0), raw: strings.raw, lineStart: start, lineEnd: end, start: at + offset, end: at + offset + strings.end };
    } else throw broken(number, 'this is neither a comment, a keyword nor a string');
  }
  endEntry();
  return { text, entries, layout: breaks.layout(text) };
}

const fieldName = (keyword: string): PoField['keyword'] | undefined =>
  keyword.startsWith('msgstr') ? 'msgstr' : keyword === 'msgctxt' || keyword === 'msgid' || keyword === 'msgid_plural' ? keyword : undefined;

function* lines(text: string): Generator<{ start: number; end: number; next: number }> {
  const ends = /\r\n|\n|\r/g;
  let start = 0;
  for (let match = ends.exec(text); match; match = ends.exec(text)) {
    yield { start, end: match.index, next: ends.lastIndex };
    start = ends.lastIndex;
  }
  if (start < text.length) yield { start, end: text.length, next: text.length };
}

/** The insides of one or more quoted strings that fill the rest of a line, and where the last of them ends. */
function quoted(content: string, line: number): { raw: string[]; end: number } {
  const raw: string[] = [];
  let at = 0, end = 0;
  while (at < content.length) {
    if (content[at] !== '"') {
      if (content.slice(at).trim() === '') break;
      if (!/\s/.test(content.charAt(at))) throw broken(line, 'something stands outside of the quotes');
      at++;
      continue;
    }
    let close = at + 1;
    while (close < content.length && content[close] !== '"') close += content[close] === '\\' ? 2 : 1;
    if (close >= content.length) throw broken(line, 'a string is not closed');
    raw.push(content.slice(at + 1, close));
    at = end = close + 1;
  }
  return { raw, end };
}

const broken = (line: number, what: string): StudioError => new StudioError('FORMAT_BROKEN', `Line ${line} is not valid PO: ${what}.`, { advice: 'Correct that line in a text editor (msgfmt --check names the same place), or ask for a fresh copy.', data: { line } });

/** Learns from its strings how a file breaks them. */
class LineBreaks {
  /** Widths of lines whose string goes on in the next one, though no `\n` ends it. */
  readonly #wrapped: number[] = [];
  #longest = 0;
  #newlines = { broken: 0, kept: 0 };

  add(text: string, { lineStart, lineEnd }: { lineStart: number; lineEnd: number }, raw: readonly string[]): void {
    const widths = text.slice(lineStart, lineEnd).split(/\r\n|\n|\r/).map((line) => columns(line));
    this.#longest = Math.max(this.#longest, ...widths);
    raw.forEach((piece, i) => {
      if (/\\n./.test(piece)) this.#newlines.kept++;
      if (i === raw.length - 1 || piece === '') return;
      if (piece.endsWith('\\n')) { this.#newlines.broken++; return; }
      this.#wrapped.push(widths[i] ?? 0);
    });
  }

  layout(text: string): Layout {
    // Nearly the longest: a word that can't be broken, such as an address, makes a line longer than meant.
    const widths = this.#wrapped.sort((a, b) => a - b);
    const usual = widths[Math.floor((widths.length - 1) * 0.95)] ?? 0;
    const width = widths.length >= 8 ? Math.max(40, usual) : widths.length === 0 && this.#longest > 80 ? Infinity : 79;
    return { width, breakAtNewline: this.#newlines.broken >= this.#newlines.kept, eol: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n' };
  }
}
