/** Edits that may lie inside each other: a text box inside a paragraph that is written anew. */

export interface RangeEdit {
  readonly start: number;
  readonly end: number;
  /** New text of the range; may ask for source ranges inside it, with the edits in those. */
  readonly text: string | (() => string);
}

/**
 * A function that gives a range of `source` with all edits applied that lie wholly inside it. Edits nest or are apart; an edit
 * that is asked for while it is being made is skipped.
 */
export function spliceRanges(source: string, edits: readonly RangeEdit[]): (start: number, end: number) => string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const busy = new Set<RangeEdit>();
  const firstFrom = (start: number): number => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.start ?? Infinity) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (start, end) => {
    const parts: string[] = [];
    let at = start;
    for (let i = firstFrom(start); i < sorted.length; i++) {
      const edit = sorted[i];
      if (!edit || edit.start > end || (edit.start === end && edit.end > end)) break;
      if (edit.start < at || edit.end > end || busy.has(edit)) continue;
      busy.add(edit);
      parts.push(source.slice(at, edit.start), typeof edit.text === 'string' ? edit.text : edit.text());
      busy.delete(edit);
      at = edit.end;
    }
    parts.push(source.slice(at, end));
    return parts.join('');
  };
}
