/** The processes behind the window, by name, and their sudden end. */
import type { ElectronApplication } from '@playwright/test';

export type HostName = 'core' | 'engine';

/** Process id of a host, or null while none runs. */
export async function pidOf(app: ElectronApplication, host: HostName): Promise<number | null> {
  return app.evaluate(({ app: electron }, name) => electron.getAppMetrics().find((metric) => metric.name === name)?.pid ?? null, `Bitext ${host}`);
}

/** Kills a host as a crash would (SIGKILL) and resolves to the process id of the one that main started in its place. */
export async function killHost(app: ElectronApplication, host: HostName): Promise<number> {
  const before = await pidOf(app, host);
  if (before === null) throw new Error(`there is no ${host} process to kill`);
  process.kill(before, 'SIGKILL');
  const until = Date.now() + 120_000;
  for (;;) {
    const now = await pidOf(app, host);
    if (now !== null && now !== before) return now;
    if (Date.now() > until) throw new Error(`no ${host} process came in place of ${String(before)}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}
