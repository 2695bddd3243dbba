/**
 * Hashes of large files, remembered by size and times: reading gigabytes of weights again at each start would take longer
 * than opening the model that was compiled from them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentKey } from './graph-cache.ts';

/** sha256 over the names and contents of a folder's files. Rejects with Node's own errors for a file that can't be read. */
export async function hashOfFiles(folder: string, names: readonly string[], cacheDir: string): Promise<string> {
  const hashes: string[] = [];
  for (const name of [...names].sort()) hashes.push(`${name} ${await hashOfFile(path.join(folder, name), cacheDir)}`);
  return contentKey(hashes);
}

/** sha256 of a file's content, in hexadecimal; read again only when the file has changed. */
export async function hashOfFile(file: string, cacheDir: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true });
  const seen = [size, mtimeNs, ctimeNs, ino, dev].join(' ');
  const note = path.join(cacheDir, 'hashes', `${contentKey([path.resolve(file)])}.txt`);
  const known = await readFile(note, 'utf8').catch(() => '');
  const [seenThen, hashThen] = known.split('\n');
  if (seenThen === seen && hashThen !== undefined && hashThen !== '') return hashThen;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 22 }), hash);
  const value = hash.digest('hex');
  // A note that can't be written costs time, nothing else.
  await mkdir(path.dirname(note), { recursive: true }).then(() => writeFile(note, `${seen}\n${value}\n`), () => undefined).catch(() => undefined);
  return value;
}
