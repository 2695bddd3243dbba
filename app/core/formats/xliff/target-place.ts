/** Where a new target goes in an XLIFF document, and how its language is declared. */
import type { Splice } from '../splice.ts';
import { attributeRange, escapeAttribute } from '../xml/xml-events.ts';
import type { XmlElement } from '../xml/xml-tree.ts';

/** The line break and indentation before an offset; empty when something else stands there on the line. */
export function whiteSpaceBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && /[ \t]/.test(text.charAt(start - 1))) start--;
  if (text.charAt(start - 1) !== '\n') return '';
  return text.slice(start - (text.charAt(start - 2) === '\r' ? 2 : 1), offset);
}

/** Same language, in case or with more said: `pt-br` and `pt-BR` for `pt-BR`, `pt-PT` for `pt`. */
export const declaresLanguage = (declared: string, wanted: string): boolean => {
  const have = declared.toLowerCase().replaceAll('_', '-'), want = wanted.toLowerCase();
  return have === want || have.startsWith(`${want}-`);
};

/** Sets the target language of an element; a new attribute follows the one that declares the source language. */
export function languageSplices(text: string, element: XmlElement, attribute: string, sourceAttribute: string, language: string): Splice[] {
  const declared = element.attributes[attribute];
  if (declared !== undefined && declaresLanguage(declared, language)) return [];
  const tag = { start: element.start, end: element.openEnd };
  const range = attributeRange(text, tag, attribute);
  if (range) return [{ ...range, text: escapeAttribute(language) }];
  const before = attributeRange(text, tag, sourceAttribute);
  const at = before ? before.end + 1 : element.openEnd - (element.selfClosing ? 2 : 1);
  return [{ start: at, end: at, text: ` ${attribute}="${escapeAttribute(language)}"` }];
}
