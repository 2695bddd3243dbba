/** The `#,` flags of an entry: `fuzzy` set and removed, the others kept. */
import type { Splice } from '../splice.ts';
import type { PoEntry, PoFile } from './po-file.ts';

export const flagsOf = ({ comments }: PoEntry): string[] => comments.filter(({ kind }) => kind === 'flags').flatMap(({ text }) => text.split(',').map((flag) => flag.trim()).filter(Boolean));

/** Makes an entry fuzzy or not. One that is confirmed has no use for the message it was guessed from (`#|`). */
export function flagSplices({ text, layout }: PoFile, entry: PoEntry, fuzzy: boolean): Splice[] {
  const isFuzzy = flagsOf(entry).includes('fuzzy');
  if (fuzzy === isFuzzy) return [];
  const lines = entry.comments.filter(({ kind }) => kind === 'flags');
  if (fuzzy) {
    const [line] = lines;
    if (line) {
      const at = line.start + text.slice(line.start, line.end).indexOf('#,') + 2;
      return [{ start: at, end: at, text: ' fuzzy,' }];
    }
    const first = entry.comments.find(({ kind }) => kind === 'previous') ?? { start: (entry.context ?? entry.id).lineStart };
    return [{ start: first.start, end: first.start, text: `#, fuzzy${layout.eol}` }];
  }
  const splices: Splice[] = [];
  for (const line of lines) {
    const raw = text.slice(line.start, line.end);
    const kept = line.text.split(',').map((flag) => flag.trim()).filter((flag) => flag !== '' && flag !== 'fuzzy');
    if (kept.length === 0) splices.push({ start: line.start, end: line.end, text: '' });
    else splices.push({ start: line.start, end: line.end, text: raw.replace(/fuzzy\s*,[^\S\n\r]*|,\s*fuzzy\b/, '') });
  }
  for (const { kind, start, end } of entry.comments) if (kind === 'previous') splices.push({ start, end, text: '' });
  return splices;
}
