/**
 * States of single segments. XLIFF 1.2 has one `state` for a whole target; where its segments differ, the studio's own files say
 * so in a context group, which other tools pass through.
 */
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import { SegmentState as SegmentStates } from '../../../contract/shapes/segment.ts';
import { child, elements, textContent, type XmlElement } from '../xml/xml-tree.ts';
import { leastAdvanced, state12 } from './states12.ts';

/** Names of context groups must be unique in a file: the id of the first segment follows. */
export const STATES_GROUP = 'bitext-segment-states-';

/** States by `mid`; empty when there are none, or when the target's own state has been changed since they were written. */
export function segmentStates12(transUnit: XmlElement): ReadonlyMap<string, SegmentState> {
  const states = new Map<string, SegmentState>();
  const group = elements(transUnit, 'context-group').find((element) => element.attributes['name']?.startsWith(STATES_GROUP));
  for (const context of group ? elements(group, 'context') : []) {
    const mid = /^x-segment-(.+)$/.exec(context.attributes['context-type'] ?? '')?.[1];
    const state = SegmentStates.options.find((option) => option === textContent(context));
    if (mid !== undefined && state !== undefined) states.set(mid, state);
  }
  const least = leastAdvanced([...states.values()]);
  const target = child(transUnit, 'target');
  const said = target && state12(target.attributes, transUnit.attributes['approved']);
  return said === (least === 'not-started' ? 'draft' : least) ? states : new Map();
}
