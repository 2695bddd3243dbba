/**
 * Updates the documents of a project in a process that kills itself before statement N of the update (0: never):
 * `node updating-run.ts PROJECT INPUT N`. Prints how many statements there were when it comes to its end.
 */
import { fileURLToPath } from 'node:url';
import type { WriteDb } from '../db/connection.ts';
import { parserInThisThread } from '../formats/parser-worker/parse-document.ts';
import { openProjectFile } from '../projects/project-file.ts';
import { projectMeta } from '../projects/project-table.ts';
import { takeIn } from '../projects/take-in.ts';
import { openSentenceRules } from '../segmentation/srx-rules.ts';

const [path = '', input = '', killAt = '0'] = process.argv.slice(2);
const db = openProjectFile(path);
let statements = 0;
const counted: WriteDb = {
  ...db,
  run(query) {
    if (++statements === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    return db.run(query);
  },
};
const { failures } = await takeIn(counted, {
  inputs: [input], changed: 'update', meta: projectMeta(db), parser: parserInThisThread, split: openSentenceRules(fileURLToPath(new URL('../../../resources', import.meta.url))),
  author: { who: 'tester', at: '2026-01-02T00:00:00.000Z' }, signal: new AbortController().signal, report: () => undefined,
});
if (failures.length > 0) throw new Error(JSON.stringify(failures));
db.close();
process.stdout.write(String(statements));
