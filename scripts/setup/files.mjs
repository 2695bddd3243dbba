/** Files that are fetched: checked by hash, unpacked with their modes, put in place by a rename. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkout } from './places.mjs';

/** SHA-256 of a file, in hexadecimal; null when there is none. */
export async function sha256(file) {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
  return hash.digest('hex');
}

/** Fetches `url` into `file`; the hash is checked before the file takes its name. Throws on any other answer than 200, on time-out and on a wrong hash. */
export async function download(url, file, expected, timeout) {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
  if (response.status !== 200 || !response.body) throw new Error(`${url} answered ${response.status}`);
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.part`;
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(partial));
    const found = await sha256(partial);
    if (found !== expected) throw new Error(`${url} has sha256 ${found}, not ${expected}`);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * Unpacks the entries of a zip archive for which `target` yields a path below `folder` (null: left out), with their Unix modes.
 * Symbolic links are refused. Needs the npm packages.
 */
export async function unzip(archive, folder, target) {
  const yauzl = createRequire(join(checkout, 'package.json'))('yauzl');
  const zip = await yauzl.openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const path = target(entry.fileName);
      if (path === null || entry.fileName.endsWith('/')) continue;
      const file = resolve(folder, path);
      if (!file.startsWith(resolve(folder) + sep)) throw new Error(`${archive}: ${entry.fileName} points outside the archive`);
      const mode = entry.externalFileAttributes >>> 16;
      if ((mode & 0o170000) === 0o120000) throw new Error(`${archive}: ${entry.fileName} is a symbolic link`);
      mkdirSync(dirname(file), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file, { mode: mode & 0o100 ? 0o755 : 0o644 }));
    }
  } finally {
    zip.close();
  }
}

/** Makes a folder's content durable enough to be trusted after a crash, then gives it its name. */
export async function putInPlace(temporary, final) {
  mkdirSync(dirname(final), { recursive: true });
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final);
  if (process.platform !== 'win32') {
    const folder = await open(dirname(final), 'r');
    try { await folder.sync(); } finally { await folder.close(); }
  }
}
