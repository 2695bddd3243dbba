import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { failure } from '../testing/invariants.ts';
import { PACKAGE_LIMITS } from './package-limits.ts';
import { readPackage, type Package } from './read-package.ts';
import { writePackage } from './write-package.ts';

interface Entry { name: string; content: Buffer; stored?: boolean; declaredSize?: number; declaredCrc?: number; flags?: number; date?: number }

/** A zip written by hand (APPNOTE.TXT 4.3), so that its headers can lie. */
function zip(entries: readonly Entry[], { count = entries.length } = {}): Buffer {
  const parts: Buffer[] = [], directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored = false, declaredSize = content.length, declaredCrc = crc32(content), flags = 0, date = 0x5822 } of entries) {
    const data = stored ? content : deflateRawSync(content), path = Buffer.from(name);
    const fields = Buffer.alloc(26);
    for (const [at, value] of [[0, 20], [2, flags], [4, stored ? 0 : 8], [6, 0x1863], [8, date], [22, path.length]] as const) fields.writeUInt16LE(value, at);
    for (const [at, value] of [[10, declaredCrc], [14, data.length], [18, declaredSize]] as const) fields.writeUInt32LE(value, at);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, path, data]);
    const central = Buffer.alloc(16);
    central.writeUInt32LE(offset, 12);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields.subarray(0, 24), Buffer.from([0, 0]), central.subarray(2), path);
    parts.push(local);
    offset += local.length;
  }
  const start = Buffer.concat(parts), list = Buffer.concat(directory), end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(start.length, 16);
  return Buffer.concat([start, list, end]);
}

const read = (bytes: Uint8Array): Promise<Package> => readPackage(bytes, { what: 'Word document' });
const refusal = async (bytes: Uint8Array): Promise<{ code: string; message: string; advised: boolean }> => {
  const { code, message, advice } = await failure(() => read(bytes));
  return { code, message, advised: advice.length > 0 };
};
const text = (name: string, content = 'text'): Entry => ({ name, content: Buffer.from(content) });

test('entries come with their content, order, time and way of storing, and go back the same', async () => {
  const source = zip([{ ...text('mimetype'), stored: true }, text('b.xml', 'b'.repeat(1000)), text('d/', ''), text('d/a.xml', 'é')]);
  const first = await read(source);
  expect(first.entries.map(({ name, stored, directory, mtime, bytes }) => ({ name, stored, directory, mtime, text: bytes && Buffer.from(bytes).toString() }))).toEqual([
    { name: 'mimetype', stored: true, directory: false, mtime: new Date(2024, 0, 2, 3, 3, 6), text: 'text' }, { name: 'b.xml', stored: false, directory: false, mtime: new Date(2024, 0, 2, 3, 3, 6), text: 'b'.repeat(1000) },
    { name: 'd/', stored: false, directory: true, mtime: new Date(2024, 0, 2, 3, 3, 6), text: null }, { name: 'd/a.xml', stored: false, directory: false, mtime: new Date(2024, 0, 2, 3, 3, 6), text: 'é' },
  ]);
  const again = await read(await writePackage(first, { replaced: new Map([['b.xml', Buffer.from('new')]]), first: 'd/a.xml' }));
  const expected = [first.entries[3], first.entries[0], { ...first.entries[1], bytes: Buffer.from('new') }, { ...first.entries[2], stored: true }];
  expect(again.entries.map(({ mode: _, ...rest }) => rest)).toEqual(expected.map((entry) => { const { mode: _, ...rest } = { mode: null, ...entry }; return rest; }));
});

test('what is not kept is checked all the same', async () => {
  const source = zip([text('a.xml'), text('b.png')]);
  const { entries } = await readPackage(source, { what: 'Word document', keep: (name) => name.endsWith('.xml') });
  expect(entries.map(({ bytes }) => bytes && Buffer.from(bytes).toString())).toEqual(['text', null]);
  const damaged = zip([text('a.xml'), { ...text('b.png'), declaredCrc: 1 }]);
  expect((await failure(() => readPackage(damaged, { what: 'Word document', keep: () => false }))).code).toBe('FORMAT_BROKEN');
});

test('broken and hostile packages are refused with a reason and advice', async () => {
  const whole = zip([text('a.xml', 'x'.repeat(5000)), text('b.xml')]);
  const cases: Record<string, Uint8Array> = {
    empty: Buffer.alloc(0), 'not a zip': Buffer.from('hello'), 'cut off': whole.subarray(0, -30), 'out of the package': zip([text('../evil.xml')]), absolute: zip([text('/etc/passwd')]),
    'same name twice': zip([text('a.xml'), text('a.xml')]), 'smaller than it says': zip([{ ...text('a.xml'), declaredSize: 9 }]), 'larger than it says': zip([{ ...text('a.xml', 'x'.repeat(5000)), declaredSize: 1 }]),
    'wrong checksum': zip([{ ...text('a.xml'), declaredCrc: 7 }]), 'more entries than there are': zip([text('a.xml')], { count: 5 }), password: zip([{ ...text('a.xml'), flags: 1 }]),
    'too many entries': zip([text('a.xml')], { count: 20_000 }), 'Office with a password': Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from('EncryptedPackage', 'utf16le')]),
    'old Word': Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
  };
  const outcome = Object.fromEntries(await Promise.all(Object.entries(cases).map(async ([name, bytes]) => [name, await refusal(bytes)] as const)));
  expect(Object.fromEntries(Object.entries(outcome).map(([name, { code }]) => [name, code]))).toEqual({
    empty: 'FORMAT_BROKEN', 'not a zip': 'FORMAT_BROKEN', 'cut off': 'FORMAT_BROKEN', 'out of the package': 'FORMAT_BROKEN', absolute: 'FORMAT_BROKEN', 'same name twice': 'FORMAT_BROKEN', 'smaller than it says': 'FORMAT_BROKEN', 'larger than it says': 'FORMAT_BROKEN',
    'wrong checksum': 'FORMAT_BROKEN', 'more entries than there are': 'FORMAT_BROKEN', password: 'FORMAT_ENCRYPTED', 'too many entries': 'FORMAT_LIMIT', 'Office with a password': 'FORMAT_ENCRYPTED', 'old Word': 'FORMAT_BROKEN',
  });
  expect(Object.values(outcome).every(({ advised, message }) => advised && message.includes('Word document'))).toBe(true);
  expect(outcome['same name twice']?.message).toBe("This Word document can't be read: two parts are named a.xml.");
});

test('limits count what comes out, not what headers say, and small parts may pack well', async () => {
  const limits = { entryBytes: 2000, totalBytes: 3000, entries: 3, ratio: 100, ratioFrom: 1000 };
  const code = async (entries: Entry[]): Promise<string> => (await failure(() => readPackage(zip(entries), { what: 'Word document', limits }))).code;
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * i * 31 + (i >> 3)) & 255));
  expect(await code([{ name: 'a', content: noise(2001), declaredSize: 2001 }])).toBe('FORMAT_LIMIT');
  expect(await code([{ name: 'a', content: noise(1900) }, { name: 'b', content: noise(1200) }])).toBe('FORMAT_LIMIT');
  expect(await code([{ name: 'a', content: Buffer.alloc(1500) }])).toBe('FORMAT_LIMIT');
  expect(await code([text('a'), text('b'), text('c'), text('d')])).toBe('FORMAT_LIMIT');
  const small = await readPackage(zip([{ name: 'a', content: Buffer.alloc(900) }]), { what: 'Word document', limits });
  expect(small.entries[0]?.bytes?.length).toBe(900);
});

test('a bomb is refused at the ratio limit, whatever its headers say', async () => {
  const block = deflateRawSync(Buffer.alloc(PACKAGE_LIMITS.ratioFrom * 2));
  expect(block.length * PACKAGE_LIMITS.ratio).toBeLessThan(PACKAGE_LIMITS.ratioFrom * 2);
  expect((await refusal(zip([{ name: 'bomb.xml', content: Buffer.alloc(PACKAGE_LIMITS.ratioFrom * 10) }]))).code).toBe('FORMAT_LIMIT');
});

test('reading can be cancelled', async () => {
  await expect(readPackage(zip([text('a.xml')]), { what: 'Word document', signal: AbortSignal.abort() })).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});
