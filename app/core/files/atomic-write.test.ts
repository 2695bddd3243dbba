import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from './atomic-write.ts';
import { createGrantedPaths } from './granted-paths.ts';
import { openOutputFolder } from './output-folder.ts';
import { removeStaleTemporaries, temporaryPath } from './temporary-names.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'bitext-write-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

describe('writeAtomically', () => {
  it('replaces a file, and a link without touching what it points to', async () => {
    writeFileSync(join(folder, 'old.txt'), 'old');
    symlinkSync(join(folder, 'old.txt'), join(folder, 'link.txt'));
    await writeAtomically(join(folder, 'link.txt'), Buffer.from('new'));
    expect([readFileSync(join(folder, 'link.txt'), 'utf8'), readFileSync(join(folder, 'old.txt'), 'utf8'), readdirSync(folder).sort()]).toEqual(['new', 'old', ['link.txt', 'old.txt']]);
  });

  it('leaves nothing behind when it fails', async () => {
    mkdirSync(join(folder, 'taken'));
    await expect(writeAtomically(join(folder, 'taken'), Buffer.from('x'))).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(writeAtomically(join(folder, 'no/such.txt'), Buffer.from('x'))).rejects.toMatchObject({ code: 'ENOENT', path: join(folder, 'no') });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('a reader in between sees the old file or the new one', async () => {
    const path = join(folder, 'a.bin'), sizes = new Set<number>();
    await writeAtomically(path, Buffer.alloc(100_000));
    const writing = (async () => { for (let i = 1; i <= 20; i++) await writeAtomically(path, Buffer.alloc(100_000 + i)); })();
    let busy = true;
    void writing.finally(() => { busy = false; });
    while (busy) {
      sizes.add(readFileSync(path).length);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    expect([...sizes].filter((size) => size < 100_000)).toEqual([]);
  });
});

describe('removeStaleTemporaries', () => {
  it('removes what a dead process left, not what a living one writes', () => {
    const living = temporaryPath(folder), dead = join(folder, '.bitext-999999999-0123456789ab.tmp');
    for (const path of [living, dead, `${dead}-wal`, join(folder, '.bitext-notes.tmp')]) writeFileSync(path, '');
    removeStaleTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual([living.slice(folder.length + 1), '.bitext-notes.tmp'].sort());
  });
});

describe('openOutputFolder', () => {
  it('places names below the folder and refuses all others', async () => {
    const output = await openOutputFolder(join(folder, 'out'), []);
    expect(await output.place('a/b.txt')).toBe(join(output.path, 'a', 'b.txt'));
    expect(existsSync(join(folder, 'out/a'))).toBe(true);
    for (const name of ['../x', '/etc/x', 'a/../../x', 'a//b', '..', '.', 'a\0b']) await expect(output.place(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('never gives the place of a source, whatever its name there', async () => {
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'in/a.txt'), 'source');
    symlinkSync(join(folder, 'in'), join(folder, 'same'));
    for (const out of ['in', 'same']) {
      const output = await openOutputFolder(join(folder, out), [join(folder, 'in/a.txt')]);
      await expect(output.place('a.txt')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    symlinkSync(join(folder, 'in/a.txt'), join(folder, 'b.txt'));
    await expect((await openOutputFolder(folder, [join(folder, 'in/a.txt')])).place('b.txt')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('does not go through a link out of the folder', async () => {
    mkdirSync(join(folder, 'out'));
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'out/sub'));
    await expect((await openOutputFolder(join(folder, 'out'), [])).place('sub/a.txt')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('fails at once where it can not write', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openOutputFolder(join(folder, 'file'), [])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('granted paths', () => {
  it('let through what was granted, what is in it, and nothing else', () => {
    const paths = createGrantedPaths({ trust: false });
    mkdirSync(join(folder, 'chosen'));
    symlinkSync(folder, join(folder, 'chosen/up'));
    paths.grant([join(folder, 'chosen')]);
    paths.require(join(folder, 'chosen'));
    paths.require(join(folder, 'chosen/new/file.txt'));
    for (const path of [folder, join(folder, 'chosen-too'), join(folder, 'chosen/../x'), join(folder, 'chosen/up/x')]) expect(() => { paths.require(path); }).toThrow(expect.objectContaining({ code: 'NOT_GRANTED' }));
    expect(() => { paths.require('relative.txt'); }).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    createGrantedPaths({ trust: true }).require(folder);
  });
});
