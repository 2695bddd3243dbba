/**
 * What the preload puts on `window.studio`. Types only.
 *
 * A window's start:
 *   const core = createClient<Contract, Events>({ closed: ... });          // app/rpc/client.ts
 *   window.addEventListener('message', (event) => {                        // a MessagePort can't cross the context bridge,
 *     const port = event.source === window && event.data === STUDIO_PORT ? event.ports[0] : undefined;
 *     if (port) core.connect(fromDomPort(port));                           // it comes as a window message; again after the core
 *   });                                                                    // was restarted
 *   await window.studio.connect();
 */
import type { NativeInput, NativeName } from '../contract/contract.ts';
import type { NativeResult } from '../rpc/native.ts';

/** `event.data` of the window message that carries the port to the core. */
export type StudioPortMessage = 'studio-port';

/** What the menu, the command line or a second start of the program asks of the window: an id of the command registry. */
export interface MenuCommand { readonly id: string; readonly path?: string }

export interface StudioBridge {
  /** Asks main for a port to the core; it arrives as a window message. Main sends a new one by itself when the core was restarted. */
  connect(): Promise<void>;
  /** Use `callNative` of app/rpc/native.ts, which turns a failure into a StudioError. Paths that come back are granted in the core. */
  native<K extends NativeName>(name: K, input: NativeInput<K>): Promise<NativeResult<K>>;
  /** Absolute paths of dropped files, recorded as granted in the core; files without a path (made by a page) are left out. */
  pathsOf(files: readonly File[]): Promise<readonly string[]>;
  /** Listens to the menu for as long as the window lives. */
  onCommand(listener: (command: MenuCommand) => void): void;
}

declare global {
  interface Window { readonly studio: StudioBridge }
}
