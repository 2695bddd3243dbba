/** What no window may do, whatever runs in it: leave app://, open others, ask for devices, reach the network. */
import { app, type Session, type WebContents, type WebFrameMain } from 'electron';
import { ORIGIN } from './window-files.ts';

/** Before the app is ready. */
export function hardenProcess(): void {
  // Chromium has no sandbox for root; tests and containers run a checkout with --no-sandbox. A packaged studio never does.
  if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  // Chromium itself resolves no host; the model catalogue is asked by the core, in Node, when the user presses Download.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-component-update');
  if (app.isPackaged) app.commandLine.removeSwitch('remote-debugging-port');
  app.on('web-contents-created', (_event, contents) => { confine(contents); });
}

export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => { answer(false); });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => { answer({ cancel: !isOurs(details.url) }); });
  // Chromium would fetch a dictionary for its own spell checker from its own servers.
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => { event.preventDefault(); });
}

/** Developer tools of an unpackaged studio load their own files. */
const isOurs = (address: string): boolean => {
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}` === ORIGIN || protocol === 'data:' || protocol === 'blob:' || (!app.isPackaged && protocol === 'devtools:');
};

function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => { event.preventDefault(); });
  contents.on('will-navigate', (event) => { event.preventDefault(); });
  contents.on('will-frame-navigate', (event) => { event.preventDefault(); });
  contents.on('will-redirect', (event) => { event.preventDefault(); });
}

/** Whether a message came from the main frame of a page of ours. */
export function isTrusted(sender: WebContents, frame: WebFrameMain | null): boolean {
  if (frame === null || sender.isDestroyed() || frame !== sender.mainFrame) return false;
  const { protocol, host } = new URL(frame.url);
  return `${protocol}//${host}` === ORIGIN;
}
