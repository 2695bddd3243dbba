import { describe, expect, test } from 'vitest';
import { readMarianNpz } from './marian-npz.ts';
import { npyArray, zipFile } from './testing/npz-file.ts';

const CONFIG = npyArray('|i1', '(8,)', new TextEncoder().encode('type: a\0'));
const ONE = npyArray('<f4', '(1, 2)', new Uint8Array(Float32Array.of(1.5, -2).buffer));

const failure = (bytes: Uint8Array): Promise<unknown> =>
  readMarianNpz(bytes, 'model.npz').then(
    () => null,
    (error: unknown) => error,
  );

describe('a Marian .npz', () => {
  test.each([true, false])('gives its tensors and its settings (compressed: %s)', async (compress) => {
    const { tensors, config } = await readMarianNpz(await zipFile({ 'Wemb.npy': ONE, 'special:model.yml.npy': CONFIG }, compress), 'model.npz');
    expect(config).toBe('type: a');
    expect([...tensors].map(([name, tensor]) => ({ name, dims: tensor.dims, values: [...tensor.values()] }))).toEqual([
      { name: 'Wemb', dims: [1, 2], values: [1.5, -2] },
    ]);
  });

  test('that is not one is refused with what is wrong', async () => {
    const zip = (arrays: Record<string, Uint8Array>): Promise<Uint8Array> => zipFile({ 'special:model.yml.npy': CONFIG, ...arrays }, false);
    const half = npyArray('<f2', '(2,)', new Uint8Array(4));
    expect(await failure(await zip({ 'W.npy': half }))).toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: 'model.npz: tensor "W" has NumPy\'s type "<f2"; "<f4" (float32) can be read.',
    });
    const broken: readonly [Uint8Array, string][] = [
      [await zipFile({ 'Wemb.npy': ONE }, false), 'it does not say what it is: "special:model.yml" is missing'],
      [await zip({ 'W.npy': new Uint8Array(20) }), '"W" is no NumPy array'],
      [await zip({ 'W.npy': ONE.subarray(0, 40) }), 'the header of "W" is cut off'],
      [await zip({ 'W.npy': ONE.subarray(0, ONE.length - 4) }), '"W" of type <f4 and shape [1, 2] has 4 bytes'],
      [await zip({ 'W.npy': npyArray('<f4', '(1,)', new Uint8Array(4), 'True') }), '"W" is stored column by column'],
    ];
    for (const [bytes, what] of broken)
      expect(await failure(bytes)).toMatchObject({ code: 'MODEL_BROKEN', message: `model.npz is not a whole Marian model: ${what}.` });
  });

  test('that was cut or changed anywhere is read unchanged or refused as broken', async () => {
    const file = await zipFile({ 'Wemb.npy': ONE, 'special:model.yml.npy': CONFIG }, true);
    for (let length = 0; length < file.length; length += 7) expect(await failure(file.subarray(0, length))).toMatchObject({ code: 'MODEL_BROKEN' });
    const data = file.indexOf(0x50, 4);
    for (let at = 30; at < data; at += 5) {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      const error = await failure(changed);
      if (error !== null) expect(error).toMatchObject({ code: 'MODEL_BROKEN' });
    }
  });
});
