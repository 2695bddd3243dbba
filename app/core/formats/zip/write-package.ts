/** Writes a zip package part by part: what was not replaced keeps its content, its name, its time and its place. */
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { Package } from './read-package.ts';

export interface WritePackageOptions {
  /** New content of entries by name. */
  readonly replaced: ReadonlyMap<string, Uint8Array>;
  /** This entry is moved to the front, where some readers look for it: `[Content_Types].xml`, `mimetype`. */
  readonly first: string;
}

/**
 * The archive's bytes; the same input always gives the same output (times are those of the entries, never the clock).
 * Stored entries stay stored.
 * @throws Error when an entry's content was not kept by `readPackage` and is not replaced: a fault of the caller.
 */
export async function writePackage(source: Package, options: WritePackageOptions): Promise<Uint8Array> {
  const zip = new ZipFile();
  const entries = [...source.entries].sort((a, b) => Number(b.name === options.first) - Number(a.name === options.first));
  for (const entry of entries) {
    const common = { mtime: entry.mtime, forceDosTimestamp: true, mode: entry.mode || (entry.directory ? 0o40755 : 0o100644) };
    if (entry.directory) {
      zip.addEmptyDirectory(entry.name, common);
      continue;
    }
    const bytes = options.replaced.get(entry.name) ?? entry.bytes;
    if (!bytes) throw new Error(`The content of ${entry.name} was not kept.`);
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), entry.name, { ...common, compress: !entry.stored });
  }
  const done = new Promise<Buffer>((resolve, reject) => {
    zip.once('error', reject);
    buffer(zip.outputStream).then(resolve, reject);
  });
  zip.end();
  return done;
}
