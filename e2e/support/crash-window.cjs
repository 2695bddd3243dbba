/**
 * Preloaded by -r: crashes the window's process, waits until the window is back, writes one line of JSON and quits. Playwright
 * can't watch this: it holds the new process of a page that crashed for ever.
 */
const { app, BrowserWindow } = require('electron');

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
async function settled() {
  for (;;) {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents && !contents.isCrashed() && !contents.isLoading() && contents.getURL() !== '') return contents;
    await pause(100);
  }
}

void app.whenReady().then(async () => {
  const before = await settled();
  const first = before.getOSProcessId();
  before.forcefullyCrashRenderer();
  await pause(500);
  const after = await settled();
  const title = await after.executeJavaScript('document.title');
  console.log(JSON.stringify({ title, another: after.getOSProcessId() !== first }));
  app.quit();
});
