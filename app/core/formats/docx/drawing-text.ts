/** Text in DrawingML: chart titles and labels, SmartArt (ISO 29500-1, 21.1.2 and 21.2). Runs are simpler than Word's: one text each. */
import { elements, textContent, type XmlElement } from '../xml/xml-tree.ts';
import type { Formatting } from './formatting.ts';
import { isAlternateContent, isDrawing, isMath } from './names.ts';
import { rangePiece, type EmptyToken, type Piece, type Run, type Token } from './tokens.ts';

/** Attributes of `a:rPr` that say nothing about its look. */
const WITHOUT_LOOK = new Set(['lang', 'altLang', 'dirty', 'err', 'smtClean', 'smtId', 'noProof', 'bmk', 'kumimoji', 'normalizeH']);

/** Tokens of an `a:p`, its properties aside. */
export function drawingTokens(paragraph: XmlElement, source: string): Token[] {
  const tokens: Token[] = [];
  for (const element of elements(paragraph)) {
    const whole = rangePiece(element.start, element.end);
    if (!isDrawing(element)) tokens.push(token(isMath(element) || isAlternateContent(element) ? 'math' : 'x', whole));
    else if (element.local === 'br') tokens.push({ ...token('br', whole), canDelete: true, canCopy: true, equivalent: '\n' });
    else if (element.local === 'fld') tokens.push(token('field', whole));
    else if (element.local === 'r') {
      const text = elements(element, 't')[0];
      if (!text) continue;
      const properties = elements(element, 'rPr')[0] ?? null;
      const run: Run = { element, properties, formatting: formattingOf(properties, source) };
      const key = [...run.formatting].map(([property, value]) => `${property}:${value}`).sort().join(';');
      const last = tokens.at(-1), piece: Piece = { start: text.start, end: text.end, run, ownerStart: element.start, ownerEnd: element.end };
      if (last?.kind === 'text' && last.key === key) tokens[tokens.length - 1] = { ...last, text: last.text + textContent(text), pieces: [...last.pieces, piece] };
      else if (!text.selfClosing) tokens.push({ kind: 'text', text: textContent(text), run, key, pieces: [piece] });
    } else if (element.local !== 'pPr' && element.local !== 'endParaRPr') tokens.push(token('x', whole));
  }
  return tokens;
}

const token = (label: string, piece: Piece): EmptyToken => ({ kind: 'empty', label, pieces: [piece], canDelete: false, canCopy: false, equivalent: '', quiet: false });

/** Under the names that `formatting.ts` uses, so that labels come out the same. */
function formattingOf(properties: XmlElement | null, source: string): Formatting {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(properties?.attributes ?? {})) {
    if (WITHOUT_LOOK.has(name) || name.startsWith('xmlns')) continue;
    if (name === 'b' || name === 'i') { if (value === '1' || value === 'true') result.set(name, 'on'); }
    else if (name === 'u') { if (value !== 'none') result.set('u', value); }
    else if (name === 'baseline') { if (value !== '0') result.set('vertAlign', value.startsWith('-') ? 'subscript' : 'superscript'); }
    else result.set(name, value);
  }
  for (const element of properties ? elements(properties) : []) result.set(element.local === 'solidFill' ? 'color' : /^(latin|ea|cs|sym)$/.test(element.local) ? `font:${element.local}` : element.local, source.slice(element.start, element.end));
  return result;
}

/** Elements `c:v` that hold a label of a chart, as cached from its workbook; numbers are left alone. */
export function* chartLabels(parent: XmlElement): Generator<XmlElement> {
  for (const element of elements(parent)) {
    if (element.local !== 'strCache') { yield* chartLabels(element); continue; }
    for (const point of elements(element, 'pt')) for (const value of elements(point, 'v')) if (/\p{L}/u.test(textContent(value))) yield value;
  }
}
