import type { Edit } from '../../../app/contract/shapes/segment.ts';

const STRETCH_MS = 60_000;
const isTypedDraft = (edit: Edit): boolean => edit.origin.kind === 'typed' && edit.stateAfter === 'draft';

/** The edits of a segment, newest first; of typed drafts that follow one another within a minute only the last one. */
export function withoutSteps(edits: readonly Edit[]): Edit[] {
  const newest = [...edits].sort((a, b) => b.id - a.id);
  return newest.filter((edit, i) => {
    const later = newest[i - 1];
    return later === undefined || !isTypedDraft(edit) || !isTypedDraft(later) || Date.parse(later.at) - Date.parse(edit.at) > STRETCH_MS;
  });
}
