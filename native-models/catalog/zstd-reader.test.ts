import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createZstdReader } from './zstd-reader.ts';

const text = Buffer.from('what a model says of itself '.repeat(20_000)), noise = randomBytes(300_000);
const pieces = (bytes: Uint8Array, size: number): Buffer[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => Buffer.from(bytes.subarray(i * size, (i + 1) * size)));

async function unpacked(packed: Uint8Array, own: boolean, size: number): Promise<Buffer> {
  const reader = createZstdReader(own);
  const [, bytes] = await Promise.all([pipeline(Readable.from(pieces(packed, size)), reader), buffer(reader)]);
  return bytes;
}

test.each([true, false])('gives back what was packed, whatever the pieces (the runtime\'s own: %s)', async (own) => {
  for (const whole of [text, noise, Buffer.concat([text, noise, text]), Buffer.alloc(0)])
    for (const size of [1000, 65_536, 10_000_000]) expect((await unpacked(zstdCompressSync(whole), own, size)).equals(whole)).toBe(true);
});

test.each([true, false])('what is cut off, altered or something else is an error with a code (the runtime\'s own: %s)', async (own) => {
  const packed = zstdCompressSync(text);
  for (const broken of [packed.subarray(0, packed.length - 40), Buffer.from('no zstd at all, but long enough'), Buffer.concat([packed.subarray(0, 20), noise.subarray(0, 500)])])
    await expect(unpacked(broken, own, 1000)).rejects.toMatchObject({ code: expect.stringMatching(/^Z(STD)?_/) });
});
