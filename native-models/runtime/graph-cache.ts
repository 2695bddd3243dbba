/**
 * Compiled graphs on disk. The name of a file is the hash of everything that went into it, so a file is right or absent;
 * one that the runtime refuses (a cut file of a full disk) is built again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** sha256 over the parts, each with its length, in hexadecimal. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/**
 * Opens what is stored under `key`, or builds and stores it first. When `openFile` fails on a file that was already
 * there, the file is built anew and opened once more. A cache that can't be written is no failure: `openBytes` gets the
 * bytes instead.
 */
export async function openCached<T>(
  cacheDir: string,
  key: string,
  build: () => Promise<Uint8Array>,
  openFile: (file: string) => Promise<T>,
  openBytes: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const file = path.join(cacheDir, `${key}.onnx`);
  if (await exists(file)) {
    try {
      return await openFile(file);
    } catch {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
  const bytes = await build();
  const stored = await store(cacheDir, file, bytes).then(
    () => true,
    () => false,
  );
  return stored ? openFile(file) : openBytes(bytes);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Written beside its place, flushed, then renamed: a reader sees the whole file or none. */
async function store(cacheDir: string, file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const temporary = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
}
