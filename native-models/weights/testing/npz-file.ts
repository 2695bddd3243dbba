/** Writes NumPy arrays and zips of them for tests. */
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** An array of format version 1.0; `shape` as Python writes a tuple. */
export function npyArray(type: string, shape: string, data: Uint8Array, fortranOrder = 'False'): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }`;
  const header = new TextEncoder().encode(`${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`);
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8);
  return new Uint8Array(Buffer.concat([start, header, data]));
}

export async function zipFile(entries: Readonly<Record<string, Uint8Array>>, compress: boolean): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(Buffer.from(bytes), name, { compress });
  zip.end();
  return new Uint8Array(await buffer(zip.outputStream));
}
