/** The header entry of a PO file: its fields as they stand, changed in place. */
import type { Splice } from '../splice.ts';
import type { PoEntry, PoFile } from './po-file.ts';
import { escapePo } from './po-strings.ts';

export const headerOf = ({ entries }: PoFile): PoEntry | undefined => entries.find(({ id, context }) => id.text === '' && context === undefined);

export const headerField = (header: string, name: string): string | undefined => new RegExp(`^${name}:[^\\S\\n]*([^\\n]*)$`, 'im').exec(header)?.[1]?.trim();

/** Sets fields of the header where they stand; those it lacks follow its last line. */
export function headerSplices({ text, layout }: PoFile, entry: PoEntry, fields: ReadonlyMap<string, string>): Splice[] {
  const [string] = entry.strings;
  if (!string) return [];
  const raw = text.slice(string.start, string.end);
  const splices: Splice[] = [];
  let added = '';
  for (const [name, value] of fields) {
    // From the name, which begins a string or follows a line break, to the break that ends the line or the end of the string.
    const found = new RegExp(`(?<="|\\\\n)(${name}:[^\\S\\n]*)((?:[^"\\\\]|\\\\[^n])*)`, 'i').exec(raw);
    if (found) {
      const start = string.start + found.index + (found[1]?.length ?? 0);
      const space = found[1]?.endsWith(':') ? ' ' : '';
      splices.push({ start, end: start + (found[2]?.length ?? 0), text: space + escapePo(value) });
    } else added += `${layout.eol}"${escapePo(`${name}: ${value}\n`)}"`;
  }
  if (added) splices.push({ start: string.end, end: string.end, text: added });
  return splices;
}
