/** Finding the documents in what a user points at: files and folders, each file once, no link followed. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { toStudioError } from '../../contract/errors.ts';
import type { FileFailure } from '../../contract/shapes/project.ts';

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** Path in the project: relative to the folder that was pointed at, with `/`; the bare name of a file that was pointed at. */
  readonly relative: string;
  /** Name of the folder that was pointed at; absent for a file. Sets equal relative paths apart. */
  readonly root?: string;
}

export interface WalkOptions {
  /** Absolute paths of files and folders that are not looked at, e.g. the output folder inside the input folder. */
  readonly exclude?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The receipt that a delivery leaves: a folder that holds one is a delivery, not a source. */
export const RECEIPT_FILE = 'bitext-receipt.json';

const order = new Intl.Collator('en', { numeric: true });
const byName = (a: string, b: string): number => order.compare(a, b) || (a < b ? -1 : 1);

export const failureOf = (path: string, error: unknown): FileFailure => {
  const { code, message, advice } = toStudioError(error);
  return { path, code, message, advice };
};

/**
 * Yields files in a fixed order, and what could not be looked at. A path that the user gave may be a link; links below a
 * folder are reported and not followed, so a walk ends and stays inside. Left out: hidden names, lock files of office programs
 * (`~$...`), what Windows Explorer leaves in folders, project files, deliveries and `exclude`.
 */
export async function* walk(inputs: readonly string[], options: WalkOptions = {}): AsyncGenerator<FoundFile | FileFailure> {
  const seen = new Set<string>();
  const excluded = new Set<string>();
  for (const path of options.exclude ?? []) excluded.add(await realpath(path).catch(() => path));
  for (const input of inputs) {
    options.signal?.throwIfAborted();
    let real: string;
    try {
      real = await realpath(input);
      const kind = await lstat(real);
      if (kind.isDirectory()) {
        yield* walkFolder(real, { root: basename(real), seen, excluded, options });
        continue;
      }
      if (!kind.isFile()) {
        yield notAFile(input);
        continue;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      yield failureOf(input, error);
      continue;
    }
    if (seen.has(real) || excluded.has(real)) continue;
    seen.add(real);
    yield isProject(real)
      ? { path: input, code: 'FORMAT_UNKNOWN', message: `${input} is a Bitext project, not a document.`, advice: 'Open it as a project.' }
      : { path: real, relative: basename(input) };
  }
}

interface FolderWalk { readonly root: string; readonly seen: Set<string>; readonly excluded: ReadonlySet<string>; readonly options: WalkOptions }

async function* walkFolder(top: string, { root, seen, excluded, options }: FolderWalk): AsyncGenerator<FoundFile | FileFailure> {
  const folders = [''];
  for (let inner = folders.pop(); inner !== undefined; inner = folders.pop()) {
    options.signal?.throwIfAborted();
    const folder = join(top, inner);
    if (seen.has(folder) || excluded.has(folder)) continue;
    seen.add(folder);
    let entries;
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      yield failureOf(folder, error);
      continue;
    }
    if (entries.some(({ name }) => name === RECEIPT_FILE) && inner !== '') continue;
    entries.sort((a, b) => byName(a.name, b.name));
    const below: string[] = [];
    for (const entry of entries) {
      const path = join(folder, entry.name), relative = inner === '' ? entry.name : `${inner}${sep}${entry.name}`;
      if (isLeftOut(entry.name) || excluded.has(path)) continue;
      if (entry.isDirectory()) below.push(relative);
      else if (entry.isSymbolicLink()) yield { path, code: 'INVALID_INPUT', message: `${path} is a link and was not followed.`, advice: 'Add the file or folder that it points to.' };
      else if (!entry.isFile()) yield notAFile(path);
      else if (!seen.has(path)) {
        seen.add(path);
        yield { path, relative: relative.split(sep).join('/'), root };
      }
    }
    folders.push(...below.reverse());
  }
}

const isProject = (name: string): boolean => /\.bitext(?:-wal|-shm)?$/i.test(name);
const isExplorers = (name: string): boolean => /^(?:thumbs\.db|desktop\.ini)$/i.test(name);
/** Names that are passed over in a folder without a word. */
export const isLeftOut = (name: string): boolean => name.startsWith('.') || name.startsWith('~$') || isExplorers(name) || isProject(name) || /\.bitext\.v\d+\.backup$/i.test(name);
const notAFile = (path: string): FileFailure => ({ path, code: 'FORMAT_UNKNOWN', message: `${path} is neither a file nor a folder.`, advice: 'Leave it out.' });
