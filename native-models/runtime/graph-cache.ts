/** Names of compiled graphs on disk: the hash of everything that went into one, so that a file is right or absent. */
import { createHash } from 'node:crypto';

/** sha256 over the parts, each with its length, in hexadecimal. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
