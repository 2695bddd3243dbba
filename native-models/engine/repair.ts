/** What to translate instead when a translation has a fault. */
import type { TranslationFlag } from './engine.ts';
import { fixedTokens } from './fixed-tokens.ts';
import { graveness, isUnbalanced } from './guard.ts';
import { clausesOf } from './split-long-text.ts';
import { hasWords, type TextPart } from './text-plan.ts';
import { countWords } from './throughput.ts';

const MOST_WORDS_OF_A_LABEL = 3;

/** What is wrong with a translation: its flags, and brackets that do not pair. */
export interface Faults {
  readonly flags: readonly TranslationFlag[];
  readonly unbalanced: boolean;
  /** Letters of the source that the model passed over. */
  readonly lostLetters: number;
}

/** Whether a second translation is better than a first: less grave faults, or as grave ones with less of the source lost. */
export function isBetter(second: Faults, first: Faults): boolean {
  const difference = gravenessOf(second) - gravenessOf(first);
  return difference < 0 || (difference === 0 && second.lostLetters < first.lostLetters);
}

export const gravenessOf = ({ flags, unbalanced }: Faults): number => graveness(flags) + (unbalanced ? 1 : 0);

/**
 * What to try, one after the other until nothing is wrong: each the parts of the text. A lost address or placeholder is
 * taken out and stands as it is between the rest; every other fault calls for shorter parts, clause by clause. Where text
 * is lost or a bracket made up, it also goes with a full stop that it lacks or without the one that it has, and as the last
 * way a few words with a small first letter: a tiny model that stopped too early then often goes on (docs/engine-coverage.md).
 */
export function repairs(text: string, { flags, unbalanced }: Faults): TextPart[][] {
  const pieces = flags.includes('url-changed') || flags.includes('identifier-changed') ? aroundFixedTokens(text) : clausesOf(text).map((piece) => ({ piece, fixed: false }));
  const inPieces = pieces.length < 2 ? null : fromPieces(pieces);
  const found = !flags.includes('text-lost') && !unbalanced ? [inPieces ?? asSentence(text)]
    : isPlainSentence(text) ? [inPieces, withOtherEnd(text), withSmallFirst(text)] : [withOtherEnd(text), inPieces, withSmallFirst(text)];
  return found.filter((parts) => parts !== null);
}

function fromPieces(pieces: readonly { piece: string; fixed: boolean }[]): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const push = (piece: string, translate: boolean): void => {
    if (piece !== '') parts.push({ start: at, text: piece, translate });
    at += piece.length;
  };
  for (const { piece, fixed } of pieces) {
    if (fixed || !hasWords(piece)) {
      push(piece, false);
      continue;
    }
    const body = piece.trim();
    push(piece.slice(0, piece.length - piece.trimStart().length), false);
    push(body, true);
    push(piece.slice(piece.trimEnd().length), false);
  }
  return parts;
}

/** A text that is no sentence as one, without the signs around it, which stand in the translation as they are. */
const asSentence = (text: string): TextPart[] | null => (/[.!?…]\P{L}*$/u.test(text) ? null : bodyAlone(text, { asSentence: true }));

/** A plain sentence without its full stop; any other text as a sentence, also one behind a sign (- Like this.). */
const withOtherEnd = (text: string): TextPart[] | null => bodyAlone(text, { asSentence: !isPlainSentence(text) });

const isPlainSentence = (text: string): boolean => /^[\p{L}\p{N}]/u.test(text) && /[.!?…]\P{L}*$/u.test(text);

/** A few words, signs and all, if the first has one capital only, at its start: not a sentence, which may begin with a name. */
function withSmallFirst(text: string): TextPart[] | null {
  return countWords(text) <= MOST_WORDS_OF_A_LABEL && /^\P{L}*\p{Lu}(?![\p{Lu}\p{N}])/u.test(text) ? [{ start: 0, text, translate: true, smallFirst: true }] : null;
}

function bodyAlone(text: string, how: Pick<TextPart, 'asSentence'>): TextPart[] | null {
  const match = /^([^\p{L}\p{N}]*)([\p{L}\p{N}].*?)([^\p{L}\p{N}]*)$/su.exec(text);
  const [, before = '', body = '', after = ''] = match ?? [];
  // A bracket inside that is closed by the last sign would stand open.
  if (!hasWords(body) || isUnbalanced('', body)) return null;
  const parts: TextPart[] = [
    { start: 0, text: before, translate: false },
    { start: before.length, text: body, translate: true, ...how },
    { start: before.length + body.length, text: after, translate: false },
  ];
  return parts.filter((part) => part.text !== '');
}

function aroundFixedTokens(text: string): { piece: string; fixed: boolean }[] {
  const pieces: { piece: string; fixed: boolean }[] = [];
  let at = 0;
  for (const token of fixedTokens(text).map((token) => ({ token, index: text.indexOf(token) })).sort((a, b) => a.index - b.index)) {
    const index = text.indexOf(token.token, at);
    if (index < 0) continue;
    pieces.push({ piece: text.slice(at, index), fixed: false }, { piece: token.token, fixed: true });
    at = index + token.token.length;
  }
  pieces.push({ piece: text.slice(at), fixed: false });
  return pieces.filter(({ piece }) => piece !== '');
}
