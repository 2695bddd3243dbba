/**
 * Holds a studio back until Playwright listens. Preloaded by -r: without it, about one start in a hundred races with Playwright's
 * attaching and hangs. Playwright looks for the global function of this name and calls it when it is ready.
 */
const { app } = require('electron');

const really = app.whenReady();
let release;
const held = new Promise((resolve) => { release = resolve; });
app.whenReady = () => held;
globalThis.__playwright_run = async () => { release(await really); };
