/** The studio's window: where it stands, what it may do, and that it comes back when its process crashes. */
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { MenuCommand } from '../preload/api.ts';
import type { Log } from './log-file.ts';
import { createRestartPolicy } from './restart-policy.ts';
import { visiblePlace, type SettingsFile } from './settings-file.ts';
import { START_PAGE } from './window-files.ts';

export function openWindow({ preload, settings, log }: { preload: string; settings: SettingsFile; log: Log }): BrowserWindow {
  const place = visiblePlace(settings.read().place, screen.getAllDisplays().map(({ workArea }) => workArea));
  const window = new BrowserWindow({
    width: 1360, height: 860, ...(place ? { x: place.x, y: place.y, width: place.width, height: place.height } : {}),
    minWidth: 760, minHeight: 480,
    show: false,
    title: app.name,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#17181b' : '#ffffff',
    webPreferences: {
      preload,
      sandbox: true, contextIsolation: true, webSecurity: true,
      nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
      webviewTag: false, navigateOnDragDrop: false, spellcheck: false, enableWebSQL: false,
      devTools: !app.isPackaged,
    },
  });
  if (place?.maximized) window.maximize();
  window.once('ready-to-show', () => { window.show(); });
  window.on('close', () => {
    try { settings.change({ place: { ...window.getNormalBounds(), maximized: window.isMaximized() } }); } catch (error) { log.write('main', `window place not saved: ${String(error)}`); }
  });

  // Drafts are in the core; a page that crashed starts again where it was.
  const crashes = createRestartPolicy();
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.write('window', `gone: ${reason} (${String(exitCode)})`);
    if (reason === 'clean-exit' || reason === 'killed' && window.isDestroyed()) return;
    const delay = crashes.died(Date.now());
    if (delay !== null) setTimeout(() => { if (!window.isDestroyed()) window.webContents.reload(); }, delay);
  });
  window.webContents.on('preload-error', (_event, _path, error) => { log.write('window', `preload: ${error.message}`); });
  window.webContents.on('console-message', (event) => { if (event.level === 'error') log.write('window', event.message); });
  void window.loadURL(START_PAGE);
  return window;
}

/** Brings a window to the front. */
export function focus(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Tells the window to run a command of its registry. */
export function sendCommand(window: BrowserWindow, command: MenuCommand): void {
  window.webContents.send('studio:command', command);
}
