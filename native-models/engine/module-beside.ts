import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The file of a module that a thread or a process is started with: beside this one as TypeScript in the sources, as
 * JavaScript in a build, where this code may lie in a folder of shared chunks below the entries. `here`: the folder of
 * the source that asks.
 */
export function moduleBeside(name: string, here = import.meta.dirname): string {
  const places = [path.join(here, `${name}.ts`), path.join(here, `${name}.js`), path.join(here, '..', `${name}.js`)];
  return places.find((file) => existsSync(file)) ?? path.join(here, `${name}.js`);
}
