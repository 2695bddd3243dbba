/** Delivery: target documents in the tree of their sources, bilingual files, and the receipt that proves them. */
import type { JobContext, Output } from '../../contract/contract.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import type { BilingualKind, Receipt, ReceiptFile } from '../../contract/shapes/delivery.ts';
import type { FileFailure, Progress } from '../../contract/shapes/project.ts';
import { bilingualFormat, writeBilingual } from '../bilingual/registry.ts';
import type { ReadDb } from '../db/connection.ts';
import { damaged } from '../db/row.ts';
import { sql } from '../db/sql.ts';
import { writeAtomically } from '../files/atomic-write.ts';
import { openOutputFolder } from '../files/output-folder.ts';
import type { OutputFolder } from '../files/output-folder.ts';
import { sha256 } from '../files/sha256.ts';
import { failureOf, RECEIPT_FILE } from '../files/walk.ts';
import { formatById } from '../formats/registry.ts';
import { documentBytes, listDocuments } from '../projects/documents.ts';
import type { StoredDocument } from '../projects/documents.ts';
import { projectMeta } from '../projects/project-table.ts';
import type { ProjectMeta } from '../projects/project-table.ts';
import { unitsOf } from '../projects/units.ts';
import type { StoredUnit } from '../projects/units.ts';
import { bilingualDocument } from './delivered-file.ts';
import type { DeliveredFile } from './delivered-file.ts';
import { namingSegments, unitTargets } from './unit-targets.ts';
import type { UnitTargets } from './unit-targets.ts';

const RECEIPT_PAGE = 'bitext-receipt.html';

export interface ExportInput {
  readonly outDir: string;
  readonly bilingual: readonly BilingualKind[];
  readonly fileIds?: readonly number[] | undefined;
}

export interface ExportDeps {
  /** Opens a written file again and compares it with the project. */
  verify(file: DeliveredFile): Promise<ReceiptFile>;
  receiptPage(receipt: Receipt): string;
  /** Version of the studio. */
  readonly studio: string;
  now(): string;
}

/**
 * Writes the documents below `outDir` under their project paths, bilingual files below `outDir/bilingual/KIND/`, and the
 * receipt. A file that can't be written is a failure of the receipt, and the others are written. Every file is whole or not
 * there. Rejects when the folder itself can't be written to, and with CANCELLED.
 */
export async function exportProject(db: ReadDb, input: ExportInput, { signal, report }: JobContext<Progress>, deps: ExportDeps): Promise<Output<'export.run'>> {
  const meta = projectMeta(db), all = listDocuments(db);
  const documents = all.filter(({ id }) => input.fileIds === undefined || input.fileIds.includes(id));
  const output = await openOutputFolder(input.outDir, [...all.map(({ originPath }) => originPath), db.path]);
  const files: ReceiptFile[] = [], failures: FileFailure[] = [];
  for (const [done, document] of documents.entries()) {
    signal.throwIfAborted();
    report({ phase: 'write', done, total: documents.length, item: document.path });
    const written = await writeDocument(db, document, { meta, output, input, signal, created: deps.now(), studio: deps.studio });
    failures.push(...written.failures);
    report({ phase: 'verify', done, total: documents.length, item: document.path });
    for (const file of written.files) files.push(await deps.verify(file));
  }
  signal.throwIfAborted();
  const receipt: Receipt = {
    format: 1, project: meta.name, from: meta.from, to: meta.to, created: deps.now(), studio: deps.studio, model: mainModel(db), files, failures,
    ok: failures.length === 0 && files.every(({ ok }) => ok),
  };
  const receiptJson = await output.place(RECEIPT_FILE), receiptHtml = await output.place(RECEIPT_PAGE);
  try {
    await writeAtomically(receiptJson, Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`));
    await writeAtomically(receiptHtml, Buffer.from(deps.receiptPage(receipt)));
  } catch (error) {
    throw toStudioError(error);
  }
  report({ phase: 'verify', done: documents.length, total: documents.length });
  return { receipt, receiptHtml, receiptJson };
}

interface Writing {
  readonly meta: ProjectMeta;
  readonly output: OutputFolder;
  readonly input: ExportInput;
  readonly signal: AbortSignal;
  readonly created: string;
  readonly studio: string;
}

async function writeDocument(db: ReadDb, document: StoredDocument, writing: Writing): Promise<{ files: DeliveredFile[]; failures: FileFailure[] }> {
  const { meta: { from, to }, output, input, signal } = writing;
  const files: DeliveredFile[] = [], failures: FileFailure[] = [];
  const sourceBytes = documentBytes(db, document.id), units = unitsOf(db, document.id);
  const attempt = async (kind: DeliveredFile['kind'], targetName: string, make: () => Promise<{ bytes: Uint8Array; targets: UnitTargets['targets'] }>): Promise<void> => {
    try {
      const target = await output.place(targetName);
      const { bytes, targets } = await make();
      await writeAtomically(target, bytes);
      files.push({ kind, source: document, sourceBytes, target, targetName, from, to, units, targets });
    } catch (error) {
      signal.throwIfAborted();
      failures.push(failureOf(targetName, error));
    }
  };
  await attempt('document', document.path, () => targetDocument(document, sourceBytes, units, writing));
  for (const kind of new Set(input.bilingual)) {
    const name = `bilingual/${kind}/${document.path}.${bilingualFormat(kind).extension}`;
    await attempt(kind, name, () => Promise.resolve({
      bytes: writeBilingual(kind, [bilingualDocument({ source: document, from, to, units })], { studio: `Bitext Studio ${writing.studio}`, created: writing.created }), targets: new Map(),
    }));
  }
  return { files, failures };
}

async function targetDocument({ path, format, encoding, sha256: hash }: StoredDocument, source: Uint8Array, units: readonly StoredUnit[], { meta: { from, to }, signal }: Writing): Promise<{ bytes: Uint8Array; targets: UnitTargets['targets'] }> {
  if (sha256(source) !== hash) throw damaged(`bytes of ${path}`);
  const { targets, states } = unitTargets(units);
  try {
    const bytes = await formatById(format).write(source, targets, { from, to, signal, states, setLanguage: targets.size > 0, ...(encoding === null ? {} : { encoding }) });
    return { bytes, targets };
  } catch (error) {
    throw namingSegments(error, units);
  }
}

/** The model that most of the translations came from; null when none did. */
function mainModel(db: ReadDb): string | null {
  const [model] = db.column(sql`SELECT json_extract(origin, '$.model') AS model FROM segment WHERE origin IS NOT NULL AND model IS NOT NULL GROUP BY model ORDER BY count(*) DESC, model LIMIT 1`);
  return typeof model === 'string' ? model : null;
}

/** Throws NOT_FOUND for a file that the project does not have. */
export function requireFiles(db: ReadDb, fileIds: readonly number[] | undefined): void {
  const known = new Set(listDocuments(db).map(({ id }) => id));
  const unknown = fileIds?.find((id) => !known.has(id));
  if (unknown !== undefined) throw new StudioError('NOT_FOUND', `There is no file ${unknown} in this project.`, { advice: 'Look at the list of files again.', data: { fileId: unknown } });
}
