/** A page as a list of tokens with their places, from parse5's tokenizer: no tree, so malformed pages keep their order. */
import { Tokenizer, TokenizerMode, type Token, type TokenHandler } from 'parse5';
import type { Span } from '../placed-units.ts';
import { maskTemplates, type MaskedPage } from './templates.ts';

/** Text, or template code that stands in text. */
export type TextPart = ({ readonly kind: 'text'; readonly text: string } | { readonly kind: 'template'; readonly word: boolean }) & Span;

export interface HtmlAttribute {
  readonly name: string;
  /** Decoded; template code is left out. */
  readonly value: string;
  /** The value in the source, quotes included; empty at the name's end for an attribute without one. */
  readonly place: Span;
  readonly quote: '"' | "'" | '';
  readonly parts: readonly TextPart[];
}

export type HtmlToken =
  | TextPart
  | ({ readonly kind: 'open'; readonly name: string; readonly selfClosing: boolean; readonly attributes: readonly HtmlAttribute[] } & Span)
  | ({ readonly kind: 'close'; readonly name: string } & Span)
  | ({ readonly kind: 'comment' | 'doctype' } & Span);

const CONTENT_MODES: Readonly<Record<string, (typeof TokenizerMode)[keyof typeof TokenizerMode]>> = {
  title: TokenizerMode.RCDATA, textarea: TokenizerMode.RCDATA, script: TokenizerMode.SCRIPT_DATA, style: TokenizerMode.RAWTEXT, xmp: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT, noembed: TokenizerMode.RAWTEXT, plaintext: TokenizerMode.PLAINTEXT,
};

/** Tokens of `source`, which begins at `base` in its document; all offsets are the document's. */
export function scanHtml(source: string, base = 0): HtmlToken[] {
  const page = maskTemplates(source);
  const tokens: HtmlToken[] = [];
  let region = 0, foreign = 0;
  const place = ({ location }: { location: Token.Location | null }): Span => ({ start: location?.startOffset ?? 0, end: location?.endOffset ?? 0 });

  const onText = (token: Token.CharacterToken): void => {
    const { start, end } = place(token);
    while ((page.regions[region]?.end ?? Infinity) <= start) region++;
    for (const part of textParts(token.chars, start, end, page, region)) {
      const last = tokens.at(-1);
      if (part.kind === 'text' && last?.kind === 'text' && last.end === part.start + base) tokens[tokens.length - 1] = { kind: 'text', text: last.text + part.text, start: last.start, end: part.end + base };
      else tokens.push({ ...part, start: part.start + base, end: part.end + base });
    }
  };
  const handler: TokenHandler = {
    onCharacter: onText, onWhitespaceCharacter: onText, onNullCharacter: onText,
    onComment: (token) => { tokens.push({ kind: 'comment', ...shift(place(token), base) }); },
    onDoctype: (token) => { tokens.push({ kind: 'doctype', ...shift(place(token), base) }); },
    onEof: () => undefined,
    onStartTag: (token) => {
      const { tagName: name, selfClosing } = token;
      if (name === 'svg' || name === 'math') foreign += selfClosing ? 0 : 1;
      const mode = CONTENT_MODES[name];
      // In SVG and XHTML these may be empty elements: <title/> must not swallow the rest of the page.
      if (mode !== undefined && !selfClosing && !(foreign > 0 && name === 'title')) tokenizer.state = mode;
      tokens.push({ kind: 'open', name, selfClosing, attributes: attributesOf(token, page, base), ...shift(place(token), base) });
    },
    onEndTag: (token) => {
      if ((token.tagName === 'svg' || token.tagName === 'math') && foreign > 0) foreign--;
      tokens.push({ kind: 'close', name: token.tagName, ...shift(place(token), base) });
    },
  };
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: true }, handler);
  tokenizer.write(page.text, true);
  return tokens;
}

const shift = ({ start, end }: Span, base: number): Span => ({ start: start + base, end: end + base });

/** Splits decoded characters at filler; the first filler belongs to region number `region`, and so on. */
function textParts(chars: string, start: number, end: number, page: MaskedPage, region: number): TextPart[] {
  const stretches = chars.split(page.first);
  if (stretches.length === 1) return [{ kind: 'text', text: chars, start, end }];
  const parts: TextPart[] = [];
  let at = start;
  stretches.forEach((stretch, i) => {
    const before = i > 0 ? page.regions[region + i - 1] : undefined;
    if (before) {
      parts.push({ kind: 'template', word: before.word, start: before.start, end: before.end });
      at = before.end;
    }
    const text = stretch.replaceAll(page.rest, ''), stop = page.regions[region + i]?.start;
    if (text !== '') parts.push({ kind: 'text', text, start: at, end: stop !== undefined && stop < end ? stop : end });
  });
  return parts;
}

function attributesOf(token: Token.TagToken, page: MaskedPage, base: number): HtmlAttribute[] {
  return token.attrs.map(({ name, value }) => {
    const location = token.location?.attrs?.[name];
    const start = location?.startOffset ?? 0, end = location?.endOffset ?? 0;
    const raw = page.text.slice(start, end);
    const lead = /^[^\s=][^=]*=\s*/.exec(raw)?.[0].length;
    if (lead === undefined) return { name, value, place: { start: end + base, end: end + base }, quote: '', parts: [] };
    const mark = raw[lead], quote = mark === '"' || mark === "'" ? mark : '';
    const inside = { start: start + lead + quote.length, end: end - quote.length };
    const parts = value === '' ? [] : textParts(value, inside.start, inside.end, page, regionFrom(page, inside.start));
    return {
      name, value: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''), quote,
      place: { start: start + lead + base, end: end + base }, parts: parts.map((part) => ({ ...part, start: part.start + base, end: part.end + base })),
    };
  });
}

/** Index of the first region that begins at an offset or after it. */
function regionFrom({ regions }: MaskedPage, offset: number): number {
  let low = 0, high = regions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((regions[middle]?.start ?? Infinity) >= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
