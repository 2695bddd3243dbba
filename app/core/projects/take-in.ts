/** Taking documents and new versions of them into a project: found, read, cut into segments, stored. A file that can't be taken in does not stop the others. */
import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { FileFailure, Progress } from '../../contract/shapes/project.ts';
import type { WriteDb } from '../db/connection.ts';
import { sha256 } from '../files/sha256.ts';
import { failureOf, walk } from '../files/walk.ts';
import type { FoundFile } from '../files/walk.ts';
import type { DocumentParser } from '../formats/parser-worker/parse-document.ts';
import type { SplitSentences } from '../segmentation/split-sentences.ts';
import { cutUnit } from '../segments/cut-unit.ts';
import { beginGroup, topGroup } from '../segments/edit-log.ts';
import type { Author } from '../segments/edit-log.ts';
import { listDocuments } from './documents.ts';
import type { StoredDocument } from './documents.ts';
import type { ProjectMeta } from './project-table.ts';
import { numberSegments } from './shelf.ts';
import { countSegments, storeDocument } from './store-document.ts';
import type { ReadDocument } from './store-document.ts';
import { updateDocument } from './update-document.ts';
import type { UpdatedFile } from './update-document.ts';

/** A document is kept as one value of the database and parsed in memory. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
/** A commit waits for the disk: small files share one. */
const COMMIT_SEGMENTS = 5_000, COMMIT_DOCUMENTS = 500;

export interface TakeIn {
  readonly inputs: readonly string[];
  /** Absolute paths that are left out. */
  readonly exclude?: readonly string[] | undefined;
  readonly meta: ProjectMeta;
  readonly parser: DocumentParser;
  readonly split: SplitSentences;
  readonly author: Author;
  readonly signal: AbortSignal;
  /** What to do with a file that has other bytes than when it was added; `refuse` when absent. */
  readonly changed?: 'refuse' | 'update' | undefined;
  /** Whether a translation of the project runs: then no document is updated. */
  readonly isTranslated?: () => boolean;
  report(progress: Progress): void;
}

/** A document that was read, and the one in the project whose new version it is. */
interface Incoming extends ReadDocument { readonly replaces: number | null }

export interface TakenIn { readonly failures: FileFailure[]; readonly updated: UpdatedFile[] }

/**
 * Adds the documents that are in `inputs`. One that was added before with the same bytes is passed over; one with other bytes
 * is a failure (CONFLICT), or its new version, as `changed` says. All updates of one call are one step of undo.
 * Documents are committed whole, some at a time: an aborted signal rejects, and leaves those that were committed.
 */
export async function takeIn(db: WriteDb, options: TakeIn): Promise<TakenIn> {
  const failures: FileFailure[] = [], updated: UpdatedFile[] = [];
  const names = new TakenNames(db), store = new DocumentStore(db, names, options);
  let waiting: Incoming[] = [], segments = 0, done = 0;
  const commit = (): void => {
    const stored = store.commit(waiting);
    failures.push(...stored.failures);
    updated.push(...stored.updated);
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
        segments += countSegments(document);
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
  return { failures, updated };
}

async function readDocument(file: FoundFile, names: TakenNames, { meta, parser, split, signal, changed }: TakeIn): Promise<Incoming | null> {
  const { size } = await stat(file.path);
  if (size > MAX_DOCUMENT_BYTES)
    throw new StudioError('FILE_TOO_LARGE', `${file.path} has ${Math.ceil(size / 1024 / 1024)} MiB; documents up to ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB are taken in.`, { advice: 'Split it into several files.', data: { path: file.path, bytes: size } });
  const content = await readFile(file.path, { signal });
  const hash = sha256(content);
  const known = names.known(file.path);
  if (known?.sha256 === hash) return null;
  if (known && changed !== 'update')
    throw new StudioError('CONFLICT', `${file.path} has changed since it was taken into the project.`, { advice: 'Add it as an update: what is unchanged keeps its translation. Until then the project keeps the old version.', data: { path: file.path } });
  const { formatId, parsed } = await parser.parse({ bytes: content, fileName: posix.basename(file.relative), from: meta.from, to: meta.to }, { signal });
  return { replaces: known?.id ?? null, file, format: formatId, content, hash, parsed, units: parsed.units.map((unit) => cutUnit(unit, split, meta.from)) };
}

/** Stores what was read, commit by commit. */
class DocumentStore {
  readonly #db: WriteDb;
  readonly #names: TakenNames;
  readonly #author: Author;
  readonly #isTranslated: () => boolean;
  /** The group of the translations in documents, in this commit; the group of the updates. */
  #documentGroup: number | null = null;
  #updateGroup: number | null = null;

  constructor(db: WriteDb, names: TakenNames, { author, isTranslated }: TakeIn) {
    this.#db = db;
    this.#names = names;
    this.#author = author;
    this.#isTranslated = isTranslated ?? (() => false);
  }

  /** One transaction: a document that can't be stored is left out of it, and named. */
  commit(documents: readonly Incoming[]): TakenIn {
    const failures: FileFailure[] = [], updated: UpdatedFile[] = [];
    if (documents.length === 0) return { failures, updated };
    this.#documentGroup = null;
    this.#db.transaction(() => {
      for (const document of documents) {
        const groups = [this.#documentGroup, this.#updateGroup] as const;
        try {
          this.#db.transaction(() => {
            if (document.replaces === null) storeDocument(this.#db, this.#names.take(document.file), document, this.#beginDocument);
            else updated.push(this.#update(document, document.replaces));
          });
        } catch (error) {
          if (error instanceof StudioError && (error.code === 'DISK_FULL' || error.code === 'DB_LOCKED' || error.code === 'DB_DAMAGED')) throw error;
          failures.push(failureOf(document.file.path, error));
          // A group that was begun for this document went with it.
          [this.#documentGroup, this.#updateGroup] = groups;
        }
      }
      if (updated.length > 0) numberSegments(this.#db);
    });
    return { failures, updated };
  }

  readonly #beginDocument = (): number => (this.#documentGroup ??= beginGroup(this.#db, { kind: 'document', ...this.#author }));

  #update(document: Incoming, documentId: number): UpdatedFile {
    if (this.#isTranslated())
      throw new StudioError('CONFLICT', `${document.file.path} has changed, and the project is being translated.`, { advice: 'Wait for the translation or cancel it, then update again; the project keeps the old version until then.', data: { path: document.file.path } });
    // Whatever was done in between is undone before the update that it was done after.
    if (this.#updateGroup === null || topGroup(this.#db, 'undo')?.id !== this.#updateGroup) this.#updateGroup = beginGroup(this.#db, { kind: 'update', ...this.#author });
    return updateDocument(this.#db, { groupId: this.#updateGroup, documentId, document, documentGroup: this.#beginDocument });
  }
}

/** Which paths of the project are taken, and which files were read before. */
class TakenNames {
  readonly #paths = new Set<string>();
  readonly #read = new Map<string, StoredDocument>();

  constructor(db: WriteDb) {
    for (const document of listDocuments(db)) {
      this.#paths.add(document.path);
      this.#read.set(document.originPath, document);
    }
  }

  /** The document that was read from a file. */
  known(path: string): StoredDocument | undefined {
    return this.#read.get(path);
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
