/** Stops a build whose bundles hold what they must not: lint sees imports, this sees what really went in. */
import type { Plugin } from 'vite';

export interface Forbidden {
  /** Entries by name that this holds for; absent: all of the build. */
  readonly entries?: readonly string[];
  /** Names of packages, or path parts of this repository's folders (`/app/core/`). */
  readonly modules: readonly string[];
}

/** A plugin that fails the build when an entry reaches a forbidden module, bundled or external, statically or not. */
export function bundleGuard(rules: readonly Forbidden[]): Plugin {
  return {
    name: 'bundle-guard',
    generateBundle(_options, bundle) {
      for (const { entries, modules } of rules) {
        for (const entry of Object.values(bundle)) {
          if (entry.type !== 'chunk' || !entry.isEntry || (entries && !entries.includes(entry.name))) continue;
          const found = [...reachable(entry.fileName, bundle)].filter((id) => modules.some((name) => isOf(id, name)));
          if (found.length > 0) this.error(`${entry.name} must not hold ${found.join(', ')}. The table of who may import what is in scripts/lint/layers-table.ts.`);
        }
      }
    },
  };
}

interface Chunk { readonly type: string; readonly moduleIds?: readonly string[]; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[] }

/** Ids of all modules in the chunks that a chunk reaches, and the names of external ones. */
function reachable(file: string, bundle: Readonly<Record<string, Chunk>>): Set<string> {
  const ids = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = bundle[name];
    if (!chunk) { ids.add(name); return; }
    for (const id of chunk.moduleIds ?? []) ids.add(id);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next);
  };
  visit(file);
  return ids;
}

function isOf(id: string, name: string): boolean {
  const path = id.replaceAll('\\', '/');
  return name.startsWith('/') ? path.includes(name) : path === name || path.startsWith(`${name}/`) || path.includes(`/node_modules/${name}/`);
}
