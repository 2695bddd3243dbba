/** Zstandard (RFC 8878) as a stream: the runtime's own where it has one (Node 22.15 and newer), else fzstd, which is slower. */
import { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** `own`: whether the runtime's is used. What is no such stream, or is cut off, ends it with an error. */
export function createZstdReader(own: boolean = typeof zlib.createZstdDecompress === 'function'): Transform {
  if (own) return zlib.createZstdDecompress();
  const reader: Transform = new Transform({
    transform(chunk: Uint8Array, _encoding, done) { attempt(() => { decompress.push(new Uint8Array(chunk)); }, done); },
    flush(done) { attempt(() => { decompress.push(new Uint8Array(0), true); }, done); },
  });
  const decompress = new Decompress((piece) => { reader.push(Buffer.from(piece)); });
  return reader;
}

function attempt(act: () => void, done: (error?: Error) => void): void {
  try {
    act();
  } catch (error) {
    done(new ZstdFailure(error instanceof Error ? error.message : String(error)));
    return;
  }
  done();
}

/** With a code like those of the runtime's own. */
class ZstdFailure extends Error {
  override readonly name = 'ZstdFailure';
  readonly code = 'ZSTD_error';
}
