/** The two processes behind the windows, and who is connected to whom. */
import { MessageChannelMain, type WebContents } from 'electron';
import { join } from 'node:path';
import { createHostProcess, type HostProcess } from './host-process.ts';
import type { Log } from './log-file.ts';

export interface Hosts {
  readonly core: HostProcess;
  readonly engine: HostProcess;
  /** Gives a window a port to the core, now and again whenever the core was started anew. */
  connect(window: WebContents): void;
  /** Paths that a dialog, a drop or the command line yielded: the core may use them, after a restart too. Resolves when it knows. */
  grant(paths: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface HostsOptions {
  /** Folder of the built entries. */
  readonly entries: string;
  readonly resources: string;
  readonly log: Log;
  /** The core can't be started; nothing works without it. */
  readonly onCoreFailed: (message: string, advice: string) => void;
}

/** Starts both hosts. Workspace and models come to them by environment: BITEXT_HOME, BITEXT_MODELS. */
/** As for the command line's engine (`ENGINE_EXEC_ARGV` in native-models/engine/child-process-link.ts, which main must not load). */
const SMALL_HEAP = ['--optimize-for-size', '--max-semi-space-size=2'];
/** As `ENGINE_ENVIRONMENT` there. */
const BLOCKS_GIVEN_BACK = { MALLOC_MMAP_THRESHOLD_: '131072' };

export function startHosts({ entries, resources, log, onCoreFailed }: HostsOptions): Hosts {
  // Before any line of theirs runs: the engine's runtime would look up a telemetry host.
  const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };
  const windows = new Set<WebContents>();
  const granted = new Set<string>();

  const report = (error: unknown): void => { log.write('main', String(error)); };

  const core = createHostProcess({
    name: 'core', entry: join(entries, 'core-host.js'), args: [resources], env, log, killSilent: false,
    onStart: () => {
      linkEngine();
      if (granted.size > 0) core.control.call('host.grant', { paths: [...granted] }).catch(report);
      for (const window of windows) linkWindow(window);
    },
    onGone: (message) => { onCoreFailed(message, `The log says more: ${log.file}`); },
  });
  const engine = createHostProcess({
    name: 'engine', entry: join(entries, 'engine-host.js'), args: [], env: { ...env, ...BLOCKS_GIVEN_BACK }, execArgv: SMALL_HEAP, log, killSilent: true,
    onStart: linkEngine,
    onGone: (message) => { core.control.call('host.engineGone', { message }).catch(report); },
  });
  core.control.on('host.engineStuck', () => { log.write('main', 'the engine does not stop what was cancelled: it is ended'); engine.kill(); });
  core.control.on('host.failed', ({ message, advice }) => { onCoreFailed(message, advice); });

  function linkEngine(): void {
    const { port1, port2 } = new MessageChannelMain();
    if (engine.send('core', port2)) core.send('engine', port1);
    else port1.close();
  }
  function linkWindow(window: WebContents): void {
    if (window.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    if (core.send('window', port1)) window.postMessage('studio:port', null, [port2]);
    else port2.close();
  }

  core.start();
  engine.start();
  return {
    core, engine,
    connect(window) {
      if (!windows.has(window)) {
        windows.add(window);
        window.once('destroyed', () => { windows.delete(window); });
      }
      linkWindow(window);
    },
    async grant(paths) {
      if (paths.length === 0) return;
      for (const path of paths) granted.add(path);
      await core.control.call('host.grant', { paths: [...paths] });
    },
    stop: async () => { await Promise.all([core.stop(), engine.stop()]); },
  };
}
