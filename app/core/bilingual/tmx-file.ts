/**
 * TMX 1.4b, level 2: one `tu` per translated segment. `x` is the tag's number in its unit, the same on both sides; `i` pairs
 * `bpt` with `ept` inside one `seg`, and a half whose partner lies in another segment is an `it`.
 */
import type { ReadonlyRuns, Runs, Tag, TagRun } from '../../contract/shapes/text.ts';
import { decodeXml } from '../formats/xliff/xml-file.ts';
import { escapeAttribute } from '../formats/xml/xml-events.ts';
import { child, descendants, elements, parseXml, textContent, type XmlElement } from '../formats/xml/xml-tree.ts';
import { normalizeRuns } from '../segments/runs.ts';
import type { BilingualFormat, WrittenSegment } from './bilingual-format.ts';
import { describeOrigin } from './describe-origin.ts';
import { readNumber, readState } from './read-numbers.ts';
import { characterOf, xmlText } from './xml-text.ts';

export const tmxFile: BilingualFormat = {
  kind: 'tmx', name: 'TMX 1.4b', extension: 'tmx', holds: 'translated',
  write(documents, { studio, created }) {
    const [name = studio, version = '0'] = studio.split(/\s+(?=\d[\w.+-]*$)/);
    const date = tmxDate(created);
    const srclang = new Set(documents.map(({ from }) => from)).size === 1 ? (documents[0]?.from ?? '*all*') : '*all*';
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>', '<!DOCTYPE tmx SYSTEM "tmx14.dtd">', '<tmx version="1.4">',
      `<header creationtool="${escapeAttribute(name)}" creationtoolversion="${escapeAttribute(version)}" segtype="sentence" o-tmf="bitext" adminlang="en" srclang="${escapeAttribute(srclang)}" datatype="unknown" creationdate="${date}"/>`,
      '<body>',
    ];
    for (const { file, from, to, units } of documents)
      for (const unit of units)
        for (const { id, source, target, state, origin } of unit.segments) {
          if (target === null) continue;
          lines.push(
            `<tu tuid="${id}" creationdate="${date}" srclang="${escapeAttribute(from)}">${unit.note ? `<note>${xmlText(unit.note, () => '\ufffd')}</note>` : ''}<prop type="x-file">${xmlText(file, () => '\ufffd')}</prop><prop type="x-state">${state}</prop>${origin === null ? '' : `<prop type="x-origin">${xmlText(describeOrigin(origin), () => '\ufffd')}</prop>`}`,
            `<tuv xml:lang="${escapeAttribute(from)}"><seg>${markup(source, unit.tags)}</seg></tuv>`,
            `<tuv xml:lang="${escapeAttribute(to)}"><seg>${markup(target, unit.tags)}</seg></tuv>`, '</tu>',
          );
        }
    return Buffer.from(`${lines.join('\n')}\n</body>\n</tmx>\n`);
  },
  read(bytes) {
    const { root } = parseXml(decodeXml(bytes, undefined).text, { name: 'The bilingual file' });
    const segments: WrittenSegment[] = [];
    for (const unit of descendants(root)) {
      if (unit.local !== 'tu') continue;
      const [source, target] = elements(unit, 'tuv').map((variant) => child(variant, 'seg'));
      const state = elements(unit, 'prop').find((prop) => prop.attributes['type'] === 'x-state');
      segments.push({ id: readNumber(unit.attributes['tuid'], 'a translation unit'), source: source ? readRuns(source) : [], target: target ? readRuns(target) : null, state: readState(state && textContent(state)) });
    }
    return segments;
  },
};

/** TMX dates are ISO 8601 in its basic form, in UTC: `20261122T123322Z`. */
const tmxDate = (iso: string): string => iso.replace(/\.\d+/, '').replace(/[-:]/g, '');

function markup(runs: ReadonlyRuns, tags: readonly Tag[]): string {
  const partners = pairUp(runs);
  return runs.map((run, at) => {
    if (typeof run === 'string') return xmlText(run, (hex) => `<ph type="x-char">U+${hex}</ph>`);
    const tag = tags[run.tag - 1];
    const content = xmlText((run.kind === 'close' ? (tag?.close ?? tag?.open) : tag?.open) ?? '', () => '\ufffd');
    const type = escapeAttribute(tag?.label ?? 'x');
    if (run.kind === 'empty') return `<ph x="${run.tag}" type="${type}">${content}</ph>`;
    const i = partners.get(at);
    if (i === undefined) return `<it pos="${run.kind === 'open' ? 'begin' : 'end'}" x="${run.tag}" type="${type}">${content}</it>`;
    return run.kind === 'open' ? `<bpt i="${i}" x="${run.tag}" type="${type}">${content}</bpt>` : `<ept i="${i}">${content}</ept>`;
  }).join('');
}

/** Number of the pair for each run (by index) that has its partner in the same text. */
function pairUp(runs: ReadonlyRuns): Map<number, number> {
  const numbers = new Map<number, number>();
  const open: { run: TagRun; at: number }[] = [];
  let count = 0;
  runs.forEach((run, at) => {
    if (typeof run === 'string' || run.kind === 'empty') return;
    if (run.kind === 'open') { open.push({ run, at }); return; }
    const index = open.findLastIndex((opening) => opening.run.tag === run.tag);
    const opening = open[index];
    if (!opening) return;
    open.splice(index, 1);
    numbers.set(opening.at, ++count);
    numbers.set(at, count);
  });
  return numbers;
}

function readRuns(seg: XmlElement): Runs {
  const runs: Runs = [];
  const pairs = new Map<string, number>();
  for (const node of seg.children) {
    if (node.kind === 'text' || node.kind === 'cdata') runs.push(node.text);
    else if (node.kind !== 'element') continue;
    else if (node.local === 'ph' && node.attributes['type'] === 'x-char' && node.attributes['x'] === undefined) runs.push(characterOf(textContent(node).replace(/^U\+/, '')));
    else if (node.local === 'ept') runs.push({ tag: pairs.get(node.attributes['i'] ?? '') ?? readNumber(undefined, 'an <ept> without its <bpt>'), kind: 'close' });
    else {
      const tag = readNumber(node.attributes['x'], `<${node.local}>`);
      if (node.local === 'bpt') pairs.set(node.attributes['i'] ?? '', tag);
      runs.push({ tag, kind: node.local === 'bpt' || (node.local === 'it' && node.attributes['pos'] === 'begin') ? 'open' : node.local === 'it' ? 'close' : 'empty' });
    }
  }
  return normalizeRuns(runs);
}
