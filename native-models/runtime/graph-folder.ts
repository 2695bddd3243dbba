/** Where the compiled graphs of a model are kept. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A model that has this folder keeps its graphs in it: weights that are made anew every few minutes take them along when they go. */
export const GRAPHS_FOLDER = 'graphs';

export function graphFolderOf(modelFolder: string, shared: string): string {
  const own = path.join(modelFolder, GRAPHS_FOLDER);
  return existsSync(own) ? own : shared;
}
