/**
 * The main job in a process of its own, to be killed at any moment: `node folder-run.ts WORKSPACE INPUT OUTPUT`.
 * Takes the folder in (once), translates what is left and delivers it. Prints `acked ID` when a segment is stored, and
 * `done N`, the number of texts that the engine was asked for.
 */
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStudio } from '../studio.ts';
import { calmly } from './open-test-studio.ts';
import { UppercaseEngine } from './uppercase-engine.ts';

const [workspace = '', input = '', output = ''] = process.argv.slice(2);
const engine = new UppercaseEngine({ batchSize: 8, batchMs: 1 });
const studio = openStudio({ dir: workspace, engine, resourcesDir: fileURLToPath(new URL('../../../resources', import.meta.url)), log: console.error, trustPaths: true, who: 'tester' });
// writeSync: what is printed has left this process before it can be killed.
studio.onEvent((name, value) => {
  if (name === 'segments.changed' && 'segmentIds' in value) for (const id of value.segmentIds ?? []) writeSync(1, `acked ${id}\n`);
});
const path = join(workspace, 'job.bitext'), { handlers } = studio;
const project = existsSync(path)
  ? await handlers['project.open']({ path })
  : (await handlers['project.create']({ path, name: 'Job', from: 'en', to: 'pt', inputs: [input] }, calmly())).project;
await handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
await handlers['export.run']({ projectId: project.id, outDir: output, bilingual: [] }, calmly());
studio.close();
writeSync(1, `done ${engine.asked.length}\n`);
