import type { AlignmentHead } from '../../../native-models/catalog/manifest.ts';

/** `layer 2, head 3`: counted from 1, as people do; the manifest counts from 0. */
export const describeHead = ({ layer, head }: AlignmentHead): string => `layer ${layer + 1}, ${head === 'mean' ? 'all heads' : `head ${head + 1}`}`;
