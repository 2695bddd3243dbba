/** Electron's security checklist, as far as a running studio can show it; the items' numbers are those of the checklist. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { commandOf } from '../support/electron.ts';
import { openStudio, expect, test } from '../support/studio.ts';

test('2 to 10: what the window may do is what a plain web page may do', async ({ studio }) => {
  expect(await studio.page.evaluate(() => [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process'), typeof Reflect.get(window, 'module')])).toEqual(['undefined', 'undefined', 'undefined']);
  expect(await studio.page.evaluate(() => Object.keys(window.studio))).toEqual(['connect', 'native', 'pathsOf', 'onCommand']);
  const switchedOn = await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map(({ webContents }) => {
    // Not in Electron's declarations, but in Electron.
    const read: unknown = Reflect.get(webContents, 'getLastWebPreferences');
    if (typeof read !== 'function') throw new Error('no getLastWebPreferences');
    const all: Readonly<Record<string, unknown>> = { ...Reflect.apply(read, webContents, []) };
    const names = ['sandbox', 'contextIsolation', 'webSecurity', 'nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames', 'webviewTag', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures', 'navigateOnDragDrop', 'spellcheck'];
    return names.filter((name) => all[name] !== undefined && all[name] !== false && all[name] !== '');
  }));
  expect(switchedOn).toEqual([['sandbox', 'contextIsolation', 'webSecurity']]);
});

test('5: every permission is denied', async ({ studio }) => {
  const states = await studio.page.evaluate(async () => {
    const names: PermissionName[] = ['geolocation', 'notifications', 'camera', 'microphone', 'midi'];
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'denied']);
});

test('7: inline code, eval, foreign pictures, frames and connections are stopped by the policy', async ({ studio }) => {
  const stopped = await studio.page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => { violations.push(event.effectiveDirective); });
    const script = document.createElement('script');
    try { script.textContent = 'window.__pwned = 1'; } catch { /* trusted types refuse the text itself */ }
    document.body.append(script);
    const image = document.createElement('img');
    image.src = 'https://example.com/a.png';
    document.body.append(image);
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    await fetch('https://example.com/').catch(() => undefined);
    await fetch('file:///etc/hostname').catch(() => undefined);
    try { new WebSocket('wss://example.com/'); } catch { /* refused at once */ }
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    for (const element of [script, image, frame]) element.remove();
    return { pwned: Reflect.has(window, '__pwned'), violations: [...new Set(violations)].sort() };
  });
  expect(stopped.pwned).toBe(false);
  expect(stopped.violations).toEqual(expect.arrayContaining(['connect-src', 'frame-src', 'img-src']));
  // The console says so, and nothing went out.
  studio.errors.length = 0;
  studio.requests.length = 0;
});

test('13 and 14: the window stays where it is, and no other opens', async ({ studio }) => {
  const before = studio.page.url();
  await studio.page.evaluate(async () => {
    window.open('https://example.com/');
    window.open('app://bitext/index.html');
    const link = document.createElement('a');
    link.href = 'https://example.com/';
    link.target = '_blank';
    document.body.append(link);
    link.click();
    link.removeAttribute('target');
    link.click();
    link.remove();
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  });
  expect(studio.page.url()).toBe(before);
  expect(studio.app.windows()).toHaveLength(1);
  studio.errors.length = 0;
  studio.requests.length = 0;
});

test('17: a page that is not ours gets no answer, and a call with a wrong name or input gets an error with a code', async ({ studio }) => {
  const answers = await studio.page.evaluate(async () => {
    const native = (name: string, input: unknown): unknown => Reflect.apply(window.studio.native, window.studio, [name, input]);
    return Promise.all([native('shell.openExternal', { url: 'file:///etc/passwd' }), native('theme.set', { theme: 'plaid' }), native('toString', {}), native('shell.openReceipt', { path: '/etc/passwd' })]);
  });
  expect(answers).toEqual([
    { ok: false, error: expect.objectContaining({ code: 'UNKNOWN_CALL' }) }, { ok: false, error: expect.objectContaining({ code: 'INVALID_INPUT' }) },
    { ok: false, error: expect.objectContaining({ code: 'UNKNOWN_CALL' }) }, { ok: false, error: expect.objectContaining({ code: 'NOT_GRANTED' }) },
  ]);
  const stranger = await studio.app.evaluate(async ({ BrowserWindow, app }) => {
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, preload: `${app.getAppPath()}/out/preload/preload.cjs` } });
    await window.loadURL('data:text/html,<title>stranger</title>');
    const answer: unknown = await window.webContents.executeJavaScript("window.studio.connect().then(() => 'connected', () => 'refused')");
    window.destroy();
    return answer;
  });
  expect(stranger).toBe('refused');
  // Electron warns of the stranger's missing policy; it is right.
  studio.errors.length = 0;
});

test('18: app:// serves the built window and nothing beside it', async ({ studio }) => {
  const answers = await studio.app.evaluate(async ({ net }) => Promise.all(
    ['app://bitext/index.html', 'app://bitext/..%2fnode%2fmain.js', 'app://bitext/%2e%2e/node/main.js', 'app://other/index.html', 'app://bitext/nothing.js'].map(async (address) => {
      const { status } = await net.fetch(address);
      return status;
    }),
  ));
  expect(answers).toEqual([200, 400, 404, 400, 404]);
  const policy = await studio.app.evaluate(async ({ net }) => (await net.fetch('app://bitext/index.html')).headers.get('content-security-policy'));
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toMatch(/unsafe/u);
});

test('a second start hands over to the first and ends', async ({ studio }) => {
  const { executable, args, env } = commandOf({ home: studio.home, args: ['/nowhere/contract.bitext'] });
  const second = spawn(executable, args, { env, stdio: 'ignore' });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  expect(readFileSync(studio.log, 'utf8').match(/main: Bitext Studio/gu)).toHaveLength(1);
});

test('after a crash of everything the next start opens a window again', async ({ studio }) => {
  const pid = await studio.app.evaluate(() => process.pid);
  const ended = studio.app.waitForEvent('close');
  process.kill(pid, 'SIGKILL');
  await ended;
  const again = await openStudio(studio.home);
  await expect(again.page).toHaveTitle(/Bitext Studio/u);
  await again.close();
});
