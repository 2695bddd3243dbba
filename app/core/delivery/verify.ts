/** Opens a delivered file again and compares it with the project. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { toStudioError } from '../../contract/errors.ts';
import type { Finding, ReadonlyRuns, ReceiptFile } from '../../contract/shapes.ts';
import { readBilingual } from '../bilingual/registry.ts';
import { formatById } from '../formats/registry.ts';
import type { DeliveredFile } from '../jobs/delivered-file.ts';
import { sameRuns, tagRuns } from '../segments/runs.ts';
import { countWords } from '../segments/words.ts';
import { plainText } from '../segments/runs.ts';

/** Never rejects: a file that can't be opened is a finding. */
export async function verifyDelivered(file: DeliveredFile): Promise<ReceiptFile> {
  const segments = file.units.flatMap(({ segments: own }) => own), translated = segments.filter(({ target }) => target !== null);
  const findings: Finding[] = [];
  let bytes: Uint8Array = new Uint8Array(), found = 0, tagsFound = 0;
  try {
    bytes = await readFile(file.target);
    const holds = file.kind === 'document' ? await unitsFound(file, bytes) : segmentsFound(file, bytes);
    for (const unit of file.units) for (const segment of unit.segments) {
      if (segment.target === null) continue;
      if (holds(unit.id, segment.id)) {
        found++;
        tagsFound += tagRuns(segment.target).length;
      } else findings.push({ code: 'segment-not-found', severity: 'error', message: `Segment ${segment.number} is not in the file as it is in the project.`, fileId: file.source.id, segmentId: segment.id });
    }
  } catch (error) {
    findings.push({ code: 'unreadable', severity: 'error', message: toStudioError(error).message, fileId: file.source.id });
  }
  if (translated.length < segments.length) findings.push({ code: 'untranslated', severity: 'note', message: `${segments.length - translated.length} segments have no translation.`, fileId: file.source.id });
  return {
    kind: file.kind, source: file.source.path, sourceSha256: file.source.sha256, target: file.targetName, targetSha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length,
    segments: segments.length, found, tags: translated.reduce((sum, { target }) => sum + tagRuns(target ?? []).length, 0), tagsFound,
    words: segments.reduce((sum, { source }) => sum + countWords(plainText(source)), 0), untranslated: segments.length - translated.length,
    findings, ok: findings.every(({ severity }) => severity !== 'error'),
  };
}

async function unitsFound({ source: { format, encoding }, from, to, targets, units }: DeliveredFile, bytes: Uint8Array): Promise<(unit: string, segment: number) => boolean> {
  const { units: read } = await formatById(format).read(bytes, { from, to, ...(encoding === null ? {} : { encoding }) });
  const texts = new Map<string, readonly ReadonlyRuns[]>(read.map((unit) => [unit.id, [unit.source, ...(unit.target ? [unit.target] : [])]]));
  const whole = new Set(units.filter(({ id }) => {
    const wanted = targets.get(id);
    return wanted === undefined || (texts.get(id)?.some((text) => sameRuns(text, wanted)) ?? false);
  }).map(({ id }) => id));
  return (unit) => whole.has(unit);
}

function segmentsFound({ kind, units }: DeliveredFile, bytes: Uint8Array): (unit: string, segment: number) => boolean {
  const read = new Map(kind === 'document' ? [] : readBilingual(kind, bytes).map((segment) => [segment.id, segment.target]));
  const whole = new Set(units.flatMap(({ segments }) => segments).filter(({ id, target }) => sameRuns(read.get(id) ?? null, target)).map(({ id }) => id));
  return (_unit, segment) => whole.has(segment);
}
