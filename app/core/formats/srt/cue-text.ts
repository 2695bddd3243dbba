/** The text of a cue as pieces: tags of SubRip, of Advanced SubStation (`{\an8}`) and of WebVTT, and its line breaks. */
import type { MarkPiece, Piece } from '../inline-pieces.ts';
import type { Span } from '../placed-units.ts';

export interface Dialect {
  readonly id: 'srt' | 'vtt';
  readonly tag: RegExp;
  decode(text: string): string;
  encode(text: string): string;
}

const REFERENCES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': '\u00a0', '&lrm;': '\u200e', '&rlm;': '\u200f' };

/** SubRip knows no escapes: what looks like a tag is one. */
export const SUBRIP: Dialect = { id: 'srt', tag: /<\/?[A-Za-z][^<>\n\r]*>|\{\\[^{}\n\r]*\}|\\[Nh]/g, decode: (text) => text, encode: (text) => text };
/** WebVTT 4.2.2: cue text with tags, timestamps and HTML's character references. */
export const WEBVTT: Dialect = {
  id: 'vtt', tag: /<[^<>\n\r]*>|\{\\[^{}\n\r]*\}/g,
  decode: (text) => text.replace(/&(?:amp|lt|gt|nbsp|lrm|rlm);|&#(\d{1,7});/g, (reference, number?: string) => (number === undefined ? (REFERENCES[reference] ?? reference) : character(Number(number)))),
  encode: (text) => text.replace(/[&<>\u200e\u200f]/g, (character) => Object.entries(REFERENCES).find(([, value]) => value === character)?.[0] ?? character),
};

const character = (point: number): string => (point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd');
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
/** Two speakers: each keeps a line, and a dash if there is one. */
const NEW_SPEAKER = /^\s*(?:<[^<>]*>|\{[^{}]*\})*\s*(?:[-–—‐]\s*\S|<v[ .])/;
/** The dash itself is no text: a translation that left it out would make two speakers one. */
const DASH = /^[ \t]*[-–—‐][ \t]*(?=\S)/;

/** A line that begins so is another speaker's. */
const beginsSpeech = (line: string): boolean => NEW_SPEAKER.test(line.slice(0, 500));
/** A line with this first word would be read as another speaker's. */
export const wouldBeginSpeech = (word: string): boolean => beginsSpeech(`${word.slice(0, 400)} x`);

/** Text may be parted between these two without a space. */
export const betweenIdeographs = (before: string, after: string): boolean => IDEOGRAPH.test(before) && IDEOGRAPH.test(after);

/** Pieces of a cue. A break within a sentence is white space; one before a new speaker is a tag. */
export function cuePieces(text: string, lines: readonly Span[], dialect: Dialect): Piece[] {
  const pieces: Piece[] = [];
  lines.forEach((line, i) => {
    const before = lines[i - 1], dash = DASH.exec(text.slice(line.start, line.end).slice(0, 500))?.[0].length ?? 0;
    if (!before && dash > 0) pieces.push({ kind: 'empty', name: 'dash', start: line.start, end: line.start + dash });
    if (before) {
      const gap = { start: before.end, end: line.start };
      if (beginsSpeech(text.slice(line.start, line.end))) pieces.push({ kind: 'empty', name: 'br', equivalent: '\n', start: gap.start, end: gap.end + dash });
      else pieces.push({ kind: 'text', text: betweenIdeographs(text.charAt(before.end - 1), text.charAt(line.start)) ? '' : '\n', ...gap });
    }
    let at = line.start + dash;
    for (const match of text.slice(at, line.end).matchAll(dialect.tag)) {
      const start = line.start + dash + match.index, end = start + match[0].length;
      if (start > at) pieces.push({ kind: 'text', text: dialect.decode(text.slice(at, start)), start: at, end: start });
      pieces.push(mark(match[0], start, end));
      at = end;
    }
    if (line.end > at) pieces.push({ kind: 'text', text: dialect.decode(text.slice(at, line.end)), start: at, end: line.end });
  });
  return pieces;
}

function mark(markup: string, start: number, end: number): MarkPiece {
  if (markup === '\\N') return { kind: 'empty', name: 'br', equivalent: '\n', start, end };
  if (markup === '\\h') return { kind: 'empty', name: 'space', equivalent: '\u00a0', start, end };
  const switched = /^\{\\([ibus])([01])\}$/.exec(markup);
  if (switched) return { kind: switched[2] === '1' ? 'open' : 'close', name: switched[1] ?? 'x', start, end };
  if (markup.startsWith('{')) return { kind: 'empty', name: /[A-Za-z]+/.exec(markup)?.[0] ?? 'x', start, end };
  const name = /^<\/?([A-Za-z]+)/.exec(markup)?.[1]?.toLowerCase();
  if (name === undefined) return { kind: 'empty', name: 'time', start, end };
  return { kind: markup.startsWith('</') ? 'close' : 'open', name, start, end };
}
