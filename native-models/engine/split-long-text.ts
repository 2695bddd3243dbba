/**
 * Cuts texts for a model that translates one sentence at a time: into sentences, and a sentence that is longer than the
 * model takes well at clause boundaries, else at white space, else between characters. Punctuation decides, so that it
 * works alike in every language.
 */

/** From the best place to cut to the worst: each finds the pieces of a text, which joined give the text. */
const CUTS: readonly ((text: string) => string[])[] = [
  (text) => sentencesOf(text),
  cutAfter(/[;:；：]["'”’»)\]]*\s+|[؛。！？]\s*|\s[—–-]\s|—/gu),
  cutAfter(/[,،、，]["'”’»)\]]*(?:\s+|(?<=[、，])\s*)/gu),
  cutAfter(/\s+/gu),
  (text) => Array.from(characters.segment(text), ({ segment }) => segment),
];
const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * The pieces of `text` in order; joined they are the text, each `fits`, and neighbours that fit together stay together.
 * White space stays at the end of a piece. A single character that does not fit is a piece of its own.
 */
export function splitLongText(text: string, fits: (text: string) => boolean): string[] {
  return fits(text) ? [text] : split(text, fits, 0);
}

/**
 * The sentences of a text by UAX 29, less the boundaries that look like an abbreviation's full stop, before a small letter
 * or after less than two words, and those inside an address, where no white space follows. Joined they are the text.
 */
export function sentencesOf(text: string): string[] {
  if (!MAY_END_INSIDE.test(text)) return text === '' ? [] : [text];
  const found: string[] = [];
  let start = 0;
  for (const { segment, index } of sentences.segment(text)) {
    if (index > start && endsSentence(text.slice(start, index)) && !/^["'“‘«(\[]*\p{Ll}/u.test(segment)) {
      found.push(text.slice(start, index));
      start = index;
    }
  }
  found.push(text.slice(start));
  return found;
}

/** Quick, and true for every text with a sentence end before its last. */
const MAY_END_INSIDE = /[.!?…]["'”’»)\]]*\s+\S|[。！？｡]./su;
/** One letter, letters with full stops (p.m.), a short word with a capital (Mr., Fig.), or one of a few others. */
const ABBREVIATION = /(?<!\p{L})(?:\p{L}|(?:\p{L}\.)+\p{L}|\p{Lu}\p{Ll}{1,2}|vs|etc|al|pp|cf|ca|no|nr|nº|vol|art|fig|ed|eds|pág|sr|sra|dr|dra)\.["'”’»)\]]*\s*$/u;

/** So much of the end of a text says whether a sentence ends there: to read a long one from its start at every full stop would take minutes. */
const TAIL = 200;

function endsSentence(text: string): boolean {
  const body = text.trimEnd();
  const tail = body.slice(-TAIL) + (body.length < text.length ? ' ' : '');
  if (/[。！？｡]["'”’»」』)\]]*\s?$/u.test(tail) || /[!?…]["'”’»)\]]*\s$/u.test(tail)) return true;
  return /\.["'”’»)\]]*\s$/u.test(tail) && !ABBREVIATION.test(tail) && /\p{L}\S*\s+\S/u.test(tail);
}

/** The clauses of a text, whatever their length: what is between sentence ends, semicolons, colons, dashes and commas. */
export function clausesOf(text: string): string[] {
  let pieces = [text];
  for (const cut of CUTS.slice(0, 3)) pieces = pieces.flatMap((piece) => cut(piece));
  return pieces.filter((piece) => piece !== '');
}

function split(text: string, fits: (text: string) => boolean, level: number): string[] {
  const cut = CUTS[level];
  if (cut === undefined) return [text];
  const pieces = cut(text).filter((piece) => piece !== '');
  if (pieces.length < 2) return split(text, fits, level + 1);
  return joinFitting(text, pieces, fits).flatMap((piece) => (fits(piece) ? [piece] : split(piece, fits, level + 1)));
}

/** Joins neighbours as long as they fit, in parts of about equal length rather than full ones and a short rest. */
function joinFitting(text: string, pieces: readonly string[], fits: (text: string) => boolean): string[] {
  const joined = joinUpTo(text, pieces, fits);
  if (joined.length < 2) return joined;
  const most = (1.15 * text.length) / joined.length;
  const even = joinUpTo(text, pieces, (part) => part.length <= most && fits(part));
  return even.length === joined.length ? even : joined;
}

/** Takes as many pieces at a time as fit, one at least; doubling and halving the number, since `fits` reads the whole part. */
function joinUpTo(text: string, pieces: readonly string[], fits: (text: string) => boolean): string[] {
  const ends = [0];
  for (const piece of pieces) ends.push((ends.at(-1) ?? 0) + piece.length);
  const joined: string[] = [];
  for (let from = 0; from < pieces.length;) {
    const part = (to: number): string => text.slice(ends[from], ends[to]);
    let good = from + 1;
    let bad = pieces.length + 1;
    for (let step = 1; good + step < bad && bad > pieces.length; step *= 2) {
      if (fits(part(good + step))) good += step;
      else bad = good + step;
    }
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (fits(part(middle))) good = middle;
      else bad = middle;
    }
    joined.push(part(good));
    from = good;
  }
  return joined;
}

function cutAfter(boundary: RegExp): (text: string) => string[] {
  return (text) => {
    const pieces: string[] = [];
    let start = 0;
    for (const match of text.matchAll(boundary)) {
      const end = match.index + match[0].length;
      pieces.push(text.slice(start, end));
      start = end;
    }
    pieces.push(text.slice(start));
    return pieces;
  };
}
