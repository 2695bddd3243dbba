/** Markdown as a tree of micromark's tokens with their offsets: CommonMark, GFM (with footnotes), front matter, protected text. */
import { parse, postprocess, preprocess } from 'micromark';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { StudioError } from '../../../contract/errors.ts';
import { MAX_TEXT } from '../../../contract/shapes/values.ts';
import type { Span } from '../placed-units.ts';
import { protectedText } from './protected-text.ts';

export interface MarkdownNode extends Span {
  readonly type: string;
  readonly children: MarkdownNode[];
}

/** Share of a second that it may take to find that a `$` or `{` opens nothing. */
const OPENER = 1 / 40_000;
/** Recursion goes no deeper; a document for people never does. */
const DEEPEST = 1000;

/**
 * The document's nodes; offsets are those of `text`.
 * @throws StudioError FORMAT_LIMIT for text that would take micromark minutes, or that is nested beyond reason.
 */
export function parseMarkdown(text: string): MarkdownNode[] {
  requireReasonable(text);
  const extensions = [gfm(), frontmatter(['yaml', 'toml']), protectedText];
  // preprocess drops a leading U+FEFF and then counts from the character after it.
  const shift = text.startsWith('\ufeff') ? 1 : 0;
  const events = postprocess(parse({ extensions }).document().write(preprocess()(text, undefined, true)));
  const root: MarkdownNode[] = [];
  const open: MarkdownNode[][] = [root];
  for (const [kind, token] of events) {
    if (kind === 'exit') {
      open.pop();
      continue;
    }
    const node: MarkdownNode = { type: token.type, start: token.start.offset + shift, end: token.end.offset + shift, children: [] };
    open.at(-1)?.push(node);
    open.push(node.children);
    if (open.length > DEEPEST) throw tooDeep();
  }
  return root;
}

const tooDeep = (): StudioError => new StudioError('FORMAT_LIMIT', 'The Markdown is nested too deeply to be read.', { advice: 'Check that the file really is a document; lists and quotes may be nested a few hundred deep.' });

/**
 * micromark takes time that grows with the square of a paragraph's lines, emphasis marks and brackets (measured: 1 s for about
 * 13,000 lines, 5,000 marks or 15,000 brackets in one paragraph) and of the depth of lists.
 */
function requireReasonable(text: string): void {
  let lines = 0, marks = 0, brackets = 0, length = 0, cost = 0, fence = '';
  const endBlock = (): void => {
    cost += (marks / 5000) ** 2 + (brackets / 15_000) ** 2;
    lines = marks = brackets = length = 0;
  };
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const head = text.slice(start, Math.min(end, start + 1200));
    const lead = /^[ \t>]*/.exec(head)?.[0] ?? '';
    const mark = /^(```+|~~~+)/.exec(head.slice(lead.length))?.[0];
    if (mark !== undefined) fence = fence === '' ? mark.slice(0, 3) : mark.startsWith(fence) ? '' : fence;
    else if (head.trim() === '' && end - start < 1200) endBlock();
    else if (fence === '') {
      if (lead.length > 400 && (/^([-+*]|\d+[.)])\s/.test(head.slice(lead.length)) || lead.split('>').length > 200)) throw tooDeep();
      lines++;
      length += end - start;
      for (let at = start; at < end; at++) {
        const code = text.charCodeAt(at);
        if (code === 0x2a || code === 0x5f || code === 0x7e) marks++;
        else if (code === 0x5b || code === 0x5d) brackets++;
        else if (code === 0x24 || code === 0x7b) cost += OPENER;
      }
    }
    if (lines > 15_000 || length > MAX_TEXT || cost + (marks / 5000) ** 2 + (brackets / 15_000) ** 2 > 2)
      throw new StudioError('FORMAT_LIMIT', 'The Markdown has a paragraph with too many characters, lines or marks to be read.', { advice: 'Put blank lines between its paragraphs, or check that the file really is a document.' });
    start = end + 1;
  }
}
