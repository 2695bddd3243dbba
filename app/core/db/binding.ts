/** Which native binary of better-sqlite3 runs here. */
import { existsSync } from 'node:fs';
import { StudioError } from '../../contract/errors.ts';

/** The Node-API level that better-sqlite3's own prebuilt binaries need; on a lower one they crash instead of failing. */
const PREBUILT_NODE_API = 10;

/** Environment variable that names the binary built for an older Node or Electron (set-up builds it, the host passes it). */
export const BINDING_VARIABLE = 'BITEXT_SQLITE_BINDING';

/**
 * Path of the binary to load, or undefined for the prebuilt one.
 * Throws INTERNAL, saying what to do, where the prebuilt one would crash and no other is named.
 */
export function sqliteBinding(nodeApi: string | undefined = process.versions.napi, named: string | undefined = process.env[BINDING_VARIABLE]): string | undefined {
  if (Number(nodeApi ?? 0) >= PREBUILT_NODE_API) return undefined;
  const where = `This runtime has Node-API ${nodeApi ?? 'none'}; the database driver's own binary needs ${PREBUILT_NODE_API}`;
  if (named === undefined || named === '')
    throw new StudioError('INTERNAL', `${where}, and ${BINDING_VARIABLE} names no other.`, { advice: 'Run the set-up (npm run setup): it builds a binary for this runtime and names it. Or use Node 24.' });
  if (!existsSync(named))
    throw new StudioError('INTERNAL', `${where}, and ${BINDING_VARIABLE} names ${named}, which does not exist.`, { advice: 'Run the set-up again (npm run setup): it builds the binary.', data: { path: named } });
  return named;
}
