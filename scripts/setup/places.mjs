/** Where things lie: the checkout, the cache outside it that every checkout shares, and what set-up found out. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The user's cache folder for this program; `BITEXT_CACHE` overrides it. */
export function cacheFolder() {
  if (process.env.BITEXT_CACHE) return process.env.BITEXT_CACHE;
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'bitext-studio', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'bitext-studio');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bitext-studio');
}

/** Where the models of every workspace lie; `BITEXT_MODELS` overrides it. */
export const modelsFolder = () => process.env.BITEXT_MODELS || join(cacheFolder(), 'models');

const findingsFile = join(checkout, 'node_modules', '.cache', 'bitext-studio', 'setup.json');

/**
 * What the last set-up of this checkout found: `electron` { executable, dist, version, standIn } and `sqlite` { binding }
 * (a path, or null when the prebuilt one fits). Empty before the first set-up.
 */
export function readFindings() {
  try { return JSON.parse(readFileSync(findingsFile, 'utf8')); } catch { return {}; }
}
export function writeFindings(changes) {
  mkdirSync(dirname(findingsFile), { recursive: true });
  const temporary = `${findingsFile}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ ...readFindings(), ...changes }, null, 2)}\n`);
  renameSync(temporary, findingsFile);
}
