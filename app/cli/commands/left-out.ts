/** What lies in a folder beside its documents: pictures, style sheets, programs. It is left out, and nothing has failed. */
import { extname } from 'node:path';
import type { FileFailure } from '../../contract/shapes/project.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * Tells what could not be taken in, and returns it: files of kinds that the studio does not read count only where the user
 * named them; those that were found in a folder are told in one line, by their endings.
 */
export function tellFailures(terminal: Terminal, failures: readonly FileFailure[], inputs: readonly string[]): FileFailure[] {
  const named = new Set(inputs);
  const leftOut = failures.filter(({ code, path }) => code === 'FORMAT_UNKNOWN' && !named.has(path));
  const failed = failures.filter((failure) => !leftOut.includes(failure));
  for (const failure of failed) terminal.failure(failure);
  if (failed.some(({ code }) => code === 'CONFLICT')) terminal.note('        "bitext project update" takes new versions in.');
  if (leftOut.length > 0) {
    const kinds = new Map<string, number>();
    for (const { path } of leftOut) { const kind = extname(path).toLowerCase() || 'without an ending'; kinds.set(kind, (kinds.get(kind) ?? 0) + 1); }
    const list = [...kinds].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`).join(', ');
    terminal.note(`Left out, not documents that are read here (bitext formats): ${list}`);
    terminal.event('left-out', { paths: leftOut.map(({ path }) => path) });
  }
  return failed;
}
