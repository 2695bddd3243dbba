/**
 * One end of a message channel, whatever made it: a worker's MessagePort, Electron's MessagePortMain, a DOM MessagePort,
 * or a child process with an IPC channel. Messages keep their order; values must survive structured clone.
 */
export interface Port {
  post(message: unknown): void;
  /** One listener; messages that came before it was set are kept by the channel and delivered then. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other end is gone or `close` was called here. */
  onClose(listener: () => void): void;
  close(): void;
}

/** What `worker_threads.MessagePort` offers; Node's `MessageChannel` yields two. */
export interface NodePortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  close(): void;
}
/** A port of Node's worker_threads. */
export function fromNodePort(port: NodePortLike): Port {
  return {
    post: (message) => { port.postMessage(message); },
    onMessage: (listener) => { port.on('message', listener); },
    onClose: (listener) => { port.on('close', once(listener)); },
    close: () => { port.close(); },
  };
}

/** What Electron's `MessagePortMain` offers, in the main process and in a utility process. */
export interface ElectronPortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}
/** A port of Electron's main or utility process. */
export function fromElectronPort(port: ElectronPortLike): Port {
  let open = true;
  port.on('close', () => { open = false; });
  return {
    // A post to a port whose other end died throws or, in an exit listener, ends the process (electron issue 53923).
    post: (message) => { if (open) port.postMessage(message); },
    onMessage: (listener) => { port.on('message', (event) => { listener(event.data); }); port.start(); },
    onClose: (listener) => { port.on('close', once(listener)); },
    close: () => { open = false; port.close(); },
  };
}

/** What the DOM's `MessagePort` offers. */
export interface DomPortLike {
  postMessage(message: unknown): void;
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}
/** A port of a window. Chromium tells the other end's death by a `close` event; closing here tells it at once. */
export function fromDomPort(port: DomPortLike): Port {
  const listeners: (() => void)[] = [];
  const closed = once(() => { for (const listener of listeners) listener(); });
  port.addEventListener('close', closed);
  return {
    post: (message) => { port.postMessage(message); },
    onMessage: (listener) => { port.addEventListener('message', (event) => { listener(event.data); }); port.start(); },
    onClose: (listener) => { listeners.push(listener); },
    close: () => { port.close(); closed(); },
  };
}

function once(listener: () => void): () => void {
  let called = false;
  return () => { if (!called) { called = true; listener(); } };
}
