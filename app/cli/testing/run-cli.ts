/** The real command line in a process of its own, for tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defaultCache } from '../workspace.ts';

const CLI = join(import.meta.dirname, '..', 'cli.ts');
/** Graphs and notes of devices that the tests make, beside this checkout: none of the user's are read, and none are left among them. */
const CACHE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'bitext-studio', 'tests');

export interface CliRun { readonly code: number | null; readonly stdout: string; readonly stderr: string }
export interface CliOptions { readonly input?: string | Uint8Array; readonly env?: NodeJS.ProcessEnv; readonly onStderr?: (text: string, child: ChildProcess) => void }

/** Runs `bitext ARGS` and waits for its end; `code` is null when a signal ended it. */
export function runCli(args: readonly string[], { input = '', env = {}, onStderr }: CliOptions = {}): Promise<CliRun> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, NO_COLOR: '1', ORT_DISABLE_TELEMETRY: '1', BITEXT_CACHE: CACHE, BITEXT_MODELS: MODELS_FOLDER, ...env }, stdio: 'pipe' });
  const out: Buffer[] = [], err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => { out.push(chunk); });
  child.stderr.on('data', (chunk: Buffer) => { err.push(chunk); onStderr?.(String(chunk), child); });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => { resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }); });
  });
}

/** Whether the default models are on this machine: tests of real translation need them. */
export const MODELS_FOLDER = process.env['BITEXT_MODELS'] ?? join(defaultCache(), 'models');
export const hasModels = existsSync(join(MODELS_FOLDER, 'enpt-1693087644')) && existsSync(join(MODELS_FOLDER, 'pten-1693087646'));

/** Hashes of the files below a folder by relative path, without those whose name matches `except`. */
export function treeOf(folder: string, except = /^$/): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !except.test(entry.name));
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path): [string, string] => [relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex')]));
}
