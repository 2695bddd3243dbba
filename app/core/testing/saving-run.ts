/**
 * Saves the segments of a project one by one and is then killed: `node saving-run.ts WORKSPACE PROJECT`. After each save it
 * prints how long the write-ahead log is: what is in it up to there must survive a power loss.
 */
import { statSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openStudio } from '../studio.ts';
import { UppercaseEngine } from './uppercase-engine.ts';

const [workspace = '', path = ''] = process.argv.slice(2);
const studio = openStudio({ dir: workspace, engine: new UppercaseEngine(), resourcesDir: fileURLToPath(new URL('../../../resources', import.meta.url)), log: console.error, trustPaths: true });
const project = await studio.handlers['project.open']({ path });
for (let segmentId = 1; segmentId <= project.segments; segmentId++) {
  await studio.handlers['segment.save']({ projectId: project.id, segmentId, version: 0, target: [`Texto ${segmentId}.`], state: 'translated' });
  writeSync(1, `${statSync(`${path}-wal`).size}\n`);
}
process.kill(process.pid, 'SIGKILL');
