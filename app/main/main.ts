/**
 * The main process: windows, menus, dialogs, security; starts and watches the core and the engine, and connects windows to
 * the core. It opens no document and no database.
 * Environment: BITEXT_HOME, the workspace folder (its `window` folder holds what the window remembers).
 */
import { app, dialog, nativeTheme, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { startHosts, type Hosts } from './hosts.ts';
import { openLog } from './log-file.ts';
import { setMenu } from './menu.ts';
import { answerWindows } from './native-calls.ts';
import { projectArguments } from './project-arguments.ts';
import { declareScheme, serveWindowFiles } from './protocol.ts';
import { confineSession, hardenProcess } from './security.ts';
import { openSettings } from './settings-file.ts';
import { focus, openWindow, sendCommand } from './windows.ts';

const home = process.env['BITEXT_HOME'];
if (home !== undefined && home !== '') app.setPath('userData', join(home, 'window'));

hardenProcess();
declareScheme();
// The second start hands its arguments to the first and touches nothing.
if (app.requestSingleInstanceLock({ projects: projectArguments(process.argv.slice(1), process.cwd()) })) run();
else app.exit(0);

function run(): void {
  const folder = app.getPath('userData');
  const log = openLog(join(folder, 'logs'));
  const settings = openSettings(join(folder, 'settings.json'));
  const built = join(app.getAppPath(), 'out');
  const resources = join(app.getAppPath(), 'resources');
  log.write('main', `${app.name} ${app.getVersion()}, Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);

  let window: BrowserWindow | null = null;
  let hosts: Hosts | null = null;
  let closed = false;
  // Projects asked for before the window listens.
  const waiting = projectArguments(process.argv.slice(1), process.cwd());

  async function openProjects(paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || !hosts) return;
    await hosts.grant(paths);
    const target = window;
    if (target) for (const path of paths) sendCommand(target, { id: 'project.open', path });
  }
  const report = (error: unknown): void => { log.write('main', String(error)); };

  function coreFailed(message: string, advice: string): void {
    log.write('main', message);
    dialog.showErrorBox(`${app.name} can't open its workspace`, `${message}\n\n${advice}`);
    app.quit();
  }
  function showWindow(): void {
    window = openWindow({ preload: join(built, 'preload', 'preload.cjs'), settings, log });
    window.on('closed', () => { window = null; });
  }

  app.on('second-instance', (_event, _argv, _folder, data) => {
    if (window) focus(window); else if (app.isReady()) showWindow();
    void openProjects(projectsOf(data)).catch(report);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (hosts) void openProjects([path]).catch(report); else waiting.push(path);
  });
  app.on('child-process-gone', (_event, { type, reason, name }) => { log.write('main', `${name ?? type} gone: ${reason}`); });
  app.on('activate', () => { if (!window) showWindow(); });
  app.on('window-all-closed', () => { app.quit(); });
  app.on('will-quit', (event) => {
    if (closed || !hosts) return;
    event.preventDefault();
    void hosts.stop().catch(report).finally(() => { closed = true; app.quit(); });
  });

  void app.whenReady().then(() => {
    nativeTheme.themeSource = settings.read().theme;
    confineSession(session.defaultSession);
    serveWindowFiles(session.defaultSession, join(built, 'renderer'));
    setMenu();
    hosts = startHosts({ entries: join(built, 'node'), resources, log, onCoreFailed: coreFailed });
    answerWindows({ hosts, settings, log, onWindowReady: () => { void openProjects(waiting.splice(0)).catch(report); } });
    showWindow();
  }).catch((error: unknown) => {
    report(error);
    app.exit(4);
  });
}

/** The projects that a second start passed on; it is our own program, but any program may pass itself off as it. */
function projectsOf(data: unknown): string[] {
  const projects: unknown = typeof data === 'object' && data !== null && 'projects' in data ? data.projects : [];
  return Array.isArray(projects) ? projectArguments(projects.filter((path) => typeof path === 'string'), '/') : [];
}
