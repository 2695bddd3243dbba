import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';

let test: TestStudio, project: Project;
afterEach(() => { test.remove(); });

async function open(contents: Record<string, string>, translate = true): Promise<void> {
  test = openTestStudio();
  project = await test.project(contents);
  if (translate) await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
}
const deliver = (outDir = test.at('out'), more: { bilingual?: ('xliff12' | 'tmx')[]; fileIds?: number[] } = {}, context = calmly()) =>
  test.handlers['export.run']({ projectId: project.id, outDir, bilingual: [], ...more }, context);
const read = (name: string) => readFileSync(test.at(name), 'utf8');

describe('export.run', () => {
  it('mirrors the tree and proves every file', async () => {
    await open({ 'a.txt': 'One text.\n', 'sub/page.html': '<html lang="en"><body><p>Press <b>OK</b> now. Then wait.</p></body></html>' });
    const { receipt, receiptJson, receiptHtml } = await deliver(test.at('out'), { bilingual: ['xliff12', 'tmx'] });
    expect({ a: read('out/a.txt'), ok: receipt.ok, model: receipt.model, failures: receipt.failures }).toEqual({ a: 'ONE TEXT.\n', ok: true, model: 'uppercase', failures: [] });
    expect(read('out/sub/page.html')).toContain('<p>PRESS <b>OK</b> NOW. THEN WAIT.</p>');
    expect(receipt.files.map(({ kind, target, segments, found, ok }) => [kind, target, segments, found, ok])).toEqual([
      ['document', 'a.txt', 1, 1, true], ['xliff12', 'bilingual/xliff12/a.txt.xlf', 1, 1, true], ['tmx', 'bilingual/tmx/a.txt.tmx', 1, 1, true],
      ['document', 'sub/page.html', 2, 2, true], ['xliff12', 'bilingual/xliff12/sub/page.html.xlf', 2, 2, true], ['tmx', 'bilingual/tmx/sub/page.html.tmx', 2, 2, true],
    ]);
    expect(JSON.parse(readFileSync(receiptJson, 'utf8'))).toEqual(receipt);
    expect(readFileSync(receiptHtml, 'utf8')).toMatch(/^<!DOCTYPE html>/i);
  });

  it('gives untouched documents back byte for byte', async () => {
    const text = '\ufeffOne text.\r\n\r\n  Two texts.  \r\n';
    await open({ 'a.txt': text }, false);
    await deliver();
    expect(read('out/a.txt')).toBe(text);
  });

  it('joins translated and untranslated segments with what stood between them', async () => {
    await open({ 'a.txt': 'One is here.  Two is there.\n' }, false);
    await test.handlers['segment.save']({ projectId: project.id, segmentId: 2, version: 0, target: ['Dois.'], state: 'draft' });
    await deliver();
    expect(read('out/a.txt')).toBe('One is here.  Dois.\n');
  });

  it('refuses a file with broken tags, names the segment, and writes the others', async () => {
    await open({ 'a.html': '<p>First.</p><p>Press <b>OK</b>.</p>', 'b.txt': 'Other text.\n' });
    await test.handlers['segment.save']({ projectId: project.id, segmentId: 2, version: 1, target: ['Prima ', { tag: 1, kind: 'open' }, 'OK.'], state: 'draft' });
    const { receipt } = await deliver();
    expect({ ok: receipt.ok, failures: receipt.failures, written: readdirSync(test.at('out')).sort() }).toEqual({
      ok: false,
      failures: [{ path: 'a.html', code: 'TAGS_BROKEN', message: 'Segment 2 would break the document: look at its tag </b1>.', advice: 'Open segment 2, set its tags as in the source, and export again.' }],
      written: ['b.txt', 'bitext-receipt.html', 'bitext-receipt.json'],
    });
  });

  it('never writes over a source', async () => {
    await open({ 'a.txt': 'One text.\n' });
    const { receipt } = await deliver(test.at('in'));
    expect({ failures: receipt.failures.map(({ path, code }) => [path, code]), source: read('in/a.txt') }).toEqual({ failures: [['a.txt', 'INVALID_INPUT']], source: 'One text.\n' });
  });

  it('writes only the files that are asked for, and the same bytes each time', async () => {
    await open({ 'a.txt': 'One text.\n', 'b.txt': 'Two texts.\n' });
    const first = await deliver(test.at('out'), { fileIds: [2] }), again = await deliver(test.at('out'), { fileIds: [2] });
    expect(existsSync(test.at('out/a.txt'))).toBe(false);
    expect(again.receipt.files).toEqual(first.receipt.files);
  });

  it('rejects when it is cancelled, and leaves whole files only', async () => {
    await open({ 'a.txt': 'One text.\n', 'b.txt': 'Two texts.\n' });
    const cancel = new AbortController();
    await expect(deliver(test.at('out'), {}, calmly(({ phase, done }) => { if (phase === 'verify' && done === 0) cancel.abort(); }, cancel.signal))).rejects.toThrow();
    expect(readdirSync(test.at('out'))).toEqual(['a.txt']);
  });

  it('says at once that a folder can not be written to', async () => {
    await open({ 'a.txt': 'One text.\n' });
    writeFileSync(test.at('file'), '');
    await expect(deliver(test.at('file'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const shut = test.at('shut');
    mkdirSync(shut);
    chmodSync(test.folder, 0o755);
    chmodSync(shut, 0o555);
    // The superuser may write anywhere: be somebody else for a moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(deliver(join(shut, 'out'))).rejects.toMatchObject({ code: 'NO_PERMISSION' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('keeps a document translation that nobody changed, and marks one that was confirmed', async () => {
    const xlf = (target: string) => `<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" source-language="en" target-language="pt" datatype="plaintext"><body>
<trans-unit id="1"><source>One text.</source>${target}</trans-unit>
</body></file></xliff>
`;
    await open({ 'a.xlf': xlf('<target>Um texto.</target>') }, false);
    expect((await test.handlers['segments.rows']({ projectId: project.id, ids: [1] }))[0]).toMatchObject({ target: ['Um texto.'], state: 'draft', origin: { kind: 'document' }, version: 1 });
    expect(project.canUndo).toBe(false);
    await deliver();
    expect(read('out/a.xlf')).toBe(xlf('<target>Um texto.</target>'));
    await test.handlers['segment.save']({ projectId: project.id, segmentId: 1, version: 1, target: ['Um texto.'], state: 'translated' });
    await deliver();
    expect(read('out/a.xlf')).toMatch(/<target[^>]*state="translated"[^>]*>Um texto\.<\/target>/);
  });
});
