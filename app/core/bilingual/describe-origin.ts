/** Where a translation comes from, as tables and memories say it: `mt MODEL`, `memory 92 % CORPUS`, `typed`; empty when there is none. */
import type { Origin } from '../../contract/shapes/segment.ts';

export function describeOrigin(origin: Origin | null): string {
  if (origin === null) return '';
  switch (origin.kind) {
    case 'mt': return `mt ${origin.model}`;
    case 'memory': return `memory ${origin.match} % ${origin.corpus}`;
    case 'propagated': return `propagated from ${origin.segment}`;
    default: return origin.kind;
  }
}
