/** Where things lie on this machine when nobody says otherwise; the same for the window and the command line. */
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;
const given = (value: string | undefined): value is string => value !== undefined && value !== '';

/** The workspace (`studio.db`): BITEXT_HOME, else the user's data folder of this platform. */
export function workspaceFolder(env: Environment = process.env, platform: NodeJS.Platform = process.platform, home = homedir()): string {
  if (given(env['BITEXT_HOME'])) return env['BITEXT_HOME'];
  if (platform === 'win32') return join(given(env['APPDATA']) ? env['APPDATA'] : join(home, 'AppData', 'Roaming'), 'Bitext Studio');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Bitext Studio');
  return join(given(env['XDG_DATA_HOME']) ? env['XDG_DATA_HOME'] : join(home, '.local', 'share'), 'bitext-studio');
}

/** What can be made again: built graphs, and the models unless BITEXT_MODELS says where they are. BITEXT_CACHE, else the user's cache folder. */
export function cacheFolder(env: Environment = process.env, platform: NodeJS.Platform = process.platform, home = homedir()): string {
  if (given(env['BITEXT_CACHE'])) return env['BITEXT_CACHE'];
  if (platform === 'win32') return join(given(env['LOCALAPPDATA']) ? env['LOCALAPPDATA'] : join(home, 'AppData', 'Local'), 'bitext-studio', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'bitext-studio');
  return join(given(env['XDG_CACHE_HOME']) ? env['XDG_CACHE_HOME'] : join(home, '.cache'), 'bitext-studio');
}

/** Models of every workspace: BITEXT_MODELS, else below the cache. */
export const sharedModelsFolder = (env: Environment = process.env): string => (given(env['BITEXT_MODELS']) ? env['BITEXT_MODELS'] : join(cacheFolder(env), 'models'));
/** Folders that are looked through for models, the workspace's own first. */
export const modelFolders = (env: Environment = process.env): string[] => [join(workspaceFolder(env), 'models'), sharedModelsFolder(env)];
/** The server that publishes models, where it is not Mozilla's: BITEXT_CATALOGUE. */
export const catalogueAddress = (env: Environment = process.env): string | undefined => (given(env['BITEXT_CATALOGUE']) ? env['BITEXT_CATALOGUE'] : undefined);
export const graphsFolder = (env: Environment = process.env): string => join(cacheFolder(env), 'graphs');
