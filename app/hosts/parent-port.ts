/** A utility process's line to the main process: a control channel, and the ports that main hands over. */
import { fromElectronPort, type ElectronPortLike, type Port } from '../rpc/port.ts';
import type { HostPortMessage } from '../contract/host-contract.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPortLike[] }) => void): unknown;
}

export interface Parent {
  /** The control channel; it speaks `hostContract`. */
  readonly control: Port;
  /** Called with each port that main hands over; those that came earlier are kept and delivered at once. */
  onPort(listener: (to: HostPortMessage['to'], port: Port) => void): void;
}

/** Throws outside an Electron utility process. */
export function connectParent(): Parent {
  const parent: unknown = Reflect.get(process, 'parentPort');
  if (!isParentPort(parent)) throw new Error('This program is started by Electron as a utility process.');
  const early: (readonly [HostPortMessage['to'], Port])[] = [];
  let take: ((to: HostPortMessage['to'], port: Port) => void) | null = null;
  let hear: ((message: unknown) => void) | null = null;
  const earlyMessages: unknown[] = [];
  parent.on('message', ({ data, ports: [port] }) => {
    if (isPortMessage(data) && port) {
      if (take) take(data.to, fromElectronPort(port));
      else early.push([data.to, fromElectronPort(port)]);
    } else if (hear) hear(data);
    else earlyMessages.push(data);
  });
  return {
    control: {
      post: (message) => { parent.postMessage(message); },
      onMessage: (listener) => {
        hear = listener;
        for (const message of earlyMessages.splice(0)) listener(message);
      },
      // When main is gone this process is ended with it.
      onClose: () => undefined,
      close: () => undefined,
    },
    onPort: (listener) => {
      take = listener;
      for (const [to, port] of early.splice(0)) listener(to, port);
    },
  };
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && typeof value.postMessage === 'function' && 'on' in value && typeof value.on === 'function';
}
function isPortMessage(data: unknown): data is HostPortMessage {
  return typeof data === 'object' && data !== null && 't' in data && data.t === 'port' && 'to' in data && (data.to === 'window' || data.to === 'engine' || data.to === 'core');
}
