/**
 * Who may import what: the table of the architecture, as data. The first entry whose `files` the importing file's path starts
 * with decides. `may`: folders or files of this repository (path prefixes); `types`: the same, by `import type` only;
 * `packages`: npm packages and `node:*`, a trailing `*` standing for anything.
 */
export interface Layer { readonly files: string; readonly may: readonly string[]; readonly types?: readonly string[]; readonly packages: readonly string[] }

export const layers: readonly Layer[] = [
  { files: 'app/contract/', may: ['app/contract/'], packages: ['valibot'] },
  { files: 'app/rpc/', may: ['app/contract/', 'app/rpc/'], packages: ['valibot'] },

  { files: 'native-models/runtime/session.ts', may: ['native-models/'], packages: ['onnxruntime-node', 'node:*'] },
  { files: 'native-models/', may: ['native-models/'], packages: ['eld/small', 'fzstd', '@bufbuild/protobuf*', '@huggingface/tokenizers', 'yaml', 'yauzl', 'yazl', 'node:*'] },

  {
    files: 'app/core/', may: ['app/core/', 'app/contract/', 'native-models/engine/engine.ts', 'native-models/engine/engine-error.ts', 'native-models/alignment/', 'native-models/terms/', 'native-models/catalog/', 'native-models/evaluation/precision-loss.ts', 'native-models/evaluation/chrf.ts', 'native-models/adaptation/similar-pairs.ts', 'native-models/adaptation/memory-guard.ts', 'native-models/adaptation/steps/', 'native-models/tasks/text-tasks.ts', 'native-models/training/training-tasks.ts', 'native-models/training/runs/', 'native-models/training/corpus/corpus-report.ts'],
    packages: ['better-sqlite3', 'saxes', 'parse5*', 'yauzl', 'yazl', 'micromark*', 'mdast*', 'papaparse', 'yaml', 'iconv-lite', 'chardet', 'valibot', 'node:*'],
  },
  { files: 'app/hosts/', may: ['app/hosts/', 'app/core/', 'app/rpc/', 'app/contract/', 'native-models/'], packages: ['node:*'] },
  { files: 'app/cli/', may: ['app/cli/', 'app/core/', 'app/hosts/', 'app/contract/', 'native-models/'], packages: ['commander', 'node:*'] },
  { files: 'app/main/', may: ['app/main/', 'app/contract/', 'app/rpc/'], types: ['app/preload/api.ts'], packages: ['electron', 'electron/main', 'valibot', 'node:*'] },
  { files: 'app/preload/', may: ['app/preload/'], types: ['app/contract/', 'app/rpc/'], packages: ['electron', 'electron/renderer'] },

  {
    files: 'renderer/', may: ['renderer/', 'app/rpc/client.ts', 'app/rpc/native.ts', 'app/rpc/port.ts', 'app/contract/errors.ts'], types: ['app/contract/', 'app/rpc/', 'app/preload/api.ts'],
    packages: ['svelte', 'svelte/*', 'virtua/svelte', '@codemirror/*', 'tinykeys'],
  },
  { files: 'e2e/', may: ['e2e/', 'scripts/setup/'], types: ['app/contract/', 'app/preload/'], packages: ['@playwright/test', 'axe-core', '@axe-core/playwright', 'yauzl', 'better-sqlite3', 'node:*'] },
];

/** Files past 400 lines, each with the reason why it is one thing. */
export const longFiles: Readonly<Record<string, string>> = {};
