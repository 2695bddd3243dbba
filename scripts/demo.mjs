/** `npm run demo`: the main job on the sample documents, English to Portuguese, into `demo-out/`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkout } from './setup/places.mjs';

const out = join(checkout, 'demo-out');
rmSync(out, { recursive: true, force: true });
console.log('Translating resources/samples from English to Portuguese, offline:\n');
const run = spawnSync(process.execPath, [
  join(checkout, 'scripts', 'bitext.mjs'), 'translate', join(checkout, 'resources', 'samples'), '--from', 'en', '--to', 'pt', '--out', out, '--bilingual', 'xliff12,xliff21,tmx,html,tsv',
], { stdio: 'inherit', env: { ...process.env, BITEXT_HOME: join(out, 'workspace') } });
if (run.status !== 0) process.exit(run.status ?? 1);

const receipt = JSON.parse(readFileSync(join(out, 'bitext-receipt.json'), 'utf8'));
console.log('\nWhat was delivered, opened again and compared with the project:\n');
for (const file of receipt.files) {
  if (file.kind !== 'document') continue;
  console.log(`  ${file.ok ? 'complete' : 'CHECK   '}  ${relative(checkout, join(out, file.target)).padEnd(44)} ${String(file.found).padStart(3)} of ${String(file.segments).padStart(3)} segments, ${String(file.tagsFound).padStart(3)} of ${String(file.tags).padStart(3)} tags`);
}
console.log(`\nBilingual files: ${join('demo-out', 'bilingual')}\nReceipt:         ${join('demo-out', 'bitext-receipt.html')}\nOpen it in the window with: npm start -- demo-out/project.bitext`);
