/** Where the studio keeps its things on this machine, for the command line. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { StudioError } from '../contract/errors.ts';

/**
 * The user's data folder of the studio: `BITEXT_HOME`, else the platform's own place (XDG base directories on Linux).
 * Holds `studio.db` and imported models.
 */
export function defaultWorkspace(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env['BITEXT_HOME']) return env['BITEXT_HOME'];
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Bitext Studio');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Bitext Studio');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'bitext-studio');
}

/** What can be fetched or computed again: downloaded models, compiled graphs. */
export function defaultCache(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env['BITEXT_CACHE']) return env['BITEXT_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'bitext-studio', 'Cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'bitext-studio');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'bitext-studio');
}

/** Folders that are looked through for models, the user's own first. `BITEXT_MODELS` names one instead of the shared cache. */
export const modelFolders = (workspace: string, env: NodeJS.ProcessEnv = process.env): string[] => [join(workspace, 'models'), env['BITEXT_MODELS'] ?? join(defaultCache(env), 'models')];

/** The folder `resources` of the studio: the nearest one above this module, wherever a build has put the module. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'resources', 'srx'))) return join(folder, 'resources');
  throw new StudioError('FILE_MISSING', 'The folder "resources" of the studio is missing.', { advice: 'Install the studio again.' });
}
