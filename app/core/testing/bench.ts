/**
 * Times what a user waits for in a project of 100,000 segments: `node app/core/testing/bench.ts [segments]`.
 * Prints a table; asserts nothing, since a time is a fact of a machine.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calmly, openTestStudio } from './open-test-studio.ts';
import { UppercaseEngine } from './uppercase-engine.ts';

const count = Number(process.argv[2] ?? 100_000), perFile = 2_000;
const WORDS = ['the', 'pump', 'must', 'be', 'closed', 'before', 'opening', 'valve', 'number', 'and', 'pressure', 'gauge', 'reads', 'zero', 'press', 'button'];
const sentence = (n: number): string => `Step ${n} ${Array.from({ length: 12 }, (_, i) => WORDS[(n * 7 + i * (n % 5 + 1)) % WORDS.length]).join(' ')}.`;

const folder = mkdtempSync(join(tmpdir(), 'bitext-bench-'));
let test = openTestStudio(new UppercaseEngine({ batchSize: 64 }), folder);
const files: Record<string, string> = {};
for (let n = 0; n < count; n += perFile) files[`part-${n}.txt`] = Array.from({ length: Math.min(perFile, count - n) }, (_, i) => sentence(n + i)).join('\n\n');

async function time<T>(what: string, work: () => T | Promise<T>, of: (result: T) => string = () => ''): Promise<T> {
  const begun = performance.now(), result = await work();
  process.stdout.write(`${what.padEnd(44)}${(performance.now() - begun).toFixed(1).padStart(10)} ms  ${of(result)}\n`);
  return result;
}

const project = await time(`project.create, ${count} segments`, () => test.project(files), ({ segments }) => `${segments} segments`);
const of = { projectId: project.id };
await time('project.info', () => test.handlers['project.info'](of));
const { ids } = await time('segments.find, all', () => test.handlers['segments.find']({ ...of, filter: {} }), (found) => `${found.ids.length}`);
await time('segments.rows, 200 in the middle', () => test.handlers['segments.rows']({ ...of, ids: ids.slice(count / 2, count / 2 + 200) }));
const text = { pattern: 'PRESSURE gauge', side: 'both', regex: false, matchCase: false } as const;
await time('segments.find, text', () => test.handlers['segments.find']({ ...of, filter: { text } }), (found) => `${found.ids.length}`);
await time('segments.find, pattern', () => test.handlers['segments.find']({ ...of, filter: { text: { ...text, pattern: 'valve.*(pump|zero)', regex: true } } }), (found) => `${found.ids.length}`);
await time('translate.run', () => test.handlers['translate.run']({ ...of, scope: 'not-started' }, calmly()), ({ segments }) => `${segments} segments`);
await time('segments.find, drafts', () => test.handlers['segments.find']({ ...of, filter: { states: ['draft'] } }), (found) => `${found.ids.length}`);
await time('segments.find, machine translated', () => test.handlers['segments.find']({ ...of, filter: { origins: ['mt'] } }), (found) => `${found.ids.length}`);
for (const id of ids.slice(500, 503)) {
  const [row] = await test.handlers['segments.rows']({ ...of, ids: [id] });
  await time('segment.save, confirmed', () => test.handlers['segment.save']({ ...of, segmentId: id, version: row?.version ?? 0, target: ['Feito.'], state: 'translated' }));
  await time('segments.nextUnconfirmed', () => test.handlers['segments.nextUnconfirmed']({ ...of, after: id, filter: {} }), (next) => String(next.id));
}
await time('edits.undo, one segment', () => test.handlers['edits.undo'](of));
for (let i = 0; i < 2; i++) await test.handlers['edits.undo'](of);
await time('edits.undo, the translation', () => test.handlers['edits.undo'](of), (undone) => `${undone?.segmentIds.length ?? 0} segments`);
await time('edits.redo, the translation', () => test.handlers['edits.redo'](of), (redone) => `${redone?.segmentIds.length ?? 0} segments`);
await time('export.run', () => test.handlers['export.run']({ ...of, outDir: test.at('out'), bilingual: [] }, calmly()), ({ receipt }) => `${receipt.files.length} files, ${receipt.ok ? 'complete' : 'not complete'}`);
await time('project.close', () => test.handlers['project.close'](of));
process.stdout.write(`project file ${(statSync(test.at('test.bitext')).size / 1e6).toFixed(1)} MB\n`);
test = test.restart();
await time('project.open', () => test.handlers['project.open']({ path: test.at('test.bitext') }));
test.remove();
rmSync(folder, { recursive: true, force: true });
