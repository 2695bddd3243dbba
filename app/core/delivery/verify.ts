/** The proof of a delivery: what was written is read back from the disk, parsed by the reader of its format, and compared. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { toStudioError } from '../../contract/errors.ts';
import type { ReceiptFile } from '../../contract/shapes/delivery.ts';
import type { Finding } from '../../contract/shapes/segment.ts';
import { bilingualFormat } from '../bilingual/registry.ts';
import { formatById } from '../formats/registry.ts';
import type { DeliveredFile } from '../jobs/delivered-file.ts';
import { equivalentText } from '../segments/runs.ts';
import { countWords } from '../segments/words.ts';
import { compareBilingual } from './compare-bilingual.ts';
import { compareDocument } from './compare-document.ts';
import type { Comparison } from './comparison.ts';
import { packageFaults } from './package-soundness.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Never rejects: a file that can't be opened again is a finding like any other. */
export async function verifyDelivered(file: DeliveredFile): Promise<ReceiptFile> {
  const { kind, source, targetName, units } = file;
  let bytes: Uint8Array = new Uint8Array();
  let comparison: Comparison;
  try {
    bytes = await readFile(file.target);
    comparison = await compare(file, bytes);
  } catch (error) {
    const finding: Finding = { code: 'unreadable', severity: 'error', message: `The delivered file can't be opened again: ${toStudioError(error).message}` };
    comparison = { segments: units.reduce((sum, unit) => sum + unit.segments.length, 0), found: 0, tags: 0, tagsFound: 0, untranslated: 0, findings: [finding] };
  }
  const words = units.reduce((sum, unit) => sum + unit.segments.reduce((count, segment) => count + countWords(equivalentText(segment.source, unit.tags)), 0), 0);
  const findings = comparison.findings.map((finding) => ({ ...finding, fileId: source.id }));
  return {
    kind, source: source.path, sourceSha256: source.sha256, target: targetName, targetSha256: sha256(bytes), bytes: bytes.length, words,
    segments: comparison.segments, found: comparison.found, tags: comparison.tags, tagsFound: comparison.tagsFound, untranslated: comparison.untranslated,
    findings, ok: !findings.some(({ severity }) => severity === 'error'),
  };
}

async function compare(file: DeliveredFile, bytes: Uint8Array): Promise<Comparison> {
  if (file.kind !== 'document') return compareBilingual(file.kind, file, bilingualFormat(file.kind).read(bytes));
  const { format, encoding } = file.source;
  const delivered = await formatById(format).read(bytes, { from: file.from, to: file.to, ...(encoding === null ? {} : { encoding }) });
  const comparison = compareDocument(file, delivered);
  return format === 'docx' ? { ...comparison, findings: [...comparison.findings, ...(await packageFaults(bytes, file.sourceBytes))] } : comparison;
}
