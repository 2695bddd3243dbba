import { describe, expect, test } from 'vitest';
import { openSession } from '../runtime/session.ts';
import { GraphBuilder, graph, int } from './graph-builder.ts';
import { encodeModel } from './model-proto.ts';
import { bool, float32, int64, uint8 } from './tensors.ts';

describe('a written model', () => {
  test('is taken by the runtime and computes what its nodes say', async () => {
    const g = new GraphBuilder('sum of powers');
    const start = g.input('start', 'float32', ['n']);
    const rounds = g.input('rounds', 'int64', []);
    const b = g.body('double');
    b.input('round', 'int64', []);
    b.input('going', 'bool', []);
    const value = b.input('value', 'float32', null);
    b.output(b.node('Identity', [g.constant(bool([], [true]))]), 'bool');
    const doubled = b.node('Mul', [value, g.constant(float32([], [2]))]);
    b.output(doubled, 'float32');
    b.output(b.node('ReduceSum', [doubled], { attributes: { keepdims: int(0) } }), 'float32');
    const [last = '', sums = ''] = g.nodes('Loop', [rounds, g.constant(bool([], [true])), start], 2, { attributes: { body: graph(b.finish()) } });
    g.namedOutput('last', last, 'float32');
    g.namedOutput('sums', sums, 'float32');

    const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
    const outputs = await session.run(
      { start: { type: 'float32', dims: [2], data: Float32Array.of(1, -3) }, rounds: { type: 'int64', dims: [], data: BigInt64Array.of(3n) } },
      ['last', 'sums'],
    );
    expect(outputs['last']?.data).toEqual(Float32Array.of(8, -24));
    expect(outputs['sums']?.data).toEqual(Float32Array.of(-4, -8, -16));
    await session.close();
  });

  test('holds equal constants once, wherever they are used', () => {
    const g = new GraphBuilder('constants');
    const b = g.body('inner');
    expect(b.constant(int64([2], [1, 2]))).toBe(g.constant(int64([2], [1, 2])));
    expect(g.constant(int64([1, 2], [1, 2]))).not.toBe(g.constant(int64([2], [1, 2])));
    expect(g.finish().constants.size).toBe(2);
    expect(b.finish().constants.size).toBe(0);
  });

  test('a constant must fill its shape', () => {
    expect(() => uint8([2, 2], [1, 2, 3])).toThrow('A uint8 tensor of shape [2, 2] needs 4 bytes, not 3');
  });

  test('bytes that are no model are refused with advice', async () => {
    await expect(openSession(Uint8Array.of(1, 2, 3), { threads: 1, device: 'cpu' })).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      advice: expect.stringContaining('import'),
    });
  });
});
