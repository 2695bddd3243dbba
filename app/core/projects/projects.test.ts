import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import { openStudio } from '../studio.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';
import { keepBackup } from './backups.ts';
import { openProjectFile } from './project-file.ts';

let test: TestStudio;
beforeEach(() => { test = openTestStudio(); });
afterEach(() => { test.remove(); });

const create = (inputs: string[], more: { path?: string; exclude?: string[] } = {}, context = calmly()) =>
  test.handlers['project.create']({ path: test.at('p.bitext'), name: 'P', from: 'en', to: 'pt', inputs, ...more }, context);

describe('project.create', () => {
  it('takes in what it can and says of the rest what to do', async () => {
    const folder = test.files({ 'a.txt': 'Good text.\n', 'b.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), 'c.docx': 'PK but no zip', 'd/e.txt': 'More text.\n' });
    symlinkSync('/etc/hostname', join(folder, 'link.txt'));
    const { project, failures } = await create([folder, test.at('gone.txt')]);
    expect(project.files.map(({ path }) => path)).toEqual(['a.txt', 'd/e.txt']);
    expect(failures.map(({ path, code }) => [path.slice(test.folder.length + 1), code])).toEqual([
      ['in/b.png', 'FORMAT_UNKNOWN'], ['in/c.docx', 'FORMAT_BROKEN'], ['in/link.txt', 'INVALID_INPUT'], ['gone.txt', 'FILE_MISSING'],
    ]);
    expect(failures.filter(({ advice }) => advice === '')).toEqual([]);
  });

  it('tells files of the same name in several folders apart', async () => {
    const folder = test.files({ 'x/a.txt': 'One text.\n', 'y/a.txt': 'Two text.\n', 'a.txt': 'Three text.\n' });
    const { project } = await create([join(folder, 'x'), join(folder, 'y'), join(folder, 'a.txt'), join(folder, 'x/a.txt')]);
    expect(project.files.map(({ path }) => path)).toEqual(['a.txt', 'y/a.txt', 'a (2).txt']);
  });

  it('keeps an existing file, and leaves nothing behind when it is cancelled', async () => {
    const folder = test.files({ 'a.txt': 'Text.\n', 'b.txt': 'Text.\n' });
    writeFileSync(test.at('p.bitext'), 'mine');
    await expect(create([folder])).rejects.toMatchObject({ code: 'CONFLICT' });
    const cancel = new AbortController();
    await expect(create([folder], { path: test.at('q.bitext') }, calmly(({ done }) => { if (done === 1) cancel.abort(); }, cancel.signal))).rejects.toThrow();
    expect(readdirSync(test.folder).sort()).toEqual(['in', 'p.bitext', 'workspace']);
  });

  it('leaves out the output folder inside the input folder', async () => {
    const folder = test.files({ 'a.txt': 'Text.\n', 'out/a.txt': 'TEXT.\n' });
    expect((await create([folder], { exclude: [join(folder, 'out')] })).project.files.map(({ path }) => path)).toEqual(['a.txt']);
  });

  it('keeps the bytes of a document as they are', async () => {
    const crlf = Buffer.from('\ufeffOne line.\r\n\r\nTwo.\r\n\r\n', 'utf8');
    const { project } = await create([test.files({ 'a.txt': crlf, 'empty.txt': '' })]);
    const { receipt } = await test.handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: [] }, calmly());
    expect(receipt.files.map(({ sourceSha256, targetSha256 }) => sourceSha256 === targetSha256)).toEqual([true, true]);
  });
});

describe('project.addFiles', () => {
  it('adds what is new, passes over what is there, and names what has changed', async () => {
    const folder = test.files({ 'a.txt': 'One text.\n', 'b.txt': 'Two text.\n' });
    const { project } = await create([folder]);
    writeFileSync(join(folder, 'b.txt'), 'Other text.\n');
    writeFileSync(join(folder, 'c.txt'), 'Three text.\n');
    const added = await test.handlers['project.addFiles']({ projectId: project.id, inputs: [folder] }, calmly());
    expect({ files: added.project.files.map(({ path }) => path), failures: added.failures.map(({ code }) => code) }).toEqual({ files: ['a.txt', 'b.txt', 'c.txt'], failures: ['CONFLICT'] });
    expect((await test.handlers['segments.rows']({ projectId: project.id, ids: [3] }))[0]).toMatchObject({ number: 3, source: ['Three text.'] });
  });
});

describe('project.open', () => {
  it('gives an open project again, and lists it among the recent ones', async () => {
    const { project } = await create([test.files({ 'a.txt': 'Text.\n' })]);
    expect((await test.handlers['project.open']({ path: project.path })).id).toBe(project.id);
    expect(await test.handlers['project.recent']({})).toMatchObject([{ path: project.path, name: 'P', from: 'en', to: 'pt' }]);
    await test.handlers['project.close']({ projectId: project.id });
    expect(() => test.handlers['project.info']({ projectId: project.id })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(readdirSync(test.folder).filter((name) => name.startsWith('p.'))).toEqual(['p.bitext']);
    renameSync(project.path, test.at('moved.bitext'));
    expect(await test.handlers['project.recent']({})).toEqual([]);
    expect((await test.handlers['project.open']({ path: test.at('moved.bitext') })).files).toHaveLength(1);
  });

  it('refuses a project that another process holds, until that is gone', async () => {
    const { project } = await create([test.files({ 'a.txt': 'Text.\n' })]);
    const other = openStudio({ dir: test.at('workspace'), engine: new UppercaseEngine(), resourcesDir: join(import.meta.dirname, '../../../resources'), log: () => undefined, trustPaths: true });
    expect(() => other.handlers['project.open']({ path: project.path })).toThrow(expect.objectContaining({ code: 'DB_LOCKED', message: expect.stringContaining(`process ${process.pid}`) as string }));
    await test.handlers['project.close']({ projectId: project.id });
    expect((await other.handlers['project.open']({ path: project.path })).name).toBe('P');
    other.close();
  });

  it('opens a project whose process was killed while it held it', async () => {
    const { project } = await create([test.files({ 'a.txt': 'Text.\n' })]);
    await test.handlers['project.close']({ projectId: project.id });
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', `
      import { openStudio } from ${JSON.stringify(new URL('../studio.ts', import.meta.url).href)};
      import { UppercaseEngine } from ${JSON.stringify(new URL('../testing/uppercase-engine.ts', import.meta.url).href)};
      const studio = openStudio({ dir: ${JSON.stringify(test.at('workspace'))}, engine: new UppercaseEngine(), resourcesDir: ${JSON.stringify(join(import.meta.dirname, '../../../resources'))}, log() {}, trustPaths: true });
      const { id } = await studio.handlers['project.open']({ path: ${JSON.stringify(project.path)} });
      await studio.handlers['segment.save']({ projectId: id, segmentId: 1, version: 0, target: ['Texto.'], state: 'translated' });
      process.kill(process.pid, 'SIGKILL');`], { encoding: 'utf8' });
    expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
    expect(await test.handlers['project.open']({ path: project.path })).toMatchObject({ states: { translated: 1 }, canUndo: true });
  });

  it('says that a file is damaged, cut off, or no project', async () => {
    const { project } = await create([test.files({ 'a.txt': `${'Long text. '.repeat(5_000)}\n` })]);
    await test.handlers['project.close']({ projectId: project.id });
    truncateSync(project.path, 40_000);
    writeFileSync(test.at('text.bitext'), 'This is a text file, however it is named. '.repeat(100));
    mkdirSync(test.at('folder.bitext'));
    for (const [path, code] of [[project.path, 'DB_DAMAGED'], [test.at('text.bitext'), 'DB_DAMAGED'], [test.at('gone.bitext'), 'FILE_MISSING'], [test.at('workspace/studio.db'), 'DB_DAMAGED'], [test.at('folder.bitext'), 'INVALID_INPUT']] as const)
      expect(() => test.handlers['project.open']({ path }), path).toThrow(expect.objectContaining({ code }));
    expect(existsSync(test.at('gone.bitext'))).toBe(false);
  });
});

describe('backups', () => {
  it('are made when a project is opened, and named when it is damaged', async () => {
    const { project } = await create([test.files({ 'a.txt': 'Text.\n' })]);
    await test.handlers['segment.save']({ projectId: project.id, segmentId: 1, version: 0, target: ['Texto.'], state: 'translated' });
    await test.handlers['project.close']({ projectId: project.id });
    truncateSync(project.path, 5_000);
    const error: unknown = await Promise.resolve().then(() => test.handlers['project.open']({ path: project.path })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DB_DAMAGED', data: { backup: expect.stringMatching(/\.bitext$/) as string } });
    const backup = error instanceof StudioError ? String(error.data['backup']) : '';
    copyFileSync(backup, test.at('rescued.bitext'));
    expect(await test.handlers['project.open']({ path: test.at('rescued.bitext') })).toMatchObject({ name: 'P', segments: 1 });
  });

  it('are eleven at most, an hour apart at least', async () => {
    const { project } = await create([test.files({ 'a.txt': 'Text.\n' })]);
    await test.handlers['project.close']({ projectId: project.id });
    const db = openProjectFile(project.path), hour = 3_600_000, now = Date.now();
    // Copies are made now, whatever their names say: so old the newest one is.
    const keep = (hours: number): string[] => {
      keepBackup(test.at('kept'), db, new Date(now + hours * hour).toISOString());
      const [folder = ''] = readdirSync(test.at('kept/backups'));
      return readdirSync(join(test.at('kept/backups'), folder)).map((name) => String(Math.round((Date.parse(name.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d+)Z\.bitext$/, 'T$1:$2:$3.$4Z')) - now) / hour)));
    };
    expect([keep(0), keep(0.5), keep(2)]).toEqual([['0'], ['0'], ['0', '2']]);
    for (let n = 2; n <= 15; n++) keep(n * 2);
    expect(keep(0.9)).toEqual(Array.from({ length: 11 }, (_, i) => String(10 + 2 * i)));
    db.close();
  });
});

describe('paths of a window', () => {
  it('are refused until they are granted', async () => {
    const folder = test.files({ 'a.txt': 'Text.\n' });
    const studio = openStudio({ dir: test.at('other'), engine: new UppercaseEngine(), resourcesDir: join(import.meta.dirname, '../../../resources'), log: () => undefined });
    const path = test.at('w.bitext'), ask = () => studio.handlers['project.create']({ path, name: 'W', from: 'en', to: 'pt', inputs: [folder] }, calmly());
    await expect(ask()).rejects.toMatchObject({ code: 'NOT_GRANTED' });
    studio.grant([folder, path]);
    const { project } = await ask();
    await expect(Promise.resolve().then(() => studio.handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: [] }, calmly()))).rejects.toMatchObject({ code: 'NOT_GRANTED' });
    studio.close();
    const again = openStudio({ dir: test.at('other'), engine: new UppercaseEngine(), resourcesDir: join(import.meta.dirname, '../../../resources'), log: () => undefined });
    expect((await again.handlers['project.open']({ path })).name).toBe('W');
    again.close();
    rmSync(path);
  });
});
