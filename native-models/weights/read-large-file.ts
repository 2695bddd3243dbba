/** Reads files of any size into memory: Node's own `readFile` stops at 2 GiB. */
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 2 ** 28;

/** The bytes of a file. Rejects with Node's own errors, and with a RangeError when they don't fit into memory. */
export async function readLargeFile(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK_BYTES, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}
