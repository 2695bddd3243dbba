/** Packs the studio with the Electron in use: `npm run package` for installers, `npm run package -- --dir` for a folder in dist/. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout, readFindings } from './setup/places.mjs';

const { electron } = readFindings();
if (!electron) {
  console.error('There is no Electron yet: "npm run setup" gets it, or says what is missing.');
  process.exit(3);
}
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: checkout, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
if (electron.standIn) console.error(`Electron ${electron.version} stands in for the official one: what is packed here is for trying, not for giving away.`);
run('scripts/build.mjs');
run(join('node_modules', 'electron-builder', 'cli.js'), ...process.argv.slice(2), '--publish', 'never', `-c.electronVersion=${electron.version}`, `-c.electronDist=${electron.dist}`);
