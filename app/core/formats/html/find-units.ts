/** The units of a page: paragraphs between block tags, and attributes that people read. */
import { hasWords, inlineText, renderRuns, type InlineText, type MarkPiece, type Piece } from '../inline-pieces.ts';
import type { FoundUnit } from '../placed-units.ts';
import { attributeRole, BLOCKS, IMPLIED_END, KEEPS_SPACES, PROTECTED, PROTECTED_WORDS, STAND_IN_PARAGRAPHS, VOIDS } from './elements.ts';
import { escapeAttribute, escapeText, type HtmlWriting } from './escape.ts';
import { apartBreaks, KEPT_SPACE, splitAtBreaks } from './line-breaks.ts';
import type { HtmlAttribute, HtmlToken } from './scan.ts';

type OpenToken = Extract<HtmlToken, { kind: 'open' }>;

/** An end tag looks no further up for its element than this. */
const DEEPEST = 512;
/** Text in a picture is looked for in this much of it. */
const LONGEST_PICTURE = 20_000;

/** An element whose content is left alone: everything up to its end is one piece, or nothing. */
interface Skipped { readonly name: string; readonly start: number; readonly block: boolean; readonly word: boolean; depth: number; blocks: number }

/** Units of the tokens of `page`, in no particular order. */
export function findUnits(page: string, tokens: readonly HtmlToken[], writing: HtmlWriting): FoundUnit[] {
  const found: FoundUnit[] = [];
  const blocks: string[] = [];
  let pieces: Piece[] = [], spaces = 0, skipped: Skipped | undefined, end = 0;

  const flush = (): void => {
    const keepSpaces = spaces > 0;
    for (const part of keepSpaces ? [pieces] : splitAtBreaks(pieces)) {
      const text = inlineText(page, part, { keepSpaces });
      if (text) found.push(paragraph(text, blocks.at(-1) ?? 'p', writing));
    }
    pieces = [];
  };
  const leave = (name: string): void => {
    // Unclosed elements end with the one around them; a stray end tag closes nothing.
    let at = blocks.length - 1;
    for (const lowest = Math.max(0, at - DEEPEST); at >= lowest && blocks[at] !== name;) at--;
    if (at < 0 || blocks[at] !== name) return;
    for (const left of blocks.splice(at)) if (KEEPS_SPACES.has(left)) spaces--;
  };
  const endSkip = (to: number): void => {
    if (skipped && !skipped.block) pieces.push({ kind: 'empty', name: skipped.name, word: skipped.word, start: skipped.start, end: to });
    skipped = undefined;
  };
  const enter = (token: OpenToken): void => {
    const { name } = token, isVoid = VOIDS.has(name) || token.selfClosing, block = BLOCKS.has(name);
    if (block) flush();
    const kept = notTranslated(token);
    if (!isVoid && (kept || isProtected(token, page))) {
      skipped = { name, start: token.start, block, word: kept || PROTECTED_WORDS.has(name), depth: 1, blocks: 0 };
      return;
    }
    if (!kept) for (const attribute of token.attributes) found.push(...attributeUnit(page, token, attribute, writing));
    if (block) {
      if (isVoid) return;
      if ((blocks.at(-1) === 'p' && !STAND_IN_PARAGRAPHS.has(name)) || (blocks.at(-1) === 'li' && name === 'li')) blocks.pop();
      blocks.push(name);
      if (KEEPS_SPACES.has(name)) spaces++;
    } else pieces.push(inlineMark(token, isVoid));
  };

  tokens.forEach((token) => {
    const before = end;
    end = token.end;
    if (skipped) {
      if (token.kind === 'open' && !VOIDS.has(token.name) && !token.selfClosing) {
        if (token.name === skipped.name && !IMPLIED_END.has(token.name)) skipped.depth++;
        else if (skipped.blocks === 0 && IMPLIED_END.has(skipped.name) && (token.name === skipped.name || (skipped.name === 'p' && BLOCKS.has(token.name)))) endSkip(before);
        else if (BLOCKS.has(token.name) && !IMPLIED_END.has(token.name)) skipped.blocks++;
      } else if (token.kind === 'close') {
        if (token.name === skipped.name && (skipped.blocks === 0 || !IMPLIED_END.has(token.name))) {
          if (--skipped.depth === 0) {
            endSkip(token.end);
            return;
          }
        } else if (BLOCKS.has(token.name) && !IMPLIED_END.has(token.name) && --skipped.blocks < 0 && skipped.name !== 'svg') endSkip(before);
      }
      if (skipped) return;
    }
    if (token.kind === 'open') enter(token);
    else if (token.kind === 'close') {
      if (BLOCKS.has(token.name)) {
        flush();
        leave(token.name);
      } else pieces.push({ kind: 'close', name: token.name, start: token.start, end: token.end });
    } else if (token.kind === 'text') pieces.push(token);
    else if (token.kind === 'template') pieces.push({ kind: 'empty', name: 'code', word: token.word, start: token.start, end: token.end });
    else if (token.kind === 'doctype') flush();
    else pieces.push({ kind: 'empty', name: 'comment', start: token.start, end: token.end });
  });
  endSkip(end);
  flush();
  return found;
}

function inlineMark({ name, start, end }: OpenToken, alone: boolean): MarkPiece {
  if (!alone) return { kind: 'open', name, start, end };
  return { kind: 'empty', name, start, end, ...(name === 'br' && { equivalent: '\n' }) };
}

/** HTML 3.2.6.2 (translate), and the class that translation services obey. */
function notTranslated({ attributes }: OpenToken): boolean {
  return attributes.some(({ name, value }) => (name === 'translate' && value.trim().toLowerCase() === 'no') || (name === 'class' && /(^|\s)notranslate(\s|$)/.test(value)));
}

function isProtected({ name, end }: OpenToken, page: string): boolean {
  // A code block: <pre><code>. Other preformatted text is text.
  if (name === 'pre') return /^\s*<code[\s>]/i.test(page.slice(end, end + 80));
  if (name === 'svg') return !/^(?:(?!<\/svg)[^])*<(text|title|desc)[\s>]/i.test(page.slice(end, end + LONGEST_PICTURE));
  return PROTECTED.has(name);
}

function paragraph(text: InlineText, role: string, writing: HtmlWriting): FoundUnit {
  const { source, tags, spans, start, end, around } = text;
  return {
    start, end, inner: false, unit: { source, tags, role, segmented: false, ...(around.length > 0 && { around }) },
    render: (target, markup) => {
      const { runs, isKeptSpace } = apartBreaks(source, target, tags);
      return renderRuns(runs, spans, markup, (words, index) => (isKeptSpace(index) ? KEPT_SPACE : escapeText(words, writing)));
    },
  };
}

function attributeUnit(page: string, token: OpenToken, attribute: HtmlAttribute, writing: HtmlWriting): FoundUnit[] {
  if (!hasWords(attribute.value)) return [];
  const role = attributeRole(token.name, attribute.name, (name) => token.attributes.find((known) => known.name === name)?.value);
  if (role === undefined) return [];
  const pieces = attribute.parts.map((part): Piece => (part.kind === 'text' ? part : { kind: 'empty', name: 'code', word: true, start: part.start, end: part.end }));
  const text = inlineText(page, pieces);
  if (!text) return [];
  const { source, tags, spans } = text, quote = attribute.quote === '' ? '"' : attribute.quote;
  // Unquoted values get quotes; quoted ones keep the white space at their edges.
  const place = attribute.quote === '' ? attribute.place : { start: text.start, end: text.end };
  const marks = attribute.quote === '' ? '"' : '';
  return [{
    ...place, inner: true, unit: { source, tags, role, segmented: false },
    render: (target, markup) => `${marks}${renderRuns(target, spans, markup, (words) => escapeAttribute(words, quote, writing))}${marks}`,
  }];
}
