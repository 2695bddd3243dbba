/** What to translate instead when a translation has a fault. */
import type { TranslationFlag } from './engine.ts';
import { fixedTokens } from './guard.ts';
import { clausesOf } from './split-long-text.ts';
import { hasWords, type TextPart } from './text-plan.ts';

/**
 * The parts of a text for a second try; null when there is nothing else to try. A lost address or placeholder is taken out
 * and stands as it is between the rest; every other fault calls for shorter parts, clause by clause; a single clause goes
 * without the signs around it and with a full stop, since models know whole sentences best.
 */
export function repairParts(text: string, faults: readonly TranslationFlag[]): TextPart[] | null {
  const pieces = faults.includes('url-changed') ? aroundFixedTokens(text) : clausesOf(text).map((piece) => ({ piece, fixed: false }));
  if (pieces.length < 2) return asSentence(text);
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

function asSentence(text: string): TextPart[] | null {
  const match = /^([^\p{L}\p{N}]*)([\p{L}\p{N}].*?)([^\p{L}\p{N}]*)$/su.exec(text);
  const [, before = '', body = '', after = ''] = match ?? [];
  if (!hasWords(body) || /[.!?…]/.test(after)) return null;
  const parts: TextPart[] = [
    { start: 0, text: before, translate: false },
    { start: before.length, text: body, translate: true, asSentence: true },
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
