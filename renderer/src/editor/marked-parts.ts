/** A place in a text that is drawn in its own way; UTF-16 offsets, end exclusive. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** `unsure`: the model was not sure of the word. `term`, `open-term`: a term, and one whose translation is not there yet. `chosen`: a stretch that a term is to be made of. */
  readonly kind: 'unsure' | 'term' | 'open-term' | 'chosen';
  /** What a tool tip says. */
  readonly title: string;
}

/** A stretch of text that one mark is about, or none. */
export interface MarkedPart { readonly text: string; readonly mark: Mark | null }

/** `text` cut at the places that are marked, the first of those that overlap; `offset` is where it begins in the text that the places count in. Joined the parts are the text. */
export function markedParts(text: string, offset: number, marks: readonly Mark[]): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const mark of marks) {
    const start = Math.max(at, mark.start - offset), end = Math.min(text.length, mark.end - offset);
    if (end <= start) continue;
    if (start > at) parts.push({ text: text.slice(at, start), mark: null });
    parts.push({ text: text.slice(start, end), mark });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), mark: null });
  return parts;
}
