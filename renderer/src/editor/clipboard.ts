import type { ReadonlyRuns, Runs, Tag } from '../../../app/contract/shapes/text.ts';

/** The clipboard type under which text keeps its tags between segments of the studio. */
export const RUNS_TYPE = 'application/x-bitext-runs';

/** As much of a DataTransfer as copy and paste need. */
export interface ClipboardData {
  getData(type: string): string;
  setData(type: string, data: string): void;
}

/** Puts runs on the clipboard: with their tags for the studio, as plain text for everything else. */
export function writeClipboard(data: ClipboardData, runs: ReadonlyRuns, tags: readonly Tag[]): void {
  const plain = runs.map((run) => (typeof run === 'string' ? run : run.kind === 'close' ? '' : (tags.find(({ tag }) => tag === run.tag)?.equivalent ?? ''))).join('');
  const labelled = runs.map((run) => (typeof run === 'string' ? run : { tag: run.tag, kind: run.kind, label: tags.find(({ tag }) => tag === run.tag)?.label ?? '' }));
  data.setData('text/plain', plain);
  data.setData(RUNS_TYPE, JSON.stringify(labelled));
}

/**
 * What is on the clipboard, for a segment with these tags. A tag is kept where the segment has one of the same number and
 * label; the text of the others stays. Line breaks become spaces where the segment is a single line.
 */
export function readClipboard(data: ClipboardData, tags: readonly Tag[], multiline: boolean): Runs {
  const flat = (text: string): string => (multiline ? text.replace(/\r\n?/gu, '\n') : text.replace(/\s*[\r\n]+\s*/gu, ' '));
  const runs = parseRuns(data.getData(RUNS_TYPE), tags);
  if (runs) return runs.map((run) => (typeof run === 'string' ? flat(run) : run));
  const plain = data.getData('text/plain');
  return plain === '' ? [] : [flat(plain)];
}

function parseRuns(json: string, tags: readonly Tag[]): Runs | undefined {
  if (json === '') return undefined;
  let parsed: unknown;
  try { parsed = JSON.parse(json); } catch { return undefined; }
  if (!Array.isArray(parsed)) return undefined;
  const runs: Runs = [];
  for (const item of parsed as readonly unknown[]) {
    if (typeof item === 'string') runs.push(item);
    else if (typeof item === 'object' && item !== null && 'tag' in item && 'kind' in item && 'label' in item) {
      const { kind, label } = item;
      const known = tags.find(({ tag }) => tag === item.tag);
      if (known && known.label === label && (kind === 'open' || kind === 'close' || kind === 'empty')) runs.push({ tag: known.tag, kind });
    } else return undefined;
  }
  return runs;
}

/** The runs of a stretch of a source or target text on the page: its text, and its chips by their data attributes. */
export function runsOfFragment(fragment: Node): Runs {
  const runs: Runs = [];
  const visit = (node: Node): void => {
    if (node.nodeType === 3) { runs.push(node.nodeValue ?? ''); return; }
    const data = 'dataset' in node && node.dataset instanceof DOMStringMap ? node.dataset : undefined;
    const kind = data?.['kind'];
    if (data?.['tag'] !== undefined && (kind === 'open' || kind === 'close' || kind === 'empty')) { runs.push({ tag: Number(data['tag']), kind }); return; }
    for (const child of node.childNodes) visit(child);
  };
  visit(fragment);
  return runs;
}
