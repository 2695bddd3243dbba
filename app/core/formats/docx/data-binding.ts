/**
 * Content controls that show a value kept elsewhere in the package: the title in the document's properties, a field of a custom
 * XML part (ISO 29500-1, 17.5.2.6). Word fills them from there each time it opens the document, so a translated control needs
 * its value translated too.
 */
import { escapeText } from '../xml/xml-events.ts';
import { descendants, elements, parseXml, textContent, type XmlElement } from '../xml/xml-tree.ts';
import { attribute, isWord, wordChild } from './names.ts';
import type { RangeEdit } from './range-edits.ts';

/** A value that changed: where it is kept, what it was and what it is. */
export interface BoundChange { readonly steps: readonly Step[]; readonly before: string; readonly after: string }
/** One step of a path from the root: `/ns0:title[1]`. `index` counts from 0 among siblings of the name. */
interface Step { readonly ns: string; readonly local: string; readonly index: number }

/** Bound controls of a part whose text is another after writing. `before` and `after` are the part's XML. */
export function boundChanges(part: string, before: XmlElement, after: string): BoundChange[] {
  const old = controls(before);
  if (old.size === 0) return [];
  const changes: BoundChange[] = [];
  for (const [key, { text }] of controls(parseXml(after, { name: part }).root)) {
    const was = old.get(key);
    if (was && was.text !== text) changes.push({ steps: was.steps, before: was.text, after: text });
  }
  return changes;
}

/** Edits for a part that may keep those values; a value that is not what the control showed is left alone. */
export function storeEdits(root: XmlElement, changes: readonly BoundChange[]): RangeEdit[] {
  const edits = new Map<XmlElement, RangeEdit>();
  for (const { steps, before, after } of changes) {
    const [first, ...rest] = steps;
    let at: XmlElement | undefined = first && root.ns === first.ns && root.local === first.local && first.index === 0 ? root : undefined;
    for (const { ns, local, index } of rest) at = at && elements(at, local).filter((element) => element.ns === ns)[index];
    if (!at || at.selfClosing || elements(at).length > 0 || squash(textContent(at)) !== squash(before)) continue;
    edits.set(at, { start: at.openEnd, end: at.closeStart, text: escapeText(after) });
  }
  return [...edits.values()];
}

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Bound controls of one paragraph or less, by id. */
function controls(root: XmlElement): Map<string, { steps: Step[]; text: string }> {
  const found = new Map<string, { steps: Step[]; text: string }>();
  let ordinal = 0;
  for (const element of descendants(root)) {
    const properties = isWord(element, 'sdt') ? wordChild(element, 'sdtPr') : undefined, content = properties && wordChild(element, 'sdtContent');
    const binding = properties && wordChild(properties, 'dataBinding');
    if (!binding || !content) continue;
    const steps = pathOf(attribute(binding, 'xpath') ?? '', attribute(binding, 'prefixMappings') ?? '');
    const inside = [...descendants(content)], id = wordChild(properties, 'id');
    if (!steps || inside.filter((inner) => isWord(inner, 'p')).length > 1) continue;
    const text = inside.map((inner) => (isWord(inner, 't') ? textContent(inner) : isWord(inner, 'br') ? '\n' : '')).join('');
    found.set((id && attribute(id, 'val')) ?? `number ${ordinal++}`, { steps, text });
  }
  return found;
}

/** Steps of a path such as Word writes them; null for any other XPath. */
function pathOf(xpath: string, mappings: string): Step[] | null {
  if (!/^(\/([^/[\]:@()*]+:)?[^/[\]:@()*]+(\[\d+\])?)+$/.test(xpath)) return null;
  const namespaces = new Map([...mappings.matchAll(/xmlns:([^=\s]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g)].map(([, prefix = '', single, double]) => [prefix, single ?? double ?? '']));
  return xpath.slice(1).split('/').map((step) => {
    const [, prefix, local = '', position = '1'] = /^(?:([^:]+):)?([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    return { ns: prefix === undefined ? '' : (namespaces.get(prefix) ?? ''), local, index: Number(position) - 1 };
  });
}
