/** Words in the numbers of lists and headings: `Article %1.` (ISO 29500-1, 17.9.11). */
import type { ReadonlyRuns, Runs, Tag } from '../../../contract/shapes/text.ts';
import { attributeRange, escapeAttribute } from '../xml/xml-events.ts';
import { descendants, type XmlElement } from '../xml/xml-tree.ts';
import { attribute, attributeName, isWord } from './names.ts';

export interface LevelText {
  readonly source: Runs;
  readonly tags: readonly Tag[];
  /** Range of the attribute's value. */
  readonly start: number;
  readonly end: number;
  /** The value for a target whose tags have been checked. */
  readonly write: (target: ReadonlyRuns) => string;
}

/** Level texts with a word in them; bullets and bare numbers are none. The places of numbers (`%1`) are tags. */
export function* levelTexts(root: XmlElement, source: string): Generator<LevelText> {
  for (const element of descendants(root)) {
    if (!isWord(element, 'lvlText')) continue;
    const value = attribute(element, 'val') ?? '', name = attributeName(element, 'val');
    const range = name === undefined ? null : attributeRange(source, { start: element.start, end: element.openEnd }, name);
    if (!range || !/\p{L}{2}/u.test(value.replace(/%\d/g, ' '))) continue;
    const tags: Tag[] = [];
    const runs = value.split(/(%[1-9])/).filter((piece) => piece !== '').map((piece): Runs[number] => {
      if (!/^%[1-9]$/.test(piece)) return piece;
      tags.push({ tag: tags.length + 1, label: 'number', open: piece, canDelete: false, canCopy: false });
      return { tag: tags.length, kind: 'empty' };
    });
    const write = (target: ReadonlyRuns): string => escapeAttribute(target.map((run) => (typeof run === 'string' ? run : (tags[run.tag - 1]?.open ?? ''))).join(''));
    yield { source: runs, tags, start: range.start, end: range.end, write };
  }
}
