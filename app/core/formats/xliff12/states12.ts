/** Segment states of XLIFF 1.2 (`state`, `state-qualifier`, `approved`) and of the tools that keep them elsewhere. */
import type { SegmentState } from '../../../contract/shapes.ts';

/**
 * XLIFF 1.2 section 2.5, `state`. What still needs review is a draft here: its translator has not vouched for it.
 */
const STATES: Readonly<Record<string, SegmentState>> = {
  'new': 'draft', 'needs-translation': 'draft', 'needs-l10n': 'draft', 'needs-adaptation': 'draft',
  'needs-review-translation': 'draft', 'needs-review-l10n': 'draft', 'needs-review-adaptation': 'draft',
  'translated': 'translated', 'signed-off': 'reviewed', 'final': 'reviewed',
};
/** `conf` of an SDL segment definition. */
const SDL: Readonly<Record<string, SegmentState>> = {
  Draft: 'draft', Translated: 'translated', RejectedTranslation: 'rejected', ApprovedTranslation: 'reviewed', RejectedSignOff: 'rejected', ApprovedSignOff: 'reviewed',
};
/** `mq:status` of a memoQ unit. */
const MEMOQ: Readonly<Record<string, SegmentState>> = {
  NotStarted: 'draft', PreTranslated: 'draft', Pretranslated: 'draft', MachineTranslated: 'draft', PartiallyEdited: 'draft', AssembledFromFragments: 'draft',
  ManuallyConfirmed: 'translated', Proofread: 'reviewed', Reviewed: 'reviewed', Rejected: 'rejected',
};

/** State of a text that stands in a target. */
export function state12(target: Readonly<Record<string, string>>, approved: string | undefined): SegmentState {
  if (target['state-qualifier']?.startsWith('rejected-')) return 'rejected';
  if (approved === 'yes') return 'reviewed';
  return STATES[target['state'] ?? ''] ?? 'draft';
}
export const sdlState = (confirmation: string | undefined): SegmentState | undefined => SDL[confirmation ?? ''];
export const memoqState = (status: string | undefined): SegmentState | undefined => MEMOQ[status ?? ''];

export const STATE_12: Readonly<Record<SegmentState, string>> = {
  'not-started': 'new', draft: 'needs-review-translation', translated: 'translated', reviewed: 'signed-off', rejected: 'needs-translation',
};
export const CONFIRMATION_SDL: Readonly<Record<SegmentState, string | null>> = {
  'not-started': null, draft: 'Draft', translated: 'Translated', reviewed: 'ApprovedTranslation', rejected: 'RejectedTranslation',
};
export const STATUS_MEMOQ: Readonly<Record<SegmentState, string>> = {
  'not-started': 'NotStarted', draft: 'PartiallyEdited', translated: 'ManuallyConfirmed', reviewed: 'Proofread', rejected: 'Rejected',
};

const ADVANCE: readonly SegmentState[] = ['not-started', 'rejected', 'draft', 'translated', 'reviewed'];
/** The state of a whole is that of its least advanced part. */
export function leastAdvanced(states: readonly SegmentState[]): SegmentState {
  return ADVANCE.find((state) => states.includes(state)) ?? 'not-started';
}

/** Attributes that make a target say `state`, as changes; none when it says so already. `changed`: its text is new, so what was said of the old text no longer holds. */
export function stateAttributes12(target: Readonly<Record<string, string>>, approved: string | undefined, state: SegmentState, changed: boolean): Record<string, string | null> {
  const attributes: Record<string, string | null> = {};
  const qualifier = target['state-qualifier'];
  if (qualifier !== undefined && (changed || state !== 'rejected')) attributes['state-qualifier'] = null;
  // `approved` alone makes a target reviewed: its `state` may stay what it is.
  if (state12({ ...target, 'state-qualifier': '' }, state === 'reviewed' ? approved : undefined) !== state) attributes['state'] = STATE_12[state];
  if (state === 'rejected') attributes['state-qualifier'] = 'rejected-inaccurate';
  return attributes;
}
