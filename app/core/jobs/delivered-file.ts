/** A file that an export has written, with all that is needed to open it again and compare. */
import type { BilingualKind } from '../../contract/shapes/delivery.ts';
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';
import type { BilingualDocument } from '../bilingual/bilingual-document.ts';
import type { StoredDocument } from '../projects/documents.ts';
import type { StoredUnit } from '../projects/units.ts';

export interface DeliveredFile {
  readonly kind: 'document' | BilingualKind;
  readonly source: StoredDocument;
  readonly sourceBytes: Uint8Array;
  /** Absolute. */
  readonly target: string;
  /** Path below the output folder, with `/`; what a receipt shows. */
  readonly targetName: string;
  /** BCP 47. */
  readonly from: string;
  readonly to: string;
  readonly units: readonly StoredUnit[];
  /** Units that were given a translation: unit id -> runs of the whole unit. Empty for bilingual files. */
  readonly targets: ReadonlyMap<string, ReadonlyRuns>;
}

export const bilingualDocument = ({ source, from, to, units }: Pick<DeliveredFile, 'source' | 'from' | 'to' | 'units'>): BilingualDocument => ({ file: source.path, format: source.format, from, to, units });
