/** Writes safetensors files (the format's own description, section "Format"; see safetensors.ts, which reads them). */

/** Row-major. */
export interface FloatTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Bytes of the header are a multiple of it, so that the data lies aligned. */
const ALIGNMENT = 8;

/** The bytes of a file of float32 tensors, in parts to be written one after the other: the arrays are not copied. */
export function safetensorsParts(tensors: ReadonlyMap<string, FloatTensor>, metadata: Readonly<Record<string, string>>): Uint8Array[] {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, { dims, data }] of tensors) {
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padding = (ALIGNMENT - (text.length % ALIGNMENT)) % ALIGNMENT;
  const start = Buffer.alloc(8 + text.length + padding, ' ');
  start.writeBigUInt64LE(BigInt(text.length + padding), 0);
  text.copy(start, 8);
  return [start, ...[...tensors.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}
