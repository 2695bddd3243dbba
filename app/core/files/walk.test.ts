import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECEIPT_FILE, walk } from './walk.ts';
import type { WalkOptions } from './walk.ts';

let top: string;
beforeEach(() => { top = mkdtempSync(join(tmpdir(), 'bitext-walk-')); });
afterEach(() => { rmSync(top, { recursive: true, force: true }); });

const put = (...names: string[]): void => {
  for (const name of names) {
    mkdirSync(dirname(join(top, name)), { recursive: true });
    writeFileSync(join(top, name), '');
  }
};
const found = async (inputs: string[], options?: WalkOptions): Promise<string[]> => {
  const names: string[] = [];
  for await (const entry of walk(inputs.map((name) => join(top, name)), options)) names.push('code' in entry ? `${entry.code} ${entry.path.slice(top.length + 1)}` : entry.relative);
  return names;
};

describe('walk', () => {
  it('finds files in a fixed order, and leaves out what is no document', async () => {
    put('in/b.txt', 'in/a10.txt', 'in/a9.txt', 'in/sub/c.txt', 'in/.hidden', 'in/.git/config', 'in/~$a.docx', 'in/Thumbs.db', 'in/sub/desktop.ini', 'in/p.bitext', 'in/p.bitext-wal', 'in/p.bitext.v1.backup');
    expect(await found(['in'])).toEqual(['a9.txt', 'a10.txt', 'b.txt', 'sub/c.txt']);
  });

  it('follows no link and looks at each file once', async () => {
    put('in/a.txt', 'elsewhere/secret.txt');
    symlinkSync(join(top, 'in'), join(top, 'in/loop'));
    symlinkSync(join(top, 'elsewhere/secret.txt'), join(top, 'in/secret.txt'));
    symlinkSync('/', join(top, 'in/root'));
    symlinkSync(join(top, 'in'), join(top, 'named'));
    expect(await found(['named', 'in', 'in/a.txt'])).toEqual(['a.txt', 'INVALID_INPUT in/loop', 'INVALID_INPUT in/root', 'INVALID_INPUT in/secret.txt']);
  });

  it('leaves out what it is told to, and earlier deliveries', async () => {
    put('in/a.txt', 'in/out/a.txt', 'in/delivered/x.txt', `in/delivered/${RECEIPT_FILE}`, 'in/delivered/sub/y.txt', 'in/z.txt');
    expect(await found(['in'], { exclude: [join(top, 'in/out'), join(top, 'in/z.txt')] })).toEqual(['a.txt']);
  });

  it('reports what is not there, and what is neither file nor folder', async () => {
    put('in/a.txt', 'p.bitext');
    expect(await found(['gone', 'p.bitext', 'in'])).toEqual(['FILE_MISSING gone', 'FORMAT_UNKNOWN p.bitext', 'a.txt']);
  });

  it.skipIf(process.platform === 'win32')('reports a folder that it may not read', async () => {
    put('in/shut/a.txt', 'in/b.txt');
    for (const name of ['.', 'in']) chmodSync(join(top, name), 0o755);
    chmodSync(join(top, 'in/shut'), 0o700);
    // The superuser may read anything: be somebody else for a moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    else chmodSync(join(top, 'in/shut'), 0);
    try {
      expect(await found(['in'])).toEqual(['b.txt', 'NO_PERMISSION in/shut']);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(join(top, 'in/shut'), 0o700);
    }
  });

  it('takes two names of one file for two files', async () => {
    put('in/a.txt');
    linkSync(join(top, 'in/a.txt'), join(top, 'in/b.txt'));
    expect(await found(['in'])).toEqual(['a.txt', 'b.txt']);
  });

  it('keeps odd names as they are', async () => {
    const names = [' a.txt', 'a\nb.txt', 'Øyvind 测试.txt', '-rf.txt', 'CON.docx', '\u202egnp.txt', `${'x'.repeat(251)}.txt`];
    put(...names.map((name) => `in/${name}`));
    expect((await found(['in'])).sort()).toEqual([...names].sort());
  });

  it('stops when it is told to', async () => {
    put('in/a.txt');
    await expect(found(['in'], { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
