/** Segment states of XLIFF 1.2 (`state`, `state-qualifier`, `approved`) and of the tools that keep them elsewhere. */
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { XmlElement } from '../xml/xml-tree.ts';

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
  NotStarted: 'not-started', PreTranslated: 'draft', Pretranslated: 'draft', MachineTranslated: 'draft', PartiallyEdited: 'draft', AssembledFromFragments: 'draft',
  ManuallyConfirmed: 'translated', Proofread: 'reviewed', Reviewed: 'reviewed', Rejected: 'rejected',
};

/** `m:confirmed` of a Phrase (Memsource) unit. */
const PHRASE: Readonly<Record<string, SegmentState>> = { 0: 'draft', 1: 'translated' };

/** State of a text that stands in a target. */
export function state12(target: Readonly<Record<string, string>>, approved: string | undefined): SegmentState {
  if (target['state-qualifier']?.startsWith('rejected-')) return 'rejected';
  if (approved === 'yes') return 'reviewed';
  return STATES[target['state'] ?? ''] ?? 'draft';
}
export const sdlState = (confirmation: string | undefined): SegmentState | undefined => SDL[confirmation ?? ''];

/** State that a tool keeps on the trans-unit, in an attribute of its own: memoQ's `mq:status`, Phrase's `m:confirmed`. */
export function toolState({ attributes }: Pick<XmlElement, 'attributes'>): SegmentState | undefined {
  const status = MEMOQ[attributeByLocal({ attributes }, 'status') ?? ''];
  return status ?? PHRASE[attributeByLocal({ attributes }, 'confirmed') ?? ''];
}

/** That attribute saying another state, or nothing when there is none or it says so already. */
export function toolAttributes(element: Pick<XmlElement, 'attributes'>, state: SegmentState): Record<string, string> {
  if (toolState(element) === undefined || toolState(element) === state) return {};
  for (const name of Object.keys(element.attributes)) {
    if (name.endsWith(':status')) return { [name]: STATUS_MEMOQ[state] };
    if (name.endsWith(':confirmed')) return { [name]: state === 'translated' || state === 'reviewed' ? '1' : '0' };
  }
  return {};
}

/** Value of a foreign attribute by its local name, whatever its prefix. */
export function attributeByLocal({ attributes }: Pick<XmlElement, 'attributes'>, local: string): string | undefined {
  for (const [name, value] of Object.entries(attributes)) if (name.endsWith(`:${local}`)) return value;
  return undefined;
}

export const STATE_12: Readonly<Record<SegmentState, string>> = {
  'not-started': 'new', draft: 'needs-review-translation', translated: 'translated', reviewed: 'signed-off', rejected: 'needs-translation',
};
export const CONFIRMATION_SDL: Readonly<Record<SegmentState, string | null>> = {
  'not-started': null, draft: 'Draft', translated: 'Translated', reviewed: 'ApprovedTranslation', rejected: 'RejectedTranslation',
};
const STATUS_MEMOQ: Readonly<Record<SegmentState, string>> = {
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
