/** Which model a run goes on with: a change that one has learned says nothing to another. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const WEIGHTS = /\.(?:bin|npz|safetensors)$/u;

/** sha256 of the files with weights in a model's folder, in hexadecimal. Rejects with the file system's errors. */
export async function hashOfWeights(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).filter((each) => WEIGHTS.test(each)).sort()) await pipeline(createReadStream(path.join(folder, name), { highWaterMark: 1 << 22 }), hash, { end: false });
  return hash.digest('hex');
}
