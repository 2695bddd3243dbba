/** Characters that can't be told apart by eye, with the sign that stands for them on demand and the name a tool tip gives. */
const SIGNS: Readonly<Record<string, { sign: string; name: string }>> = {
  '\t': { sign: '\u2192', name: 'tab' },
  '\n': { sign: '\u21b5', name: 'line break' },
  '\r': { sign: '\u240d', name: 'carriage return' },
  '\u00a0': { sign: '\u00b0', name: 'no-break space' },
  '\u202f': { sign: '\u00b0', name: 'narrow no-break space' },
  '\u2007': { sign: '\u00b0', name: 'figure space' },
  '\u00ad': { sign: '\u2010', name: 'soft hyphen' },
  '\u2011': { sign: '\u2011', name: 'no-break hyphen' },
  '\u200b': { sign: '\u00a6', name: 'zero-width space' },
  '\u200c': { sign: '\u00a6', name: 'zero-width non-joiner' },
  '\u200d': { sign: '\u00a6', name: 'zero-width joiner' },
  '\u200e': { sign: '\u25b8', name: 'left-to-right mark' },
  '\u200f': { sign: '\u25c2', name: 'right-to-left mark' },
  '\u2060': { sign: '\u00a6', name: 'word joiner' },
  '\u2066': { sign: '\u25b9', name: 'left-to-right isolate' },
  '\u2067': { sign: '\u25c3', name: 'right-to-left isolate' },
  '\u2068': { sign: '\u25c7', name: 'first strong isolate' },
  '\u2069': { sign: '\u25c6', name: 'pop directional isolate' },
  '\ufeff': { sign: '\u00a6', name: 'byte order mark' },
};
/** Everything but the plain space, which is shown as a dot. */
export const INVISIBLE = /[\t\n\r\u00a0\u202f\u2007\u00ad\u2011\u200b-\u200f\u2060\u2066-\u2069\ufeff]/gu;

export const signOf = (character: string): { readonly sign: string; readonly name: string } | undefined => SIGNS[character];

export interface Piece { readonly text: string; readonly sign?: string; readonly name?: string }

/** Cuts a text into plain stretches and single invisible characters; plain spaces stay in the stretches. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(INVISIBLE)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    const known = signOf(match[0]);
    pieces.push(known ? { text: match[0], sign: known.sign, name: known.name } : { text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}
