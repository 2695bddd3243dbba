/** A studio of this process, served to every window whose port main hands over, until main says close. */
import { contract, type EventName, type EventValue, type Handlers } from '../contract/contract.ts';
import { toEnvelope } from '../contract/errors.ts';
import { hostContract, type HostEvents } from '../contract/host-contract.ts';
import { serve, type Server } from '../rpc/serve.ts';
import type { EngineClient } from './engine-client.ts';
import type { Parent } from './parent-port.ts';

/** What this needs of `openStudio`'s result. */
export interface OpenedStudio {
  readonly handlers: Handlers;
  onEvent(listener: <K extends EventName>(name: K, value: EventValue<K>) => void): () => void;
  grant(paths: readonly string[]): void;
  close(): void | Promise<void>;
}

/**
 * Opens the studio and serves it. Ports that come before it is open wait. A studio that can't be opened (a database from the
 * future, a damaged one) is told to main as `host.failed`; the process then only answers pings.
 */
export async function serveStudio(parent: Parent, engine: EngineClient, open: () => OpenedStudio | Promise<OpenedStudio>): Promise<void> {
  let studio: OpenedStudio | null = null;
  const earlyGrants: string[] = [];
  const control = serve(parent.control, hostContract, {
    'host.ping': () => ({}),
    'host.grant': ({ paths }) => {
      if (studio) studio.grant(paths);
      else earlyGrants.push(...paths);
      return {};
    },
    'host.engineGone': ({ message }) => { engine.fail(message); return {}; },
    'host.close': async () => {
      const closing = studio;
      studio = null;
      await engine.close();
      await closing?.close();
      return {};
    },
  });
  const tell = <K extends keyof HostEvents & string>(name: K, value: object): void => { control.emit(name, value); };

  const windows = new Set<Server>();
  let serveWindow: Parameters<Parent['onPort']>[0] | null = null;
  const early: Parameters<Parameters<Parent['onPort']>[0]>[] = [];
  parent.onPort((to, port) => {
    if (to === 'engine') engine.connect(port);
    else if (serveWindow) serveWindow(to, port);
    else early.push([to, port]);
  });

  try {
    studio = await open();
  } catch (error) {
    const { code, message, advice } = toEnvelope(error);
    tell('host.failed', { code, message, advice });
    return;
  }
  const { handlers } = studio;
  studio.grant(earlyGrants);
  serveWindow = (_to, port) => {
    const server = serve(port, contract, handlers);
    windows.add(server);
    port.onClose(() => { windows.delete(server); });
  };
  studio.onEvent((name, value) => { for (const server of windows) server.emit(name, value); });
  for (const [to, port] of early.splice(0)) serveWindow(to, port);
  tell('host.ready', {});
}
