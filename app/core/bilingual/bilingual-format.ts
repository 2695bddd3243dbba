/** What a kind of bilingual file is to the studio: written from the project, and opened again to prove what it holds. */
import type { BilingualKind } from '../../contract/shapes/delivery.ts';
import type { SegmentState } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import type { BilingualDocument } from './bilingual-document.ts';

export interface BilingualOptions {
  /** Name and version of the program, for the file's header: `Bitext Studio 0.1.0`. */
  readonly studio: string;
  /** ISO 8601 time in UTC; the only thing in the file that does not come from the documents. */
  readonly created: string;
}

/** A segment as a bilingual file holds it. Tags bear the numbers of the unit's tag table. */
export interface WrittenSegment {
  readonly id: number;
  readonly source: Runs;
  readonly target: Runs | null;
  /** null where the kind has no place for it. */
  readonly state: SegmentState | null;
}

export interface BilingualFormat {
  readonly kind: BilingualKind;
  readonly name: string;
  /** Without a dot. */
  readonly extension: string;
  /** Which segments the file holds: a memory has no use for a source without a target. */
  readonly holds: 'all' | 'translated';
  /** The same documents and options give the same bytes. */
  write(documents: readonly BilingualDocument[], options: BilingualOptions): Uint8Array;
  /** Reads what `write` wrote. @throws StudioError FORMAT_BROKEN when it is not such a file any more. */
  read(bytes: Uint8Array): WrittenSegment[];
}
