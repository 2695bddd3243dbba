/** Where the studio keeps its things on this machine, for the command line. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StudioError } from '../contract/errors.ts';
import { cacheFolder, sharedModelsFolder, workspaceFolder } from '../hosts/places.ts';

/** The user's data folder of the studio, the same as the window's. Holds `studio.db` and imported models. */
export const defaultWorkspace = (env: NodeJS.ProcessEnv = process.env): string => workspaceFolder(env);

/** What can be fetched or computed again: downloaded models, compiled graphs. */
export const defaultCache = (env: NodeJS.ProcessEnv = process.env): string => cacheFolder(env);

/** Folders that are looked through for models, the user's own first. `BITEXT_MODELS` names one instead of the shared cache. */
export const modelFolders = (workspace: string, env: NodeJS.ProcessEnv = process.env): string[] => [join(workspace, 'models'), sharedModelsFolder(env)];

/** The folder `resources` of the studio: the nearest one above this module, wherever a build has put the module. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, 'resources', 'srx'))) return join(folder, 'resources');
  throw new StudioError('FILE_MISSING', 'The folder "resources" of the studio is missing.', { advice: 'Install the studio again.' });
}
