/** A text cut into chunks that a model can read: whole segments, and parts of one only where it is too long by itself. */

export interface Piece {
  /** Which segment it is, or is part of; counted from 0. */
  readonly segment: number;
  readonly text: string;
  readonly tokens: number;
}

export type Chunk = readonly Piece[];

export const chunkText = (chunk: Chunk): string => chunk.map(({ text }) => text).join(' ');

/** Segments with their tokens; one of more than `room` in parts that end between words, or within one that is too long. Empty ones are left out. */
export function pieces(segments: readonly string[], count: (text: string) => number, room: number): Piece[] {
  return segments.flatMap((segment, i) => {
    const text = segment.replace(/\s+/g, ' ').trim();
    if (text === '') return [];
    return partsOf(text, count, room).map((part): Piece => ({ segment: i, text: part, tokens: count(part) }));
  });
}

function partsOf(text: string, count: (text: string) => number, room: number): string[] {
  const parts: string[] = [];
  for (let rest = text; rest !== ''; ) {
    if (count(rest) <= room) return [...parts, rest];
    const end = longestStart(rest, count, room);
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return parts;
}

/** Where the longest start of a text ends that fits, at least one character; at a space where there is one in its second half. */
function longestStart(text: string, count: (text: string) => number, room: number): number {
  let low = 1, high = text.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (count(text.slice(0, middle)) <= room) low = middle;
    else high = middle - 1;
  }
  const space = text.lastIndexOf(' ', low);
  if (space > low / 2) return space;
  // Not between the halves of a surrogate pair.
  return low > 1 && /[\uD800-\uDBFF]/.test(text.charAt(low - 1)) ? low - 1 : low;
}

/**
 * Pieces in order in as few chunks as `room` allows, and of these as even as they can be: a last chunk of one sentence has
 * little to say.
 */
export function pack(all: readonly Piece[], room: number): Chunk[] {
  const fewest = packTightly(all, room).length;
  let low = Math.max(1, ...all.map(({ tokens }) => tokens)), high = room;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (packTightly(all, middle).length <= fewest) high = middle;
    else low = middle + 1;
  }
  return packTightly(all, Math.max(low, high));
}

function packTightly(all: readonly Piece[], room: number): Chunk[] {
  const chunks: Piece[][] = [];
  let tokens = 0;
  for (const piece of all) {
    const last = chunks.at(-1);
    if (last === undefined || tokens + piece.tokens > room) {
      chunks.push([piece]);
      tokens = piece.tokens;
    } else {
      last.push(piece);
      tokens += piece.tokens;
    }
  }
  return chunks;
}
