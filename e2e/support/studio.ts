/** `test` with a running studio of its own; it fails when anything was logged as an error or asked of the network. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type ElectronApplication, type Page } from '@playwright/test';
import { startElectron, type StartOptions } from './electron.ts';

export { expect } from '@playwright/test';

export interface Studio {
  readonly app: ElectronApplication;
  /** The first window. */
  readonly page: Page;
  /** The workspace of this test. */
  readonly home: string;
  /** Errors on the console, uncaught errors and policy violations so far. A test that expects one empties the list. */
  readonly errors: string[];
  /** Addresses outside app:// that anything asked for so far. */
  readonly requests: string[];
  readonly log: string;
  close(): Promise<void>;
}

/** Opens the studio of a workspace and waits for its window. Close it yourself, or use the fixture. */
export async function openStudio(home: string, args: readonly string[] = [], options: Omit<StartOptions, 'home' | 'args'> = {}): Promise<Studio> {
  const app = await startElectron({ home, args, ...options });
  const errors: string[] = [];
  const requests: string[] = [];
  const watch = (page: Page): void => {
    // A page that a test puts up as a stranger is none of the studio's, and Electron warns of it when it likes.
    page.on('console', (message) => { if (!page.url().startsWith('data:') && (message.type() === 'error' || message.type() === 'warning')) errors.push(`${message.type()}: ${message.text()}`); });
    page.on('pageerror', (error) => { errors.push(`uncaught: ${error.message}`); });
    page.on('request', (request) => { if (!/^(app:\/\/bitext\/|data:|blob:)/u.test(request.url())) requests.push(request.url()); });
  };
  app.on('window', watch);
  const page = await app.firstWindow();
  watch(page);
  await page.waitForLoadState('load');
  const log = join(home, 'window', 'logs', 'studio.log');
  return { app, page, home, errors, requests, log, close: () => app.close() };
}

/** What the window's console said before the test listened, as main wrote it down. */
export function loggedByWindow(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter((line) => / window: /u.test(line)) : [];
}

/**
 * Gives `use` a studio with a home of its own, closes it, and fails when anything was logged as an error or asked of the
 * network. `prepare` puts into the home what is to be there, and says which variables the studio is started with.
 */
export async function withStudio(prepare: (home: string) => Promise<NonNullable<StartOptions['env']>>, use: (studio: Studio) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'bitext-e2e-'));
  const studio = await openStudio(home, [], { env: await prepare(home) });
  await use(studio);
  const logged = studio.errors.length === 0 ? loggedByWindow(studio.log) : [];
  await studio.close();
  rmSync(home, { recursive: true, force: true });
  base.expect({ errors: [...studio.errors, ...logged], requests: studio.requests }, 'a quiet console and no request of the window').toEqual({ errors: [], requests: [] });
}

export const test = base.extend<{ studio: Studio }>({
  studio: async ({}, use) => { await withStudio(() => Promise.resolve({}), use); },
});
