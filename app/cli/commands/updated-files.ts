/** Says which documents got a new version, and how much of each was kept. */
import type { Output } from '../../contract/contract.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../terminal/counted.ts';

export function tellUpdated(terminal: CommandContext['terminal'], updated: Output<'project.addFiles'>['updated']): void {
  for (const { path, kept, changed, removed } of updated) {
    terminal.event('updated', { path, kept, changed, removed });
    terminal.note(`updated: ${path}, ${kept.toLocaleString('en')} of ${counted(kept + changed, 'segment')} kept`);
  }
}
