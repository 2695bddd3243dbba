/** Segment states of XLIFF 2 (core, `state` and `subState`). */
import type { SegmentState } from '../../../contract/shapes/segment.ts';

const STATES: Readonly<Record<string, SegmentState>> = { initial: 'draft', translated: 'translated', reviewed: 'reviewed', final: 'reviewed' };
const STATE_2: Readonly<Record<SegmentState, string>> = { 'not-started': 'initial', draft: 'initial', rejected: 'initial', translated: 'translated', reviewed: 'reviewed' };
/** XLIFF 2 has no state for it; a sub-state bears the prefix of who defined it. */
export const REJECTED = 'bitext:rejected';

/** State of a text that stands in the target of a segment with these attributes. */
export function state2(segment: Readonly<Record<string, string>>): SegmentState {
  return segment['subState'] === REJECTED ? 'rejected' : (STATES[segment['state'] ?? 'initial'] ?? 'draft');
}

/** Attributes that make a segment say `state`, as changes; none when it says so already. A sub-state goes with the state it refined. */
export function stateAttributes2(segment: Readonly<Record<string, string>>, state: SegmentState): Record<string, string | null> {
  if (state2(segment) === state) return {};
  const attributes: Record<string, string | null> = { state: STATE_2[state] };
  if (state === 'rejected') attributes['subState'] = REJECTED;
  else if (segment['subState'] !== undefined) attributes['subState'] = null;
  return attributes;
}
