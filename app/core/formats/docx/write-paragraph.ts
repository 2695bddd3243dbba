/** Writes a translated text in place of a paragraph's own, with the properties of the runs it came from. */
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { escapeText } from '../xml/xml-events.ts';
import { isDrawing, prefixOf } from './names.ts';
import type { ParagraphText } from './paragraph.ts';
import type { Piece, Run } from './tokens.ts';

export interface ParagraphWriter {
  readonly source: string;
  /** Source of a range, with what else is written inside it. */
  readonly slice: (start: number, end: number) => string;
  /** Properties of a run of translated text, from those in the source (empty when it has none). */
  readonly properties: (run: Run, written: string) => string;
}

/**
 * XML for the range of a paragraph's text. The target's tags have been checked. Elements stay nested where pairs cross in the
 * target: the inner one is closed and opened again.
 */
export function writeParagraph(text: ParagraphText, target: ReadonlyRuns, writer: ParagraphWriter): string {
  const out = new RunOutput(writer);
  out.pieces(text.before);
  const open: { tag: number; run: Run; close: readonly Piece[] | null; reopen: readonly Piece[] }[] = [];
  for (const run of target) {
    if (typeof run === 'string') { out.text(run, open.at(-1)?.run ?? text.base); continue; }
    const part = text.parts[run.tag - 1];
    if (!part) continue;
    if (part.kind === 'empty') out.pieces(part.pieces);
    else if (run.kind === 'open') {
      if (part.kind === 'wrapper') out.pieces(part.open);
      open.push({ tag: run.tag, run: part.run, close: part.kind === 'wrapper' ? part.close : null, reopen: part.kind === 'wrapper' ? part.open : [] });
    } else {
      const at = open.findLastIndex(({ tag }) => tag === run.tag);
      const closing = open[at];
      if (!closing) continue;
      const inner = closing.close ? open.slice(at + 1) : [];
      for (const { close } of [...inner].reverse()) out.pieces(close ?? []);
      out.pieces(closing.close ?? []);
      for (const { reopen } of inner) out.pieces(reopen);
      open.splice(at, 1);
    }
  }
  out.pieces(text.after);
  return out.finish();
}

/** Collects content and puts what has the same properties into one run. */
class RunOutput {
  readonly #writer: ParagraphWriter;
  readonly #parts: string[] = [];
  #open: { start: string; name: string } | null = null;
  #text = '';
  #prefix = '';
  #drawing = false;

  constructor(writer: ParagraphWriter) { this.#writer = writer; }

  text(text: string, run: Run): void {
    const { properties } = run;
    const written = this.#writer.properties(run, properties ? this.#writer.slice(properties.start, properties.end) : '');
    const lines = text.replace(/\r\n?/g, '\n').split(isDrawing(run.element) ? '\n' : /$^/);
    lines.forEach((line, i) => {
      if (i > 0) {
        // In DrawingML a line break stands between runs.
        this.#leave();
        this.#parts.push(`<${prefixOf(run.element)}br/>`);
      }
      this.#enter(run, written);
      this.#text += line;
    });
  }

  pieces(pieces: readonly Piece[]): void {
    for (const { start, end, run } of pieces) {
      if (run) this.#enter(run, run.properties ? this.#writer.slice(run.properties.start, run.properties.end) : '');
      else this.#leave();
      this.#flush();
      this.#parts.push(this.#writer.slice(start, end));
    }
  }

  finish(): string {
    this.#leave();
    return this.#parts.join('');
  }

  #enter({ element }: Run, properties: string): void {
    const tag = this.#writer.source.slice(element.start, element.openEnd);
    // Revision ids are of the old text; a namespace that is declared here may be needed inside.
    const start = (tag.includes('xmlns') ? tag : `<${element.name}>`) + properties;
    if (this.#open?.start === start) return;
    this.#leave();
    this.#prefix = prefixOf(element);
    this.#drawing = isDrawing(element);
    this.#open = { start, name: element.name };
    this.#parts.push(start);
  }

  #leave(): void {
    this.#flush();
    if (this.#open) this.#parts.push(`</${this.#open.name}>`);
    this.#open = null;
  }

  #flush(): void {
    const p = this.#prefix;
    if (this.#drawing) {
      if (this.#text !== '') this.#parts.push(`<${p}t>${escapeText(this.#text)}</${p}t>`);
      this.#text = '';
      return;
    }
    for (const part of this.#text.split(/([\t\n\u2011\u00ad])/)) {
      const element = ELEMENTS[part];
      if (element) this.#parts.push(`<${p}${element}/>`);
      else if (part !== '') this.#parts.push(`<${p}t${/^\s|\s$/.test(part) ? ' xml:space="preserve"' : ''}>${escapeText(part)}</${p}t>`);
    }
    this.#text = '';
  }
}

/** Characters that are elements in a run (17.3.3). */
const ELEMENTS: Readonly<Record<string, string>> = { '\t': 'tab', '\n': 'br', '\u2011': 'noBreakHyphen', '\u00ad': 'softHyphen' };
