/** Subtitles, SubRip and WebVTT: one unit a cue; numbers, times and settings stay as they are. */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { decodeText, encodeText } from '../../files/text-encoding.ts';
import type { DocumentFormat } from '../format.ts';
import { inlineText, type InlineText } from '../inline-pieces.ts';
import { placeUnits, replaceUnits, type FoundUnit, type Markup, type PlacedUnit, type Replacement } from '../placed-units.ts';
import { plainText, tagRuns } from '../../segments/runs.ts';
import { cuePieces, SUBRIP, WEBVTT, type Dialect } from './cue-text.ts';
import { findCues } from './cues.ts';
import { splitLines, type TextPart } from './line-split.ts';

const CUE_AT_START = /^(?:\ufeff|\xef\xbb\xbf)?\s*(?:\d+[ \t]*\r?\n|\d+[ \t]*\r)[ \t]*\d{1,3}:\d{1,2}:\d{1,2}[,.:]\d{1,3}[ \t]*-->/;

export const srt: DocumentFormat = subtitles('SubRip subtitles', SUBRIP, (head) => CUE_AT_START.test(head));
export const vtt: DocumentFormat = subtitles('WebVTT subtitles', WEBVTT, (head) => /^(?:\ufeff|\xef\xbb\xbf)?WEBVTT(?:\s|$)/.test(head));

function subtitles(name: string, dialect: Dialect, begins: (head: string) => boolean): DocumentFormat {
  return {
    id: dialect.id, name, extensions: [dialect.id],

    sniff(bytes, fileName) {
      // UTF-16 is told from its zero bytes, which no text in single bytes has.
      const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1').replace(/\0|^(?:\xff\xfe|\xfe\xff)/g, '');
      if (fileName.toLowerCase().endsWith(`.${dialect.id}`)) return 0.95;
      return begins(head) ? 0.7 : 0;
    },

    async read(bytes, options) {
      const { text, encoding } = decodeText(bytes, options);
      return { units: placeCues(text, dialect).map(({ unit }) => unit), encoding };
    },

    async write(bytes, targets, options) {
      const decoded = decodeText(bytes, options);
      requireWritable(targets, dialect);
      const text = replaceUnits(decoded.text, placeCues(decoded.text, dialect), targets, options.setLanguage ? languageHeader(decoded.text, dialect, options.to) : []);
      return text === decoded.text ? bytes : encodeText(text, decoded);
    },
  };
}

function placeCues(text: string, dialect: Dialect): PlacedUnit[] {
  const found: FoundUnit[] = [];
  for (const { lines } of findCues(text)) {
    const words = inlineText(text, cuePieces(text, lines, dialect));
    if (!words) continue;
    const { source, tags, start, end, around } = words;
    found.push({ start, end, inner: false, unit: { source, tags, role: 'subtitle', segmented: true, ...(around.length > 0 && { around }) }, render: (target, markup) => layOut(target, words, text, markup, dialect) });
  }
  return placeUnits(text, found);
}

function layOut(target: ReadonlyRuns, { source, tags, spans, start, end }: InlineText, text: string, markup: Markup, dialect: Dialect): string {
  const parts = target.map((run): TextPart => {
    if (typeof run === 'string') return { text: run.replace(/[ \t\n\r]+/g, ' '), shown: true };
    const span = run.kind === 'close' ? spans[run.tag - 1]?.close : spans[run.tag - 1]?.open;
    return { text: span ? markup(span) : '', shown: false };
  });
  const breaks = text.slice(start, end).match(/\r\n|[\r\n]/g) ?? [];
  const newLine = breaks[0] ?? /\r\n|[\r\n]/.exec(text.slice(Math.max(0, start - 400), start))?.[0] ?? '\n';
  // Where speakers change lines, each line is as long as what is said; a blank line would end the cue.
  if (tagRuns(target).some(({ tag }) => tags[tag - 1]?.label === 'br')) return parts.map((part) => (part.shown ? dialect.encode(part.text) : part.text)).join('').replace(/(?:[ \t]*[\r\n])+[ \t]*/g, newLine).trim();
  return splitLines(parts, newLine, breaks.length + 1, plainText(source).length, dialect.encode);
}

/** SubRip has no way to write what its players take for markup; the arrow belongs to the times in both. */
function requireWritable(targets: ReadonlyMap<string, ReadonlyRuns>, dialect: Dialect): void {
  for (const [unit, target] of targets) {
    const text = dialect.encode(plainText(target));
    if (text.includes('-->')) throw new StudioError('INVALID_INPUT', `The translation of ${unit} has “-->”, which subtitles need for their times.`, { advice: 'Write an arrow (→) or another sign.', data: { unit } });
    const markup = target.find((run) => typeof run === 'string' && dialect.encode(run).search(dialect.tag) >= 0);
    if (markup !== undefined) throw new StudioError('TAGS_BROKEN', `The translation of ${unit} has typed markup that players would obey, not show.`, { advice: 'Use the tags of the source, or write the text without < > and { }.', data: { unit } });
  }
}

/** `Language: en` in the header of a WebVTT file. */
function languageHeader(text: string, { id }: Dialect, language: string): Replacement[] {
  const head = id === 'vtt' ? /^WEBVTT[^\r\n]*(?:\r\n|[\r\n])(?:[^\r\n]+(?:\r\n|[\r\n]))*?Language:[ \t]*([^\r\n]+)/.exec(text.slice(0, 2000)) : null;
  const value = head?.[1];
  return head && value !== undefined ? [{ start: head[0].length - value.length, end: head[0].length, text: language }] : [];
}
