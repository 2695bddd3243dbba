/** Translated text as HTML's characters. */
import { unencodableCharacters } from '../../files/text-encoding.ts';

export interface HtmlWriting {
  /** iconv-lite name; characters that it lacks become numeric references. */
  readonly encoding: string;
  /** How the document writes a no-break space. */
  readonly noBreakSpace: string;
}

/** The manner of a document: no-break spaces are written as it writes them, for they can't be told from spaces otherwise. */
export function writingOf(page: string, encoding: string): HtmlWriting {
  const noBreakSpace = ['&nbsp;', '&#160;', '&#xa0;', '&#xA0;'].find((reference) => page.includes(reference)) ?? '\u00a0';
  return { encoding, noBreakSpace };
}

/** Text between tags. */
export function escapeText(text: string, { encoding, noBreakSpace }: HtmlWriting): string {
  // Typed braces must not become template code, which would run or hide what follows.
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\{(?=[{%])|(?<=\$)\{/g, '&#123;').replace(/\]\]>/g, ']]&gt;').replaceAll('\u00a0', noBreakSpace);
  return referenceLacking(escaped, encoding);
}

/** An attribute's value without its quotes. */
export function escapeAttribute(value: string, quote: '"' | "'", writing: HtmlWriting): string {
  return escapeText(value, writing).replaceAll(quote, quote === '"' ? '&quot;' : '&#39;');
}

function referenceLacking(text: string, encoding: string): string {
  const lacking = new Set(unencodableCharacters(text, encoding).filter((character) => !/^[\ud800-\udfff]$/.test(character)));
  return lacking.size === 0 ? text : Array.from(text, (character) => (lacking.has(character) ? `&#${character.codePointAt(0)};` : character)).join('');
}
