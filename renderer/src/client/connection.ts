/** The window's one way out: the core over a message port, and the few native calls of the main process. */
import type { Contract, Events, NativeInput, NativeName, NativeOutput } from '../../../app/contract/contract.ts';
import type { MenuCommand, StudioBridge, StudioPortMessage } from '../../../app/preload/api.ts';
import { createClient, type Client } from '../../../app/rpc/client.ts';
import { callNative } from '../../../app/rpc/native.ts';
import { fromDomPort } from '../../../app/rpc/port.ts';

export interface Connection {
  readonly call: Client<Contract, Events>['call'];
  readonly job: Client<Contract, Events>['job'];
  readonly on: Client<Contract, Events>['on'];
  /** Called when the core's process is gone; a new port comes by itself and what is asked meanwhile waits for it. */
  readonly onLost: (listener: () => void) => () => void;
  native<K extends NativeName>(name: K, input: NativeInput<K>): Promise<NativeOutput<K>>;
  /** Absolute paths of dropped files; core knows them as granted from then on. */
  pathsOf(files: readonly File[]): Promise<readonly string[]>;
  onCommand(listener: (command: MenuCommand) => void): void;
}

const PORT: StudioPortMessage = 'studio-port';

/** Connects a window to the core. Calls made before the port has come wait for it. */
export function connect(bridge: StudioBridge, window: Window): Connection {
  const client = createClient<Contract, Events>();
  window.addEventListener('message', (event) => {
    const port = event.source === window && event.data === PORT ? event.ports[0] : undefined;
    if (port) client.connect(fromDomPort(port));
  });
  void bridge.connect();
  return {
    call: client.call,
    job: client.job,
    on: client.on,
    onLost: client.onLost,
    native: (name, input) => callNative(bridge, name, input),
    pathsOf: (files) => bridge.pathsOf(files),
    onCommand: (listener) => { bridge.onCommand(listener); },
  };
}
