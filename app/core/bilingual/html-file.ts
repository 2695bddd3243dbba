/**
 * A page to read, search and print in any browser: one file, two columns, nothing loaded from elsewhere. Whatever comes from the
 * documents is text: it is escaped, and a policy of hashes lets no other script or style run.
 */
import { createHash } from 'node:crypto';
import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes } from 'parse5';
import { StudioError } from '../../contract/errors.ts';
import type { Origin, SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';
import { decodeText } from '../files/text-encoding.ts';
import { normalizeRuns } from '../segments/runs.ts';
import type { BilingualDocument, BilingualSegment, BilingualUnit } from './bilingual-document.ts';
import type { BilingualFormat, WrittenSegment } from './bilingual-format.ts';
import { SCRIPT, STYLE } from './html-page.ts';
import { readNumber, readState } from './read-numbers.ts';
import { characterOf } from './xml-text.ts';

type Element = DefaultTreeAdapterTypes.Element;
type ChildNode = DefaultTreeAdapterTypes.ChildNode;

const STATE_NAMES: Readonly<Record<SegmentState, string>> = { 'not-started': 'Not started', draft: 'Draft', translated: 'Translated', reviewed: 'Reviewed', rejected: 'Rejected' };

const BY_PROGRESS: readonly SegmentState[] = ['reviewed', 'translated', 'draft', 'rejected', 'not-started'];

/** `Brazilian Portuguese`; the tag itself when it is none that is known. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

export const htmlFile: BilingualFormat = {
  kind: 'html', name: 'Bilingual page (HTML)', extension: 'html', holds: 'all',
  write(documents, { studio, created }) {
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`;
    const pairs = [...new Set(documents.map(({ from, to }) => `${languageName(from)} → ${languageName(to)}`))].join(', ');
    const title = documents.length === 1 ? (documents[0]?.file ?? '') : `${documents.length} documents`;
    return Buffer.from([
      '<!DOCTYPE html>', '<html lang="en">', '<head>', '<meta charset="utf-8">', `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">', '<meta name="referrer" content="no-referrer">', `<meta name="generator" content="${escapeHtml(studio)}">`, `<title>${escapeHtml(`${title} (${pairs})`)}</title>`, `<style>${STYLE}</style>`, '</head>', '<body>',
      `<header><h1>${escapeHtml(title)}</h1>`, `<p class="about">${escapeHtml(pairs)}</p>`, summary(documents), '</header>',
      `<search class="find" hidden><form><input name="words" type="search" placeholder="Find in source and target" aria-label="Find in source and target" autocomplete="off"><select name="state" aria-label="State"><option value="">All states</option>${BY_PROGRESS.map((state) => `<option value="${state}">${STATE_NAMES[state]}</option>`).join('')}</select><output aria-live="polite"></output></form></search>`,
      '<main>', ...documents.flatMap(section), '</main>', `<footer>${escapeHtml(studio)}, <time datetime="${escapeHtml(created)}">${escapeHtml(created)}</time></footer>`, `<script>${SCRIPT}</script>`, '</body>', '</html>', '',
    ].join('\n'));
  },
  read(bytes) {
    const rows = elementsBelow(parse(decodeText(bytes, { encoding: 'utf-8' }).text)).filter((element) => element.tagName === 'tr' && attribute(element, 'data-segment') !== undefined);
    return rows.map(readRow);
  },
};

function summary(documents: readonly BilingualDocument[]): string {
  const counts = new Map<SegmentState, number>();
  for (const { units } of documents) for (const { segments } of units) for (const { state } of segments) counts.set(state, (counts.get(state) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const known = BY_PROGRESS.filter((state) => counts.has(state));
  // Style attributes would need a policy of their own; a flex share can't be one, so the bar is a picture.
  let x = 0;
  const parts = known.map((state) => {
    const width = (100 * (counts.get(state) ?? 0)) / total;
    const part = `<rect class="${state}" x="${x.toFixed(3)}" width="${width.toFixed(3)}" height="1" fill="currentColor"/>`;
    x += width;
    return part;
  });
  return `<div class="bar" aria-hidden="true"><svg width="100%" height="100%" viewBox="0 0 100 1" preserveAspectRatio="none">${parts.join('')}</svg></div>\n<ul class="counts">${known.map((state) => `<li><span class="${state}">${STATE_NAMES[state]}</span> ${counts.get(state) ?? 0}</li>`).join('')}</ul>`;
}

function section(document: BilingualDocument): string[] {
  const { file, from, to, units } = document;
  return [
    `<section><h2>${escapeHtml(file)}</h2>`,
    `<table><colgroup><col class="number"><col><col><col class="state"></colgroup><thead><tr><th scope="col">No.</th><th scope="col">${escapeHtml(languageName(from))}</th><th scope="col">${escapeHtml(languageName(to))}</th><th scope="col">State</th></tr></thead>`,
    '<tbody>', ...units.flatMap((unit) => unit.segments.map((segment, i) => row(document, unit, segment, i === 0))), '</tbody></table></section>',
  ];
}

function row({ from, to }: BilingualDocument, { tags, note }: BilingualUnit, { id, source, target, state, origin, locked }: BilingualSegment, first: boolean): string {
  const annotation = first && note ? `<span class="note">${escapeHtml(note)}</span>` : '';
  const translation = target === null ? '<td class="text none">—</td>' : `<td class="text" lang="${escapeHtml(to)}" dir="auto" data-text="target">${content(target, tags)}</td>`;
  const described = describeOrigin(origin, locked);
  return `<tr${first ? ' class="first"' : ''} id="segment-${id}" data-segment="${id}" data-state="${state}"><th scope="row">${id}</th><td class="text" lang="${escapeHtml(from)}" dir="auto">${annotation}<span data-text="source">${content(source, tags)}</span></td>${translation}<td><span class="state ${state}">${STATE_NAMES[state]}</span>${described ? `<span class="origin">${escapeHtml(described)}</span>` : ''}</td></tr>`;
}

function describeOrigin(origin: Origin | null, locked: boolean): string {
  const where = origin === null ? '' : origin.kind === 'mt' ? `Machine, ${origin.model}` : origin.kind === 'memory' ? `Memory, ${origin.match} %` : { typed: 'Typed', 'source-copy': 'Copied from source', propagated: 'Propagated', document: 'In the document', history: 'Restored' }[origin.kind];
  return [where, locked ? 'Locked' : ''].filter(Boolean).join(', ');
}

/** What an HTML parser would drop, replace or take for layout: C0 controls, lone surrogates, non-characters. `\r` survives as a reference. */
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\r': '&#13;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? character).replace(UNWRITABLE, '\ufffd');

function content(runs: ReadonlyRuns, tags: readonly Tag[]): string {
  return runs.map((run) => {
    if (typeof run === 'string') {
      let markup = '', at = 0;
      for (const match of run.matchAll(UNWRITABLE)) {
        const hex = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
        markup += `${escapeHtml(run.slice(at, match.index))}<i class="char" data-char="${hex}">U+${hex}</i>`;
        at = match.index + match[0].length;
      }
      return markup + escapeHtml(run.slice(at));
    }
    const tag = tags[run.tag - 1];
    const native = (run.kind === 'close' ? (tag?.close ?? tag?.open) : tag?.open) ?? '';
    return `<b class="tag ${run.kind}" data-tag="${run.tag}" title="${escapeHtml(native)}">${run.kind === 'close' ? '/' : ''}${escapeHtml(tag?.label ?? '')}${run.tag}</b>`;
  }).join('');
}

function readRow(element: Element): WrittenSegment {
  const texts = elementsBelow(element).filter((cell) => attribute(cell, 'data-text') !== undefined);
  const cell = (name: string): Element | undefined => texts.find((candidate) => attribute(candidate, 'data-text') === name);
  const source = cell('source'), target = cell('target');
  if (!source) throw new StudioError('FORMAT_BROKEN', `Row ${attribute(element, 'data-segment') ?? ''} of the page has no source.`, { advice: 'Write the file again from the project.' });
  return { id: readNumber(attribute(element, 'data-segment'), 'a row'), source: readRuns(source), target: target ? readRuns(target) : null, state: readState(attribute(element, 'data-state')) };
}

function readRuns(cell: Element): Runs {
  return normalizeRuns(cell.childNodes.flatMap((node): Runs => {
    if (defaultTreeAdapter.isTextNode(node)) return [node.value];
    if (!defaultTreeAdapter.isElementNode(node)) return [];
    const character = attribute(node, 'data-char');
    if (character !== undefined) return [characterOf(character)];
    const kind = ['open', 'close', 'empty'].find((name) => attribute(node, 'class')?.split(' ').includes(name));
    return [{ tag: readNumber(attribute(node, 'data-tag'), 'a tag'), kind: kind === 'open' || kind === 'close' ? kind : 'empty' }];
  }));
}

const attribute = (element: Element, name: string): string | undefined => element.attrs.find((candidate) => candidate.name === name)?.value;

function elementsBelow(root: DefaultTreeAdapterTypes.ParentNode): Element[] {
  const found: Element[] = [];
  const pending: ChildNode[] = [...root.childNodes].reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (!defaultTreeAdapter.isElementNode(node)) continue;
    found.push(node);
    for (const child of node.childNodes.toReversed()) pending.push(child);
  }
  return found;
}
