/** Taking documents into a project: found, read, cut into segments, stored. A file that can't be taken in does not stop the others. */
import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { FileFailure, Progress } from '../../contract/shapes.ts';
import type { WriteDb } from '../db/connection.ts';
import { sha256 } from '../files/sha256.ts';
import { failureOf, walk } from '../files/walk.ts';
import type { FoundFile } from '../files/walk.ts';
import type { DocumentFormat, ParsedDocument } from '../formats/format.ts';
import { detectFormat } from '../formats/registry.ts';
import type { SplitSentences } from '../segmentation/split-sentences.ts';
import { cutUnit } from '../segments/cut-unit.ts';
import type { CutUnit } from '../segments/cut-unit.ts';
import { beginGroup, changeSegment } from '../segments/edit-log.ts';
import { checkTarget } from '../segments/findings.ts';
import type { Author } from '../segments/save-segment.ts';
import { insertSegment, nextNumber } from '../segments/segment-table.ts';
import { insertDocument, listDocuments } from './documents.ts';
import { insertUnit } from './units.ts';
import type { ProjectMeta } from './project-table.ts';

/** A document is kept as one value of the database and parsed in memory. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
/** A commit waits for the disk: small files share one. */
const COMMIT_SEGMENTS = 5_000, COMMIT_DOCUMENTS = 500;

export interface TakeIn {
  readonly inputs: readonly string[];
  /** Absolute paths that are left out. */
  readonly exclude?: readonly string[] | undefined;
  readonly meta: ProjectMeta;
  readonly split: SplitSentences;
  readonly author: Author;
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

interface ReadDocument { readonly file: FoundFile; readonly format: DocumentFormat; readonly content: Uint8Array; readonly hash: string; readonly parsed: ParsedDocument; readonly units: readonly CutUnit[] }

/**
 * Adds the documents that are in `inputs`. One that was added before with the same bytes is passed over.
 * Documents are committed whole, some at a time: an aborted signal rejects, and leaves those that were committed.
 */
export async function takeIn(db: WriteDb, options: TakeIn): Promise<FileFailure[]> {
  const failures: FileFailure[] = [];
  const names = new TakenNames(db);
  let waiting: ReadDocument[] = [], segments = 0, done = 0;
  const commit = (): void => {
    failures.push(...storeDocuments(db, waiting, names, options.author));
    waiting = [];
    segments = 0;
  };
  for await (const found of walk(options.inputs, { signal: options.signal, ...(options.exclude ? { exclude: options.exclude } : {}) })) {
    options.signal.throwIfAborted();
    if ('code' in found) {
      failures.push(found);
      continue;
    }
    options.report({ phase: 'read', done, item: found.relative });
    try {
      const document = await readDocument(found, names, options);
      if (document) {
        waiting.push(document);
        segments += document.units.reduce((sum, unit) => sum + unit.segments.length, 0);
      }
    } catch (error) {
      options.signal.throwIfAborted();
      failures.push(failureOf(found.path, error));
    }
    done++;
    if (segments >= COMMIT_SEGMENTS || waiting.length >= COMMIT_DOCUMENTS) commit();
  }
  commit();
  options.report({ phase: 'read', done, total: done });
  return failures;
}

async function readDocument(file: FoundFile, names: TakenNames, { meta, split, signal }: TakeIn): Promise<ReadDocument | null> {
  const { size } = await stat(file.path);
  if (size > MAX_DOCUMENT_BYTES)
    throw new StudioError('FILE_TOO_LARGE', `${file.path} has ${Math.ceil(size / 1024 / 1024)} MiB; documents up to ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB are taken in.`, { advice: 'Split it into several files.', data: { path: file.path, bytes: size } });
  const content = await readFile(file.path, { signal });
  const hash = sha256(content);
  if (names.isKnown(file.path, hash)) return null;
  const format = detectFormat(content, posix.basename(file.relative));
  const parsed = await format.read(content, { from: meta.from, to: meta.to, signal });
  return { file, format, content, hash, parsed, units: parsed.units.map((unit) => cutUnit(unit, split, meta.from)) };
}

function storeDocuments(db: WriteDb, documents: readonly ReadDocument[], names: TakenNames, author: Author): FileFailure[] {
  const failures: FileFailure[] = [];
  if (documents.length === 0) return failures;
  db.transaction(() => {
    let group: number | null = null;
    const documentGroup = (): number => (group ??= beginGroup(db, { kind: 'document', ...author }));
    for (const document of documents) {
      const path = names.take(document.file);
      try {
        db.transaction(() => { storeDocument(db, path, document, documentGroup); });
      } catch (error) {
        if (error instanceof StudioError && (error.code === 'DISK_FULL' || error.code === 'DB_LOCKED' || error.code === 'DB_DAMAGED')) throw error;
        failures.push(failureOf(document.file.path, error));
        // A group that was begun for this document went with it.
        group = null;
      }
    }
  });
  return failures;
}

function storeDocument(db: WriteDb, path: string, { file, format, content, hash, parsed, units }: ReadDocument, documentGroup: () => number): void {
  const documentId = insertDocument(db, { path, originPath: file.path, format: format.id, encoding: parsed.encoding ?? null, sha256: hash }, content);
  let number = nextNumber(db);
  for (const [i, unit] of parsed.units.entries()) {
    const cut = units[i];
    if (!cut) continue;
    const unitId = insertUnit(db, { documentId, key: unit.id, role: unit.role, note: unit.note ?? null, tags: unit.tags, gapAfter: cut.gapAfter });
    for (const { gapBefore, source, target } of cut.segments) {
      const id = insertSegment(db, { number: number++, documentId, unitId, gapBefore, source, tags: unit.tags, locked: unit.locked ?? false });
      if (target === null) continue;
      const state = unit.state === undefined || unit.state === 'not-started' ? 'draft' : unit.state;
      const origin = { kind: 'document' } as const;
      changeSegment(db, documentGroup(), id, { target, state, origin, findings: checkTarget({ source, target, tags: unit.tags }) }, origin);
    }
  }
}

/** Which paths of the project are taken, and which files were read before. */
class TakenNames {
  readonly #paths = new Set<string>();
  readonly #read = new Map<string, string>();

  constructor(db: WriteDb) {
    for (const { path, originPath, sha256: hash } of listDocuments(db)) {
      this.#paths.add(path);
      this.#read.set(originPath, hash);
    }
  }

  /** Throws CONFLICT when the file was taken in with other bytes. */
  isKnown(path: string, hash: string): boolean {
    const known = this.#read.get(path);
    if (known !== undefined && known !== hash)
      throw new StudioError('CONFLICT', `${path} has changed since it was taken into the project.`, { advice: 'Make a new project for the new version; this one keeps the old one.', data: { path } });
    return known === hash;
  }

  /** The path for a file: its relative one, else under the name of its folder, else with a number. */
  take({ relative, root }: FoundFile): string {
    const { dir, name, ext } = posix.parse(relative);
    const rooted = root === undefined ? relative : posix.join(root, relative);
    let path = this.#paths.has(relative) ? rooted : relative;
    for (let n = 2; this.#paths.has(path); n++) path = posix.join(dir, `${name} (${n})${ext}`);
    this.#paths.add(path);
    return path;
  }
}
