/**
 * Characters that a model's vocabulary lacks (emoji, brackets, another script) would be lost or made up, control characters
 * lost (control-signs.ts), runs of signs garbled (verbatim-runs.ts), and the mark of an access key (&Close), or a sign that
 * nobody sees, garbles its word. They are taken out before the model sees the text, and put back where the words around them
 * went, as tags are; unseen signs are not.
 */
import { placeTags } from '../alignment/place-tags.ts';
import type { TagRun } from '../alignment/tag-tree.ts';
import type { WordLink } from '../alignment/word-links.ts';
import type { WordConfidence } from '../confidence/word-confidence.ts';
import type { TokenizedText } from '../tokenizers/tokenizer.ts';
import { controlSigns } from './control-signs.ts';
import { fixedTokens } from './fixed-tokens.ts';
import { verbatimRuns } from './verbatim-runs.ts';

export interface KnownText {
  /** The text without the stretches that were taken out. */
  readonly text: string;
  /** The text in order: strings of `text`, and the numbers of the stretches as tags. */
  readonly runs: readonly (string | TagRun)[];
  /** The stretches, by number less one. */
  readonly stretches: readonly Stretch[];
}

interface Stretch {
  readonly text: string;
  /** It is not put back. */
  readonly dropped: boolean;
  /** White space stands before it, after it. */
  readonly spaceBefore: boolean;
  readonly spaceAfter: boolean;
}

type Range = readonly [start: number, end: number];

/** `&File`, `_File`: the sign marks the access key of a menu entry. Not `&amp;`, not `AT&T`, not `_name_`. */
const ACCESS_KEY = /(?<![\p{L}\p{N}&])&(?=\p{L}(?![\p{L}\p{N}]*;))|(?<![\p{L}\p{N}_*])_(?=\p{L}[^_]*$)/gu;

const MAY_HAVE_ACCESS_KEY = /[&_]/;
/** Soft hyphen, zero-width space and joiners, word joiner, byte order mark: at a letter of scripts that do without them. */
const UNSEEN = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u00ad\u200b-\u200d\u2060\ufeff]+|[\u00ad\u200b-\u200d\u2060\ufeff]+(?=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])/gu;
const MAY_HAVE_UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]/;
/** With skin tone, flag or joiners: of a part alone another picture is left. */
const EMOJI = new RegExp(String.raw`\p{RGI_Emoji}`, 'gv');
/** True for every text with one, and keeps the pattern, which takes 10 ms to compile, from all others. */
const MAY_HAVE_EMOJI = /[\u231a-\u2bff\ufe0f\u{1f000}-\u{1faff}]/u;

/** Null when there is nothing to take out. `tokens`: those of `text`. */
export function withoutUnknown(text: string, tokens: TokenizedText, unkId: number): KnownText | null {
  const ranges = rangesToTakeOut(text, tokens, unkId);
  if (ranges.length === 0) return null;
  const runs: (string | TagRun)[] = [];
  const stretches: Stretch[] = [];
  let known = '';
  let at = 0;
  const keep = (end: number): void => {
    if (end > at) runs.push(text.slice(at, end));
    known += text.slice(at, end);
  };
  for (const [start, end] of ranges) {
    keep(start);
    stretches.push({ text: text.slice(start, end), dropped: DROPPED.test(text.slice(start, end)), spaceBefore: /\s/.test(text.charAt(start - 1)), spaceAfter: /\s/.test(text.charAt(end)) });
    runs.push({ tag: stretches.length, kind: 'empty' });
    at = end;
  }
  keep(text.length);
  return { text: known, runs, stretches };
}

/** Unseen signs alone. */
const DROPPED = /^[\u00ad\u200b-\u200d\u2060\ufeff]+$/;

const placesIn = (text: string, pattern: RegExp): Range[] => Array.from(text.matchAll(pattern), ({ index, 0: found }): Range => [index, index + found.length]);

/** In order and apart from each other. */
function rangesToTakeOut(text: string, { ids, offsets }: TokenizedText, unkId: number): Range[] {
  const kept = [...verbatimRuns(text), ...controlSigns(text)], unseen = MAY_HAVE_UNSEEN.test(text) ? placesIn(text, UNSEEN) : [];
  if (kept.length === 0 && unseen.length === 0 && !ids.includes(unkId) && !MAY_HAVE_ACCESS_KEY.test(text)) return [];
  const unknown = ids.flatMap((id, i): Range[] => (id === unkId ? [[offsets[2 * i] ?? 0, offsets[2 * i + 1] ?? 0]] : []));
  const keys = placesIn(text, ACCESS_KEY);
  if (unknown.length + keys.length + kept.length + unseen.length === 0) return [];
  const tokens = [...placesOf(fixedTokens(text), text), ...(unknown.length > 0 && MAY_HAVE_EMOJI.test(text) ? placesIn(text, EMOJI) : [])];
  const wide: [number, number][] = [];
  for (const [first, last] of [...unknown, ...keys, ...kept, ...unseen].sort((a, b) => a[0] - b[0])) {
    // {name} without its name would say nothing: an address or placeholder goes as a whole.
    const around = tokens.filter(([start, end]) => start < last && end > first);
    const start = Math.min(first, ...around.map(([each]) => each));
    const end = Math.max(last, ...around.map(([, each]) => each));
    const previous = wide.at(-1);
    if (end <= start) continue;
    if (previous !== undefined && start < previous[1]) previous[1] = Math.max(previous[1], end);
    else wide.push([start, end]);
  }
  return wide;
}

function placesOf(tokens: readonly string[], text: string): Range[] {
  const places: Range[] = [];
  for (const token of new Set(tokens)) for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + token.length)) places.push([at, at + token.length]);
  return places;
}

/** Puts the stretches into the translation of `known.text`; links and words then count in the whole texts. */
export function withUnknown(
  { runs, stretches }: KnownText,
  { text: target, links, words }: { readonly text: string; readonly links: readonly WordLink[]; readonly words?: readonly WordConfidence[] },
): { text: string; links: WordLink[]; words?: WordConfidence[] } {
  const source = layOut(runs, (stretch) => ({ text: stretch.text, lead: 0 }), stretches);
  const placed = layOut(placeTags({ source: runs, target, links }), spaced, stretches);
  const moved = links.map((link): WordLink => ({
    source: [source.shift(link.source[0], false), source.shift(link.source[1], true)],
    target: [placed.shift(link.target[0], false), placed.shift(link.target[1], true)],
    weight: link.weight,
  }));
  stretches.forEach(({ text, dropped }, i) => {
    if (dropped) return;
    const here = source.starts[i] ?? 0;
    const there = placed.starts[i] ?? 0;
    moved.push({ source: [here, here + text.length], target: [there, there + text.length], weight: 1 });
  });
  const sure = words?.map(({ target: [start, end], confidence }): WordConfidence => ({ target: [placed.shift(start, false), placed.shift(end, true)], confidence }));
  return { text: placed.text, ...(sure === undefined ? {} : { words: sure }), links: moved.sort((a, b) => a.target[0] - b.target[0] || a.source[0] - b.source[0]) };
}

/** The stretch with white space on a side where the source has some and the translation would have none. */
function spaced(stretch: Stretch, before: string, after: string): { text: string; lead: number } {
  if (stretch.dropped) return { text: '', lead: 0 };
  const lead = stretch.spaceBefore && /\S$/.test(before) ? ' ' : '';
  const trail = stretch.spaceAfter && /^[\p{L}\p{N}(\["'“«]/u.test(after) ? ' ' : '';
  return { text: lead + stretch.text + trail, lead: lead.length };
}

interface LaidOut {
  readonly text: string;
  /** Where each stretch starts, by number less one. */
  readonly starts: readonly number[];
  /** From an offset in the text without stretches to one with them; an end stays before a stretch at its place. */
  shift(offset: number, isEnd: boolean): number;
}

function layOut(runs: readonly (string | TagRun)[], form: (stretch: Stretch, before: string, after: string) => { text: string; lead: number }, stretches: readonly Stretch[]): LaidOut {
  let text = '';
  let known = 0;
  const starts: number[] = [];
  const inserted: { at: number; length: number }[] = [];
  runs.forEach((run, i) => {
    if (typeof run === 'string') {
      text += run;
      known += run.length;
      return;
    }
    const stretch = stretches[run.tag - 1];
    if (stretch === undefined) return;
    const after = runs[i + 1];
    const formed = form(stretch, text, typeof after === 'string' ? after : '');
    starts[run.tag - 1] = text.length + formed.lead;
    inserted.push({ at: known, length: formed.text.length });
    text += formed.text;
  });
  return { text, starts, shift: (offset, isEnd) => inserted.reduce((place, { at, length }) => (at < offset || (at === offset && !isEnd) ? place + length : place), offset) };
}
