/**
 * Inline codes of XLIFF, of any version: from the elements of a source or target to numbered tags, and back to markup.
 * A code keeps the raw markup it had in the document, so that a target is written with exactly the elements of its source.
 */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns, Runs, Tag, TagRun } from '../../../contract/shapes/text.ts';
import { describeTag, normalizeRuns, requireWholeTags, tagRuns } from '../../segments/runs.ts';

export interface InlineCode {
  /** Element and id: what a target's code has in common with its source's. */
  readonly key: string;
  /** Raw markup of the opening (or only) half. */
  readonly open: string;
  /** Raw markup of the closing half; absent for a code that stands alone, and for a half whose partner lies elsewhere. */
  readonly close?: string;
  /** Which half this is of a pair whose other half lies elsewhere. */
  readonly half?: 'open' | 'close';
  /** The halves are one element, which must nest in others. */
  readonly element: boolean;
  /** For a copy of another code under an id of its own: that code's key. */
  readonly copyOf?: string;
  /** Place in a sequence whose order must be kept: its first code, or a later one. */
  readonly reorder?: 'firstNo' | 'no';
  /** What a copy has in common with its original when neither names the other: element and original data. */
  readonly kin?: string;
  readonly shown: Omit<Tag, 'tag'>;
}
export type Token = string | { readonly kind: TagRun['kind']; readonly code: InlineCode };

/** A text with its codes; `codes[n - 1]` belongs to tag n. */
export interface CodedText { readonly runs: Runs; readonly codes: readonly InlineCode[] }

/** Numbers the codes of a source 1..n in the order of their appearance; an id used for different markup gives different tags. */
export function numberSource(tokens: readonly Token[]): CodedText {
  const codes: InlineCode[] = [];
  const numbers = new Map<string, number>();
  const runs = tokens.map((token) => {
    if (typeof token === 'string') return token;
    const identity = identityOf(token.code);
    let tag = numbers.get(identity);
    if (tag === undefined) numbers.set(identity, (tag = codes.push(token.code)));
    return { tag, kind: token.kind };
  });
  return { runs: normalizeRuns(runs), codes };
}

/** Runs of a target by the codes of its source: by markup, else by element and id, else as a copy; codes of its own follow after. */
export function numberTarget(tokens: readonly Token[], source: readonly InlineCode[]): CodedText {
  const codes = [...source];
  const byIdentity = new Map<string, number>(), byKey = new Map<string, number>(), byKin = new Map<string, number>();
  const enter = (code: InlineCode, tag: number): void => {
    if (!byIdentity.has(identityOf(code))) byIdentity.set(identityOf(code), tag);
    if (!byKey.has(code.key)) byKey.set(code.key, tag);
    if (code.kin !== undefined && !byKin.has(code.kin)) byKin.set(code.kin, tag);
  };
  source.forEach((code, i) => enter(code, i + 1));
  const runs = tokens.map((token) => {
    if (typeof token === 'string') return token;
    const { code } = token;
    let tag = byIdentity.get(identityOf(code)) ?? byKey.get(code.key) ?? byKey.get(code.copyOf ?? '') ?? byKin.get(code.kin ?? '');
    // A code can only stand for one of its own form: a pair for a pair.
    if (tag === undefined || formOf(codes[tag - 1]) !== formOf(code)) {
      tag = codes.push({ ...code, shown: { ...code.shown, canDelete: true } });
      enter(code, tag);
    }
    return { tag, kind: token.kind };
  });
  return { runs: normalizeRuns(runs), codes };
}

const formOf = (code: InlineCode | undefined): string => (code?.close !== undefined ? 'pair' : (code?.half ?? 'alone'));
const identityOf = (code: InlineCode): string => `${formOf(code)} ${code.key}\u0000${code.open}\u0000${code.close ?? ''}`;

/** Raw markup of one run. */
export const rawMarkup = (run: TagRun, codes: readonly InlineCode[]): string => {
  const code = codes[run.tag - 1];
  return (run.kind === 'close' ? (code?.close ?? code?.open) : code?.open) ?? '';
};

export const tagTable = (codes: readonly InlineCode[]): Tag[] => codes.map(({ shown }, i) => ({ tag: i + 1, ...shown }));

/**
 * Joins the halves that are elements of their own (`bpt`/`ept`, `bx`/`ex`, `sc`/`ec`, `sm`/`em`) into pairs. A half is a token of
 * kind `open` or `close` with a `pair` name; one whose partner lies in another segment keeps its kind and has a tag of its own.
 */
export interface HalfToken { readonly kind: 'open' | 'close'; readonly pair: string; readonly code: InlineCode }
export function joinHalves(tokens: readonly (Token | HalfToken)[]): Token[] {
  const joined: Token[] = [];
  const waiting = new Map<string, { next: number; readonly openings: { at: number; code: InlineCode }[] }>();
  for (const token of tokens) {
    if (typeof token === 'string' || !('pair' in token)) joined.push(token);
    else if (token.kind === 'open') {
      const at = joined.push({ kind: 'open', code: { ...token.code, half: 'open' } }) - 1;
      const queue = waiting.get(token.pair);
      if (queue) queue.openings.push({ at, code: token.code });
      else waiting.set(token.pair, { next: 0, openings: [{ at, code: token.code }] });
    } else {
      const queue = waiting.get(token.pair);
      const opening = queue?.openings[queue.next];
      if (!queue || !opening) { joined.push({ kind: 'close', code: { ...token.code, half: 'close' } }); continue; }
      queue.next++;
      const shownClose = token.code.shown.open;
      const code: InlineCode = {
        ...opening.code, close: token.code.open,
        shown: { ...opening.code.shown, close: shownClose, canDelete: opening.code.shown.canDelete && token.code.shown.canDelete, canCopy: opening.code.shown.canCopy && token.code.shown.canCopy },
      };
      joined[opening.at] = { kind: 'open', code };
      joined.push({ kind: 'close', code });
    }
  }
  return joined;
}

/** Tags whose elements overlap another element in these runs: what XML can't hold as it is. */
export function crossingElements(runs: ReadonlyRuns, codes: readonly InlineCode[]): Set<number> {
  const open: number[] = [];
  const crossing = new Set<number>();
  for (const run of runs) {
    if (typeof run === 'string' || run.kind === 'empty' || !codes[run.tag - 1]?.element) continue;
    if (run.kind === 'open') { open.push(run.tag); continue; }
    const at = open.lastIndexOf(run.tag);
    if (at < 0) crossing.add(run.tag);
    else {
      if (at !== open.length - 1) crossing.add(run.tag);
      open.splice(at, 1);
    }
  }
  for (const tag of open) crossing.add(tag);
  return crossing;
}

/**
 * Refuses a target that breaks its tag set. Codes that only the document's own target has may stay or go.
 * @throws StudioError TAGS_BROKEN with the unit in `data.unit`.
 */
export function requireWholeTarget(unit: string, source: ReadonlyRuns, target: ReadonlyRuns, standing: ReadonlyRuns | undefined, tags: readonly Tag[]): void {
  const known = new Set(tagRuns(source).map(({ tag }) => tag)), kept = new Set(tagRuns(target).map(({ tag }) => tag));
  const own = tagRuns(standing ?? []).filter(({ tag }) => !known.has(tag) && kept.has(tag));
  requireWholeTags(unit, [...source, ...own], target, tags);
}

/** @throws StudioError TAGS_BROKEN: two elements cross, and this format has no way to write that. */
export function refuseCrossing(unit: string, tag: number, tags: readonly Tag[]): never {
  throw new StudioError('TAGS_BROKEN', `In the translation of ${unit}, ${describeTag({ tag, kind: 'close' }, tags)} closes inside or outside of another tag that it must not cross.`, {
    advice: 'Open the segment and move the tags so that each pair lies wholly inside or outside of the others.', data: { unit, tag, code: 'tag-nesting' },
  });
}

/** A label fit for a chip: the part of a type or the name of a native element, at most 24 characters, no spaces. */
export function chipLabel(candidates: readonly (string | undefined)[]): string {
  for (const candidate of candidates) {
    const label = candidate?.replace(/[\s<>{}/]+/g, '').slice(0, 24).toWellFormed();
    if (label) return label;
  }
  return 'x';
}

/** Name of the element in a native code such as `<b>`, `</span>`, `&lt;br/&gt;` resolved; undefined when it is no markup. */
export const nativeName = (code: string): string | undefined => /^\s*<\/?([A-Za-z][\w.:-]*)/.exec(code)?.[1]?.toLowerCase();

/** What a code means as plain text, when a tool says so in one or two signs; words are for people, not for a model. */
export const plainEquivalent = (text: string | undefined): string | undefined => (text !== undefined && text !== '' && /^[^\p{L}\p{N}<>{}%$]{1,2}$/u.test(text) ? text : undefined);
