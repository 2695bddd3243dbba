/** A stretch of text, all of it marked or none. */
export interface MarkedPart { readonly text: string; readonly marked: boolean }

/** `text` cut at the places that are marked; `offset` is where it begins in the text that the places count in. Joined the parts are the text. */
export function markedParts(text: string, offset: number, places: readonly { readonly start: number; readonly end: number }[]): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const place of places) {
    const start = Math.max(at, place.start - offset), end = Math.min(text.length, place.end - offset);
    if (end <= start) continue;
    if (start > at) parts.push({ text: text.slice(at, start), marked: false });
    parts.push({ text: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), marked: false });
  return parts;
}
