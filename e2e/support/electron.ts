/** The Electron that set-up found, and how it is started for a test. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from '@playwright/test';
import { checkout, modelsFolder, readFindings } from '../../scripts/setup/places.mjs';

export interface StartOptions {
  /** The workspace of this start; nothing of the user's own is touched. */
  readonly home: string;
  /** Arguments after the program: a .bitext file, for one. */
  readonly args?: readonly string[];
  /** undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Switches of Chromium's own. */
  readonly switches?: readonly string[];
}

/** The program, its arguments and its environment for a workspace. Throws, saying what to run, where set-up has found no Electron. */
export function commandOf({ home, args = [], env = {}, switches = [] }: StartOptions): { executable: string; args: string[]; env: Record<string, string> } {
  const { electron, sqlite } = readFindings();
  if (!electron) throw new Error('There is no Electron yet: run "npm run setup".');
  const asRoot = process.getuid?.() === 0;
  const defined = (variables: Readonly<Record<string, string | undefined>>): Record<string, string> => Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return {
    executable: electron.executable,
    args: [...(asRoot ? ['--no-sandbox'] : []), ...switches, checkout, ...args],
    env: defined({
      ...process.env,
      // Chromium and GTK keep their own files here, too.
      XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'),
      BITEXT_HOME: home, BITEXT_MODELS: modelsFolder(), ...(sqlite?.binding ? { BITEXT_SQLITE_BINDING: sqlite.binding } : {}),
      ...env,
    }),
  };
}

/** Starts the built studio under Playwright's control. */
export async function startElectron(options: StartOptions): Promise<ElectronApplication> {
  const { executable, args, env } = commandOf(options);
  mkdirSync(options.home, { recursive: true });
  return _electron.launch({ executablePath: executable, args: ['-r', join(checkout, 'e2e', 'support', 'wait-for-playwright.cjs'), ...args], cwd: checkout, env });
}
