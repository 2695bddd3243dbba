/** What has to be known of a whole part before its paragraphs can be read: complex fields, which may span paragraphs, and Word's own bookmarks. */
import { elements, textContent, type XmlElement } from '../xml/xml-tree.ts';
import { attribute, isWord } from './names.ts';

export type FieldMark = 'begin' | 'separate' | 'end';
/** A complex field (17.16.18) that has both its ends. */
export interface Field {
  /** Of this field alone, without fields nested in it. */
  instruction: string;
  /** 2 (begin, end) or 3 (begin, separate, end). */
  marks: number;
}

export interface StoryMarks {
  /** Of `w:fldChar` elements; those of fields that never end, or end without a beginning, are absent. */
  readonly fields: ReadonlyMap<XmlElement, { readonly field: Field; readonly mark: FieldMark }>;
  /** `w:instrText` elements that are part of one of those fields' instructions. */
  readonly instructions: ReadonlySet<XmlElement>;
  /** Ids of `_GoBack` bookmarks: where the cursor stood. */
  readonly cursorBookmarks: ReadonlySet<string>;
}

/** Word itself stops at 20. Deeper ones are protected tokens of their own. */
const MAX_NESTING = 100;

interface OpenField { readonly field: Field; readonly marks: { element: XmlElement; mark: FieldMark }[]; readonly instructions: XmlElement[]; inInstruction: boolean }

/** Scans a part's tree. Fields of a text box are its own; deleted text has none. */
export function findStoryMarks(root: XmlElement): StoryMarks {
  const fields = new Map<XmlElement, { field: Field; mark: FieldMark }>();
  const cursorBookmarks = new Set<string>(), instructions = new Set<XmlElement>();
  const scan = (parent: XmlElement, open: OpenField[]): void => {
    for (const element of elements(parent)) {
      if (!isWord(element)) scan(element, open);
      else if (element.local === 'fldChar') mark(element, open, fields, instructions);
      else if (element.local === 'instrText') {
        const innermost = open.at(-1);
        if (!innermost?.inInstruction) continue;
        innermost.field.instruction += textContent(element);
        innermost.instructions.push(element);
      } else if (element.local === 'bookmarkStart' && attribute(element, 'name') === '_GoBack') cursorBookmarks.add(attribute(element, 'id') ?? '');
      else if (element.local === 'del' || element.local === 'moveFrom' || element.local === 't') continue;
      else scan(element, STORIES.has(element.local) ? [] : open);
    }
  };
  scan(root, []);
  return { fields, instructions, cursorBookmarks };
}

/** Elements whose content is a story of its own. */
const STORIES = new Set(['txbxContent', 'footnote', 'endnote', 'comment', 'docPart']);

function mark(element: XmlElement, open: OpenField[], fields: Map<XmlElement, { field: Field; mark: FieldMark }>, instructions: Set<XmlElement>): void {
  const type = attribute(element, 'fldCharType');
  const innermost = open.at(-1);
  if (type === 'begin' && open.length >= MAX_NESTING) open.push({ field: { instruction: '', marks: 0 }, marks: [], instructions: [], inInstruction: false });
  else if (type === 'begin') open.push({ field: { instruction: '', marks: 2 }, marks: [{ element, mark: 'begin' }], instructions: [], inInstruction: true });
  else if (type === 'separate' && innermost?.inInstruction) {
    innermost.inInstruction = false;
    innermost.field.marks = 3;
    innermost.marks.push({ element, mark: 'separate' });
  } else if (type === 'end' && innermost) {
    open.pop();
    if (innermost.field.marks === 0) return;
    for (const instruction of innermost.instructions) instructions.add(instruction);
    for (const { element: at, mark: kind } of [...innermost.marks, { element, mark: 'end' as const }]) fields.set(at, { field: innermost.field, mark: kind });
  }
}
