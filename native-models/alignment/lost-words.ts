/**
 * Finds what a translation leaves out by the attention of its model: words of the source that no word of the translation
 * looked at. The thresholds were set on 7,000 sentences, so that nearly all that is found is really lost; single words of
 * the language are not looked for, since a good translation often does without one (docs/engine-coverage.md).
 */
import { type AlignedText, tokenRanges } from './word-links.ts';
import { isSign, type Units, unitsOf } from './words.ts';

/** Attention that a word got from all words of the translation; one that was translated gets about 1. */
const HARDLY_ANY = 0.15;
/** As much may fall on a short word between lost ones, or on one of a lost clause. */
const LITTLE = 0.3;
/** The mean of a clause's words. */
const HARDLY_ANY_OF_CLAUSE = 0.2;
const NEXT_TO_NONE = 0.1;
const NONE = 0.03;
/** Attention of the end of the translation: it looks at the word that would have come next. */
const STOPPED_HERE = 0.5;
/** Letters of a stretch of words, of a clause between signs, of a word that is a name. */
const LETTERS_OF_STRETCH = 14;
const LETTERS_OF_CLAUSE = 8;
const LETTERS_OF_NAME = 5;
/** From so many letters on a word is taken to carry meaning in any language; numbers always are. */
const LETTERS_OF_CONTENT = 4;

const CLAUSE_SIGN = /^[,;:()[\]—–.!?，、；：（）。！？،؛؟।]$/u;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

export interface LostStretch {
  /** UTF-16 offsets in the source, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Letters and digits, one of a script without spaces counting as two and a half. */
  readonly letters: number;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly sign: boolean;
  readonly letters: number;
  readonly content: boolean;
  /** Attention of all words of the translation together, of its end. */
  readonly mass: number;
  readonly atEnd: number;
}

/**
 * What is lost, in order and apart from each other. `attention[t * columns + s]` says how much target token t looks at
 * source token s; a row beyond the tokens of the target is that of its end, a column beyond those of the source is the
 * end of the source.
 */
export function lostStretches(source: AlignedText, target: AlignedText, attention: Float32Array, columns: number): LostStretch[] {
  const masses = attentionOfWords(target, attention, columns);
  // Most translations end here: a word that got little has a token that did.
  if (!hasBareToken(source, masses)) return [];
  const words = wordsWithAttention(source, target.offsets.length / 2, masses, attention, columns);
  const lost = new Uint8Array(words.length);
  for (const [first, end] of [...bareStretches(words), ...bareClauses(words), ...bareNames(words, target.text)]) lost.fill(1, first, end);
  return rangesOf(lost).map(([first, end]) => ({ start: words[first]?.start ?? 0, end: words[end - 1]?.end ?? 0, letters: lettersOf(words.slice(first, end)) }));
}

/** Whether a token got hardly any attention, and one with a letter or digit so little that a word of it may have: signs alone are never lost. */
function hasBareToken({ text, offsets }: AlignedText, masses: Float32Array): boolean {
  let bare = false;
  let inWord = false;
  for (let token = 0; token < Math.min(masses.length, offsets.length / 2); token++) {
    const start = offsets[2 * token] ?? 0;
    const end = offsets[2 * token + 1] ?? 0;
    const mass = masses[token] ?? 0;
    if (mass < HARDLY_ANY_OF_CLAUSE) bare = true;
    const inOneWord = isInOneWord(text, start, end);
    // Several words may share a token of another kind, such as those of one character each.
    if (mass < HARDLY_ANY_OF_CLAUSE * (inOneWord ? 1 : end - start) && (inOneWord || !isSign(text.slice(start, end)))) inWord = true;
    if (bare && inWord) return true;
  }
  return false;
}

/** Whether a stretch of text is Latin or Cyrillic letters, perhaps with a space before them: a word or a part of one. */
function isInOneWord(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start) === 0x20 ? start + 1 : start;
  for (let at = first; at < end; at++) {
    const code = text.charCodeAt(at);
    const small = code | 0x20;
    const isLetter = (small >= 0x61 && small <= 0x7a) || (code >= 0xc0 && code < 0x250 && code !== 0xd7 && code !== 0xf7) || (code >= 0x400 && code < 0x482);
    if (!isLetter) return false;
  }
  return end > first;
}

/** Attention on each source token of all target tokens with a letter, digit or symbol: a comma looks at what it stands by. */
function attentionOfWords({ text, offsets }: AlignedText, attention: Float32Array, columns: number): Float32Array {
  const masses = new Float32Array(columns);
  for (let row = 0; row < Math.min(offsets.length / 2, attention.length / columns); row++) {
    const start = offsets[2 * row] ?? 0;
    const end = offsets[2 * row + 1] ?? 0;
    if (!isInOneWord(text, start, end) && !/[^\p{P}\s]/u.test(text.slice(start, end))) continue;
    for (let column = 0; column < columns; column++) masses[column] = (masses[column] ?? 0) + (attention[row * columns + column] ?? 0);
  }
  return masses;
}

function wordsWithAttention(source: AlignedText, endRow: number, masses: Float32Array, attention: Float32Array, columns: number): Word[] {
  const units = unitsOf(source.text);
  const ranges = tokenRanges(source, units);
  const mass = new Float32Array(units.count);
  const atEnd = new Float32Array(units.count);
  for (let column = 0; column < Math.min(columns, ranges.length / 2); column++) {
    const first = ranges[2 * column] ?? 0;
    const end = ranges[2 * column + 1] ?? 0;
    for (let unit = first; unit < end; unit++) {
      mass[unit] = (mass[unit] ?? 0) + (masses[column] ?? 0) / (end - first);
      atEnd[unit] = (atEnd[unit] ?? 0) + (attention[endRow * columns + column] ?? 0) / (end - first);
    }
  }
  return Array.from(mass, (each, i) => wordAt(source.text, units, i, each, atEnd[i] ?? 0));
}

function wordAt(whole: string, units: Units, i: number, mass: number, atEnd: number): Word {
  const start = units.starts[i] ?? 0;
  const end = units.ends[i] ?? 0;
  const text = whole.slice(start, end);
  const letters = (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) * (DENSE.test(text) ? 2.5 : 1);
  return { text, start, end, sign: isSign(text), letters, content: letters >= LETTERS_OF_CONTENT || /^\p{N}/u.test(text) || DENSE.test(text), mass, atEnd };
}

type WordRange = readonly [first: number, end: number];

const lettersOf = (words: readonly Word[]): number => words.reduce((sum, { letters }) => sum + letters, 0);

/** Several words in a row, whatever signs stand between them; less at the end of the text, one where the translation stopped at it. */
function bareStretches(words: readonly Word[]): WordRange[] {
  const bare = Uint8Array.from(words, ({ sign, content, mass }) => (sign || mass < (content ? HARDLY_ANY : LITTLE) ? 1 : 0));
  return rangesOf(bare).flatMap(([from, to]): WordRange[] => {
    let [first, end] = [from, to];
    while (first < end && words[first]?.sign === true) first++;
    while (end > first && words[end - 1]?.sign === true) end--;
    const stretch = words.slice(first, end);
    const content = stretch.filter((word) => word.content).length;
    if (content >= 2 && lettersOf(stretch) >= LETTERS_OF_STRETCH) return [[first, end]];
    if (to < words.length) return [];
    while (first < end && (words[first]?.mass ?? 0) >= NEXT_TO_NONE) first++;
    const tail = words.slice(first, end);
    const contentOfTail = tail.filter((word) => word.content).length;
    if (contentOfTail === 0 || !tail.every(({ mass, sign }) => sign || mass < NEXT_TO_NONE)) return [];
    return contentOfTail >= 2 || tail.reduce((sum, { atEnd }) => sum + atEnd, 0) >= STOPPED_HERE ? [[first, end]] : [];
  });
}

/** All words of a longer clause between two signs, and of a short one in brackets or at the end: "(see below)". */
function bareClauses(words: readonly Word[]): WordRange[] {
  const inside = Uint8Array.from(words, ({ text }) => (CLAUSE_SIGN.test(text) ? 0 : 1));
  return rangesOf(inside).filter(([first, end]) => {
    const clause = words.slice(first, end).filter(({ sign }) => !sign);
    // Between commas there are also phrases that another language says in a word elsewhere: ", em grande parte,".
    const apart = /[([（]/.test(words[first - 1]?.text ?? '') || words.slice(end).every(({ sign }) => sign);
    if (clause.length < 2 || lettersOf(clause) < (apart ? LETTERS_OF_CLAUSE : LETTERS_OF_STRETCH) || !clause.some(({ content }) => content) || clause.some(({ mass }) => mass >= LITTLE)) return false;
    return clause.reduce((sum, { mass }) => sum + mass, 0) < HARDLY_ANY_OF_CLAUSE * clause.length;
  });
}

/** Words with a capital inside a sentence. */
function bareNames(words: readonly Word[], target: string): WordRange[] {
  return words.flatMap(({ text, letters, mass }, i): WordRange[] => {
    if (i === 0 || mass >= NONE || letters < LETTERS_OF_NAME || !/^\p{Lu}[\p{Ll}\p{M}]+$/u.test(text)) return [];
    return /[.!?:"“‘«(]$/u.test(words[i - 1]?.text ?? '') || target.includes(text) ? [] : [[i, i + 1]];
  });
}

/** Where a row of ones begins and ends. */
function rangesOf(marks: Uint8Array): WordRange[] {
  const ranges: [number, number][] = [];
  marks.forEach((mark, i) => {
    const last = ranges.at(-1);
    if (mark === 0) return;
    if (last?.[1] === i) last[1] = i + 1;
    else ranges.push([i, i + 1]);
  });
  return ranges;
}
