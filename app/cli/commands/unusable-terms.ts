import type { FileFailure } from '../../contract/shapes/project.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Tells of lines of termbases that are no terms. They fail nothing: the other lines bind. */
export function tellUnusableTerms(terminal: Terminal, failures: readonly FileFailure[]): void {
  for (const { path, message } of failures) terminal.warn(`${path}: ${message}`);
}
