/** Checks a model's files against the hashes of its manifest. */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../engine/engine-error.ts';
import { MANIFEST_NAME, readManifest } from './manifest.ts';

export interface VerifiedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Hashes every file that the manifest of `folder` lists. Throws EngineError MODEL_MISSING naming the first file that is not
 * there (or that there is nothing to compare with), MODEL_BROKEN naming the first whose content differs.
 */
export async function verifyModel(folder: string): Promise<readonly VerifiedFile[]> {
  const { files } = readManifest(folder);
  if (files === undefined)
    throw new EngineError('MODEL_MISSING', `${path.join(folder, MANIFEST_NAME)} lists no hashes, so the model can't be verified.`, 'Download the model again to get one that can be verified.');
  const verified: VerifiedFile[] = [];
  for (const [name, expected] of Object.entries(files)) {
    const file = path.join(folder, name);
    let bytes: number;
    try {
      bytes = statSync(file).size;
    } catch (cause) {
      throw new EngineError('MODEL_MISSING', `${file} is missing.`, 'Put the file back, or download the model again.', { cause });
    }
    const sha256 = await hashFile(file);
    if (sha256 !== expected)
      throw new EngineError('MODEL_BROKEN', `${file} is not the file it should be: its sha256 is ${sha256}, the manifest says ${expected}.`, 'Download the model again.');
    verified.push({ name, bytes, sha256 });
  }
  return verified;
}

/** What a manifest says of the files of a model: name to sha256, with `/` where they lie in folders (`onnx/`). */
export async function hashesOf(folder: string): Promise<Record<string, string>> {
  const names = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')).filter((name) => name !== MANIFEST_NAME).sort();
  const hashes: Record<string, string> = {};
  for (const name of names) hashes[name] = await hashFile(path.join(folder, name));
  return hashes;
}

/** sha256 in hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
