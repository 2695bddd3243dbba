import type { Segment, SegmentFilter } from '../../contract/shapes/segment.ts';
import type { Studio } from '../../core/studio.ts';

/** Rows of one call. */
const PORTION = 500;

/** The segments of an open project that a filter keeps, in document order. */
export async function* allSegments({ handlers }: Studio, projectId: number, filter: SegmentFilter): AsyncGenerator<Segment> {
  const { ids } = await handlers['segments.find']({ projectId, filter });
  for (let from = 0; from < ids.length; from += PORTION) yield* await handlers['segments.rows']({ projectId, ids: ids.slice(from, from + PORTION) });
}
