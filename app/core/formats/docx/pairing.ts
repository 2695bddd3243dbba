/** Pairs in the tokens of a text: elements with both their ends, and ranges (bookmarks, comments) where they nest with those. */
import type { EmptyToken, RangeToken, TextToken, Token, Wrapper } from './tokens.ts';

type Paired = Exclude<Token, RangeToken>;

/** Indices of both ends of each range that nests with all else. */
function nestedRanges(tokens: readonly Token[]): Map<number, number> {
  interface Open { readonly key: string | null; readonly at: number; closed: boolean }
  const partner = new Map<number, number>();
  const stack: Open[] = [], ranges = new Map<string, Open>();
  const dropClosed = (): void => { while (stack.at(-1)?.closed) stack.pop(); };
  tokens.forEach((token, i) => {
    if (token.kind === 'open' || (token.kind === 'range' && token.end === 'start')) {
      const entry: Open = { key: token.kind === 'range' ? token.key : null, at: i, closed: false };
      stack.push(entry);
      if (entry.key !== null) ranges.set(entry.key, entry);
    } else if (token.kind === 'close') {
      // Ranges that began inside the element do not nest with it.
      for (let top = stack.pop(); top && top.key !== null; top = stack.pop()) ranges.delete(top.key);
      dropClosed();
    } else if (token.kind === 'range') {
      const entry = ranges.get(token.key);
      if (!entry) return;
      ranges.delete(token.key);
      if (stack.at(-1) === entry) { partner.set(entry.at, i); partner.set(i, entry.at); }
      entry.closed = true;
      dropClosed();
    }
  });
  return partner;
}

/** Ranges that nest with all else become wrappers; the ends of the others are tokens of their own. Quiet tokens must have been taken out. */
export function pairRanges(tokens: readonly Token[]): Paired[] {
  const partner = nestedRanges(tokens);
  const wrappers = new Map<number, Wrapper>();
  const paired: Paired[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) break;
    if (token.kind !== 'range') { paired.push(token); continue; }
    const other = partner.get(i), end = other === undefined ? undefined : tokens[other];
    if (other === undefined || end?.kind !== 'range') paired.push({ kind: 'empty', label: token.label, pieces: token.pieces, canDelete: false, canCopy: false, equivalent: '', quiet: false });
    else if (other > i) {
      // The mark of a comment stands right after the end of its range: one tag for both.
      const mark = tokens[other + 1];
      const close = token.label === 'comment' && mark?.kind === 'empty' && mark.label === 'comment' ? [...end.pieces, ...mark.pieces] : end.pieces;
      const wrapper: Wrapper = { label: token.label, open: token.pieces, close, canDelete: false, canCopy: false };
      wrappers.set(other, wrapper);
      paired.push({ kind: 'open', wrapper });
    } else {
      const wrapper = wrappers.get(i);
      if (!wrapper) continue;
      paired.push({ kind: 'close', wrapper });
      if (wrapper.close.length > token.pieces.length) i++;
    }
  }
  return paired;
}

/** Content of a text: a wrapper holds some of it. */
export type Item = TextToken | EmptyToken | { readonly kind: 'wrapper'; readonly wrapper: Wrapper; readonly items: Item[] };

/** Pairs as a tree. Wrappers without text are one token. */
export function nest(tokens: readonly Paired[]): Item[] {
  const levels: { wrapper: Wrapper | null; items: Item[] }[] = [{ wrapper: null, items: [] }];
  for (const token of tokens) {
    const top = levels.at(-1);
    if (!top) break;
    if (token.kind === 'open') levels.push({ wrapper: token.wrapper, items: [] });
    else if (token.kind !== 'close') top.items.push(token);
    else {
      levels.pop();
      const outer = levels.at(-1);
      if (!outer || !top.wrapper) continue;
      if (holdsText(top.items)) outer.items.push({ kind: 'wrapper', wrapper: top.wrapper, items: top.items });
      else outer.items.push(collapsed(top.wrapper, top.items));
    }
  }
  return levels[0]?.items ?? [];
}

const holdsText = (items: readonly Item[]): boolean => items.some((item) => item.kind === 'text' || item.kind === 'wrapper');

function collapsed(wrapper: Wrapper, items: readonly Item[]): EmptyToken {
  const empties = items.filter((item) => item.kind === 'empty');
  return {
    kind: 'empty', label: empties[0]?.label ?? wrapper.label, pieces: [...wrapper.open, ...empties.flatMap(({ pieces }) => pieces), ...wrapper.close],
    canDelete: wrapper.canDelete && empties.every(({ canDelete }) => canDelete), canCopy: false, equivalent: empties.map(({ equivalent }) => equivalent).join(''), quiet: false,
  };
}
