/** Markup of a target of XLIFF 2: the codes of its source, copies under ids of their own, and spans that cross as sc/ec or sm/em. */
import { StudioError } from '../../../contract/errors.ts';
import type { ReadonlyRuns, TagRun } from '../../../contract/shapes/text.ts';
import { describeTag, normalizeRuns } from '../../segments/runs.ts';
import { crossingElements, rawMarkup, refuseCrossing, requireWholeTarget, type InlineCode } from '../xliff/inline-codes.ts';
import { openedTag, rewriteTag } from '../xliff/xml-file.ts';
import { escapeText } from '../xml/xml-events.ts';
import type { Segment2 } from './document2.ts';

/** @throws StudioError TAGS_BROKEN */
export function targetMarkup2({ unit, codes, ids }: Segment2, target: ReadonlyRuns): string {
  const runs = normalizeRuns(target);
  requireWholeTarget(unit.id, unit.source, runs, unit.target, unit.tags);
  requireOrder(unit.id, unit.source, runs, codes, unit);
  const crossing = crossingElements(runs, codes);
  for (const tag of crossing) if (/\bcanOverlap\s*=\s*["']no/.test(codes[tag - 1]?.open ?? '')) refuseCrossing(unit.id, tag, unit.tags);
  const taken = new Set(ids);
  const opened = new Map<number, (string | undefined)[]>();
  const seen = new Map<string, number>();
  return runs.map((run) => {
    if (typeof run === 'string') return escapeText(run).replaceAll('\r', '&#13;');
    const code = codes[run.tag - 1];
    if (!code) return '';
    // The second and later appearances are copies: closing runs take the id of the opening one they belong to.
    let copy: string | undefined;
    if (run.kind === 'close' && code.close !== undefined) copy = opened.get(run.tag)?.pop();
    else {
      const count = (seen.get(`${run.kind}${run.tag}`) ?? 0) + 1;
      seen.set(`${run.kind}${run.tag}`, count);
      if (count > 1) copy = freshId(idOf(code), count, taken);
      if (run.kind === 'open') {
        const stack = opened.get(run.tag);
        if (stack) stack.push(copy);
        else opened.set(run.tag, [copy]);
      }
    }
    return crossing.has(run.tag) ? asMarkers(run, code, copy) : copied(run, codes, code, copy);
  }).join('');
}

const idOf = ({ open }: InlineCode): string => attribute(open, 'id') ?? 'c';
const attribute = (tag: string, name: string): string | undefined => {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(openingTag(tag));
  return match?.[1] ?? match?.[2];
};
/** Raw markup up to the end of its first tag. */
const openingTag = (markup: string): string => /^<(?:[^>"']|"[^"]*"|'[^']*')*>/.exec(markup)?.[0] ?? markup;

/** An id for the `count`th appearance of a code. */
function freshId(id: string, count: number, taken: Set<string>): string {
  let fresh = `${id}-${count}`;
  while (taken.has(fresh)) fresh += 'c';
  taken.add(fresh);
  return fresh;
}

function copied(run: TagRun, codes: readonly InlineCode[], code: InlineCode, copy: string | undefined): string {
  const raw = rawMarkup(run, codes);
  if (copy === undefined || attribute(raw, 'hex') !== undefined) return raw;
  if (run.kind === 'close') return code.element ? raw : rewriteTag(raw, { startRef: copy });
  const opening = openingTag(raw);
  const hasData = attribute(raw, 'dataRef') !== undefined || attribute(raw, 'dataRefStart') !== undefined;
  return rewriteTag(opening, { id: copy, ...(hasData ? {} : { copyOf: attribute(raw, 'copyOf') ?? idOf(code) }) }) + raw.slice(opening.length);
}

/** Core, section 4.2.3: a `pc` and its content are the same as an `sc`, the content and an `ec`; `mrk` likewise. */
function asMarkers(run: TagRun, code: InlineCode, copy: string | undefined): string {
  const name = /^<([^\s/>]+)/.exec(code.open)?.[1] ?? 'pc';
  const annotation = name.endsWith('mrk');
  const marker = name.replace(/pc$|mrk$/, annotation ? (run.kind === 'open' ? 'sm' : 'em') : run.kind === 'open' ? 'sc' : 'ec');
  const own = openedTag(code.open);
  const value = (attributeName: string): string | null => attribute(own, attributeName) ?? null;
  if (run.kind === 'open') {
    const moved = annotation ? {} : {
      dataRef: value('dataRefStart'), disp: value('dispStart'), equiv: value('equivStart'), subFlows: value('subFlowsStart'), canOverlap: 'yes',
      dataRefStart: null, dataRefEnd: null, dispStart: null, dispEnd: null, equivStart: null, equivEnd: null, subFlowsStart: null, subFlowsEnd: null,
    };
    const id = copy === undefined ? {} : { id: copy, ...(value('dataRefStart') === null ? { copyOf: idOf(code) } : {}) };
    return `${rewriteTag(`<${marker}${own.slice(name.length + 1)}`, { ...moved, ...id }).slice(0, -1)}/>`;
  }
  const startRef = copy ?? idOf(code);
  const rest = annotation ? {} : { dataRef: value('dataRefEnd'), disp: value('dispEnd'), equiv: value('equivEnd'), subFlows: value('subFlowsEnd'), canCopy: value('canCopy'), canDelete: value('canDelete'), canReorder: value('canReorder') === 'firstNo' ? 'no' : value('canReorder') };
  return rewriteTag(`<${marker}/>`, { startRef, ...rest });
}

/** Core, `canReorder`: the codes of a sequence that begins with `firstNo` keep their order. @throws StudioError TAGS_BROKEN */
function requireOrder(id: string, source: ReadonlyRuns, target: ReadonlyRuns, codes: readonly InlineCode[], { tags }: Segment2['unit']): void {
  const place = new Map<number, number>();
  target.forEach((run, i) => { if (typeof run !== 'string' && run.kind !== 'close' && !place.has(run.tag)) place.set(run.tag, i); });
  let last = -1;
  for (const run of source) {
    if (typeof run === 'string' || run.kind === 'close') continue;
    const rule = codes[run.tag - 1]?.reorder;
    if (rule === undefined) continue;
    const at = place.get(run.tag);
    if (at === undefined) continue;
    if (rule === 'no' && at < last)
      throw new StudioError('TAGS_BROKEN', `In the translation of ${id}, ${describeTag(run, tags)} comes before a tag that it must follow.`, { advice: 'Open the segment and put these tags in the order of the source: the document forbids to change it.', data: { unit: id, tag: run.tag, code: 'tag-order' } });
    last = at;
  }
}
