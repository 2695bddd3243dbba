import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
import { layers } from './layers-table.ts';

const root = new URL('../../', import.meta.url).pathname;
const eslint = new ESLint({ cwd: root });

/** Ids of the rules that `code` breaks when it stands at `path`. */
async function broken(path: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${root}${path}` });
  return [...new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message))];
}

test.each([
  ['the contract imports the core', 'app/contract/shapes/text.ts', "import '../../core/segments/runs.ts';"],
  ['the contract imports a package other than its schemas', 'app/contract/shapes/text.ts', "import 'yaml';"],
  ['rpc imports node', 'app/rpc/client.ts', "import 'node:fs';"],
  ['the core imports electron', 'app/core/segments/runs.ts', "import 'electron';"],
  ['the core imports main', 'app/core/segments/runs.ts', "export * from '../../main/main.ts';"],
  ['the core imports the runtime', 'app/core/segments/runs.ts', "import '../../../native-models/runtime/session.ts';"],
  ['the core imports the runtime by import()', 'app/core/segments/runs.ts', "export const load = () => import('onnxruntime-node');"],
  ['the engine imports the app', 'native-models/engine/engine.ts', "import '../../app/contract/errors.ts';"],
  ['the engine loads onnxruntime outside its one file', 'native-models/engine/engine.ts', "import 'onnxruntime-node';"],
  ['the preload imports code of the contract', 'app/preload/api.ts', "import '../contract/contract.ts';"],
  ['the window imports code of the contract', 'renderer/src/main.ts', "import { contract } from '../../app/contract/contract.ts'; console.log(contract);"],
  ['the window imports the server', 'renderer/src/main.ts', "import '../../app/rpc/serve.ts';"],
  ['the window imports node', 'renderer/src/main.ts', "import 'node:fs';"],
  ['an import with a computed name', 'app/core/segments/runs.ts', 'export const load = (name: string) => import(name);'],
])('%s: refused', async (_what, path, code) => {
  expect(await broken(path, code)).toContain('studio/layers');
});

test.each([
  ['app/contract/shapes/text.ts', "import * as v from 'valibot'; export const A = v.string();"],
  ['app/core/segments/runs.ts', "import type { Engine } from '../../../native-models/engine/engine.ts'; export type E = Engine;"],
  ['native-models/runtime/session.ts', "import 'onnxruntime-node';"],
  ['renderer/src/main.ts', "import type { Contract } from '../../app/contract/contract.ts'; export type C = Contract;"],
  ['renderer/src/main.ts', "import { createClient } from '../../app/rpc/client.ts'; createClient();"],
])('%s: %s passes', async (path, code) => {
  expect(await broken(path, code)).toEqual([]);
});

test.each([
  ['@typescript-eslint/no-explicit-any', 'app/core/segments/runs.ts', 'export const a: any = 1;'],
  ['@typescript-eslint/no-non-null-assertion', 'app/core/segments/runs.ts', 'export const a = (b: string | null): string => b!;'],
  ['@typescript-eslint/no-floating-promises', 'app/core/segments/runs.ts', 'export function a(b: Promise<void>): void { b; }'],
  ['no-restricted-imports', 'app/core/segments/runs.ts', "import 'node:sqlite';"],
  ['no-restricted-properties', 'renderer/src/main.ts', "document.body.innerHTML = '<b>';"],
  ['no-restricted-properties', 'renderer/src/main.ts', "document.body.insertAdjacentHTML('beforeend', '<b>');"],
  ['no-restricted-properties', 'native-models/runtime/session.ts', 'export const a = (s: { registerCustomOpsLibrary(p: string): void }): void => { s.registerCustomOpsLibrary("x"); };'],
  ['no-restricted-syntax', 'app/preload/api.ts', "export const a = (ipcMain: { handle(n: string): void }): void => { ipcMain.handle('x'); };"],
  ['studio/database-files', 'app/core/segments/runs.ts', "import { renameSync } from 'node:fs'; renameSync('studio.db', 'old');"],
  ['studio/database-files', 'app/core/segments/runs.ts', "import { rm } from 'node:fs/promises'; import { join } from 'node:path'; export const a = (d: string) => rm(join(d, `${d}.bitext`));"],
  ['max-lines', 'app/core/segments/runs.ts', `${'export {};\n'.repeat(401)}`],
])('%s is enforced in %s', async (rule, path, code) => {
  expect(await broken(path, code)).toContain(rule);
});

test('markup from a text is refused in a component', async () => {
  expect(await broken('renderer/src/App.svelte', '<script lang="ts">const { text }: { text: string } = $props();</script>{@html text}')).toContain('svelte/no-at-html-tags');
});

test('every folder of app and native-models, the window and the end-to-end tests are in the table', () => {
  const covers = (path: string): boolean => layers.some(({ files }) => path.startsWith(files));
  expect(['app/contract/a.ts', 'app/rpc/a.ts', 'app/core/a.ts', 'app/hosts/a.ts', 'app/cli/a.ts', 'app/main/a.ts', 'app/preload/a.ts', 'native-models/engine/a.ts', 'renderer/src/a.ts', 'e2e/specs/a.ts'].filter((path) => !covers(path))).toEqual([]);
});
