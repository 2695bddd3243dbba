/**
 * Complex fields in a paragraph. A field whose result is the author's text (a hyperlink, a table of contents) becomes a wrapper
 * around that text; any other becomes one protected token, nested fields included. The result is a flat list of tokens.
 */
import type { Field } from './story-marks.ts';
import { fieldHoldsText, owned, type EmptyToken, type FieldToken, type Node, type Piece, type Token, type Wrapper, type WrapperNode } from './tokens.ts';

/** Fields that are open between two paragraphs of a story. */
export class OpenFields {
  /** Field -> whether its instruction is still being read. */
  readonly #open = new Map<Field, boolean>();
  #instructions = 0;

  /** Whether what comes next is part of an instruction, and so no text. */
  get inInstruction(): boolean { return this.#instructions > 0; }

  /** A mark of a field that spans paragraphs. */
  pass({ mark, field }: FieldToken): void {
    if (this.#open.get(field)) this.#instructions--;
    this.#open.delete(field);
    if (mark !== 'end') this.#open.set(field, mark === 'begin');
    if (mark === 'begin') this.#instructions++;
  }
}

/**
 * Tokens without field marks; adjacent texts of one look are merged. `open` is what earlier paragraphs left open, and is brought
 * up to date. A field that spans paragraphs leaves its marks as protected tokens; its result is text like any other.
 */
export function groupFields(nodes: readonly Node[], open: OpenFields): Token[] {
  return merge(flatten(group(untangle(nodes), open)));
}

/**
 * Puts all marks of a field on one level: an element that holds some marks of a field and not all is split, so that each mark
 * and each stretch between marks has its own copy (a tracked insertion that begins in the middle of a link, say).
 */
function untangle(nodes: readonly Node[]): Node[] {
  return join(nodes.flatMap((node): Node[] => {
    if (node.kind !== 'wrapper') return [node];
    const children = untangle(node.children);
    const marks = new Map<Field, number>();
    for (const child of children) if (child.kind === 'field') marks.set(child.field, (marks.get(child.field) ?? 0) + 1);
    if ([...marks].every(([field, count]) => count === field.marks)) return [{ ...node, children }];
    return split(node, children);
  }));
}

/** Puts neighbours of one identity together: links to the same place, insertions by one author. What is not shown does not part them. */
function join(nodes: readonly Node[]): Node[] {
  const out: Node[] = [];
  for (let i = 0; i < nodes.length;) {
    const first = nodes[i];
    if (!first) break;
    let end = i + 1;
    if (first.kind === 'wrapper' && first.identity !== null)
      for (let at = end; at < nodes.length; at++) {
        const node = nodes[at];
        if (node?.kind === 'empty' && node.quiet) continue;
        if (node?.kind !== 'wrapper' || node.identity !== first.identity) break;
        end = at + 1;
      }
    out.push(end > i + 1 ? joinWrappers(first, nodes.slice(i, end)) : first);
    i = end;
  }
  return out;
}

function joinWrappers(first: Node, nodes: readonly Node[]): Node {
  const last = nodes.at(-1);
  if (first.kind !== 'wrapper' || last?.kind !== 'wrapper') return first;
  const { open } = first.wrapper, { close } = last.wrapper;
  const joined: WrapperNode = { ...first, wrapper: { ...first.wrapper, close }, children: join(nodes.flatMap((node) => (node.kind === 'wrapper' ? node.children : [node]))) };
  // Those that are part of something larger (a smart tag, an element that was split) are written together with it or not at all.
  const whole = nodes.every((node) => node.kind !== 'wrapper' || [...node.wrapper.open, ...node.wrapper.close].every((piece) => piece.ownerStart === piece.start && piece.ownerEnd === piece.end));
  return whole ? joined : owned(joined, open[0]?.ownerStart ?? 0, close.at(-1)?.ownerEnd ?? 0);
}

function split({ wrapper: { open, close, ...rest }, identity }: WrapperNode, children: readonly Node[]): Node[] {
  const ownerStart = open[0]?.ownerStart ?? 0, ownerEnd = close.at(-1)?.ownerEnd ?? 0;
  const own = (pieces: readonly Piece[]): Piece[] => pieces.map((piece) => ({ ...piece, ownerStart, ownerEnd }));
  const parts: Node[] = [];
  let stretch: Node[] = [];
  const flush = (): void => {
    if (stretch.length > 0) parts.push({ kind: 'wrapper', wrapper: { ...rest, open: own(open), close: own(close) }, identity, children: stretch });
    stretch = [];
  };
  for (const child of children) {
    if (child.kind === 'field' || child.kind === 'instruction') {
      flush();
      parts.push({ ...child, pieces: [...own(open), ...own(child.pieces), ...own(close)] });
    } else stretch.push(owned(child, ownerStart, ownerEnd));
  }
  flush();
  return parts;
}

/** Fields of one level; those that are whole on it are resolved, the others change what is open. */
function group(nodes: readonly Node[], open: OpenFields): Node[] {
  const ends = new Map<Field, number>(), separators = new Map<Field, number>();
  nodes.forEach((node, i) => {
    if (node.kind === 'field' && node.mark !== 'begin') (node.mark === 'end' ? ends : separators).set(node.field, i);
  });
  const out: Node[] = [];
  let code: Piece[] = [];
  const flushCode = (): void => {
    if (code.length > 0) out.push(protectedToken(code));
    code = [];
  };
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (!node) break;
    const whole = node.kind === 'field' && node.mark === 'begin' ? ends.get(node.field) : undefined;
    if (node.kind === 'field' && (whole === undefined || node.mark !== 'begin')) {
      open.pass(node);
      code.push(...node.pieces);
      if (!open.inInstruction) flushCode();
    } else if (open.inInstruction || node.kind === 'instruction') {
      code.push(...piecesOf(node));
      if (!open.inInstruction) flushCode();
    } else if (node.kind === 'field' && whole !== undefined) {
      const separate = separators.get(node.field), end = nodes[whole];
      if (separate !== undefined && end && fieldHoldsText(node.field.instruction)) {
        const wrapper: Wrapper = { label: 'link', open: nodes.slice(i, separate + 1).flatMap(piecesOf), close: piecesOf(end), canDelete: false, canCopy: true };
        out.push({ kind: 'wrapper', wrapper, identity: null, children: group(nodes.slice(separate + 1, whole), new OpenFields()) });
      } else out.push(protectedToken(nodes.slice(i, whole + 1).flatMap(piecesOf)));
      i = whole;
    } else out.push(node.kind === 'wrapper' ? { ...node, children: group(node.children, new OpenFields()) } : node);
  }
  flushCode();
  return out;
}

const piecesOf = (node: Node): readonly Piece[] =>
  node.kind === 'wrapper' ? [...node.wrapper.open, ...node.children.flatMap(piecesOf), ...node.wrapper.close] : node.pieces;

const protectedToken = (pieces: readonly Piece[]): EmptyToken => ({ kind: 'empty', label: 'field', pieces, canDelete: false, canCopy: false, equivalent: '', quiet: false });

function flatten(nodes: readonly Node[]): Token[] {
  return nodes.flatMap((node): Token[] => {
    if (node.kind === 'wrapper') return flattenWrapper(node);
    return node.kind === 'field' || node.kind === 'instruction' ? [protectedToken(node.pieces)] : [node];
  });
}

/** A wrapper around no text at all is one token (a link on a picture, an inserted tab). */
function flattenWrapper({ wrapper, children }: WrapperNode): Token[] {
  const inside = flatten(children);
  if (inside.some(({ kind }) => kind === 'text' || kind === 'open' || kind === 'range')) return [{ kind: 'open', wrapper }, ...inside, { kind: 'close', wrapper }];
  const first = inside[0];
  const empties = inside.filter((token) => token.kind === 'empty');
  return [{
    kind: 'empty', label: first?.kind === 'empty' ? first.label : wrapper.label, pieces: [...wrapper.open, ...children.flatMap(piecesOf), ...wrapper.close],
    canDelete: wrapper.canDelete && empties.every(({ canDelete }) => canDelete), canCopy: false, equivalent: empties.map(({ equivalent }) => equivalent).join(''),
    quiet: false,
  }];
}

/** Adjacent texts that look the same are one; so are adjacent tabs, deletions and hidden texts. What is not shown does not part them. */
function merge(tokens: readonly Token[]): Token[] {
  const merged: Token[] = [];
  for (let i = 0; i < tokens.length;) {
    const first = tokens[i];
    if (!first) break;
    const group: Token[] = [first], passed: Token[] = [];
    let next = i + 1;
    for (let at = next; at < tokens.length; at++) {
      const token = tokens[at];
      if (token && isQuiet(token) && !isQuiet(first)) continue;
      if (!mergeable(first, token)) break;
      passed.push(...tokens.slice(next, at));
      if (token) group.push(token);
      next = at + 1;
    }
    merged.push(joined(first, group), ...passed);
    i = next;
  }
  return merged;
}

function joined(first: Token, group: readonly Token[]): Token {
  const pieces = group.flatMap((token) => (token.kind === 'text' || token.kind === 'empty' ? token.pieces : []));
  if (first.kind === 'text') return { ...first, text: group.map((token) => (token.kind === 'text' ? token.text : '')).join(''), pieces };
  return first.kind === 'empty' ? { ...first, pieces } : first;
}

const isQuiet = (token: Token): boolean => token.kind === 'empty' && token.quiet;
const MERGED = new Set(['tab', 'del', 'hidden', 'bookmark']);
const mergeable = (first: Token, next: Token | undefined): boolean =>
  (first.kind === 'text' && next?.kind === 'text' && first.key === next.key) || (first.kind === 'empty' && next?.kind === 'empty' && first.label === next.label && first.quiet === next.quiet && MERGED.has(first.label));
