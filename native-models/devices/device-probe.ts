/**
 * Whether a device computes at all, in seconds and without a model: a chain of matrix products, in float32 and in half
 * precision, against the same numbers from the cpu. An adapter that is software shows by its speed.
 */
import type { EngineDevice } from '../engine/engine.ts';
import { halfPrecision } from '../onnx/float16/half-precision.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { encodeModel, type ModelDefinition } from '../onnx/model-proto.ts';
import { float32 } from '../onnx/tensors.ts';
import { openSession } from '../runtime/session.ts';

/** 10^9 floating point operations a second, inputs and outputs brought in and out included. */
export interface DeviceSpeed {
  readonly gigaflops: number;
  /** Largest difference from the cpu's float32, where the largest number is about 1. */
  readonly difference: number;
}

export interface ProbeResult {
  readonly device: EngineDevice;
  readonly float32: DeviceSpeed;
  /** null: it has no half precision. */
  readonly float16: DeviceSpeed | null;
  /** One thread of the cpu on the same products. */
  readonly cpuGigaflops: number;
}

/** The matrices are SIZE x SIZE. */
const SIZE = 256;
const PRODUCTS = 8;
const ROUNDS = 3;
const OPERATIONS = PRODUCTS * 2 * SIZE ** 3;

/** Throws EngineError DEVICE_UNAVAILABLE when the device does not work in float32. */
export async function probeDevice(device: EngineDevice): Promise<ProbeResult> {
  const chain = productChain();
  const cpu = await timeProducts(chain, 'cpu');
  const single = await timeProducts(chain, device);
  const half = await timeProducts(halfPrecision(chain), device).catch(() => null);
  const speed = ({ output, seconds }: TimedRun): DeviceSpeed => ({ gigaflops: OPERATIONS / seconds / 1e9, difference: largestDifference(output, cpu.output) });
  return { device, float32: speed(single), float16: half === null ? null : speed(half), cpuGigaflops: speed(cpu).gigaflops };
}

interface TimedRun {
  readonly output: Float32Array;
  /** The fastest of the rounds behind the first, which compiles. */
  readonly seconds: number;
}

async function timeProducts(model: ModelDefinition, device: EngineDevice): Promise<TimedRun> {
  const session = await openSession(encodeModel(model), { threads: 1, device });
  try {
    const data = Float32Array.from({ length: SIZE * SIZE }, (_, at) => Math.sin(at * 0.37));
    let output: Float32Array = new Float32Array();
    let seconds = Infinity;
    for (let round = 0; round <= ROUNDS; round++) {
      const since = performance.now();
      const { y } = await session.run({ x: { type: 'float32', dims: [SIZE, SIZE], data } }, ['y']);
      if (round > 0) seconds = Math.min(seconds, (performance.now() - since) / 1000);
      if (y?.data instanceof Float32Array) output = y.data;
    }
    return { output, seconds };
  } finally {
    await session.close();
  }
}

/** x times orthogonal matrices, one after the other: the numbers keep their size. */
function productChain(): ModelDefinition {
  const g = new GraphBuilder('products');
  let value = g.input('x', 'float32', [SIZE, SIZE]);
  for (let layer = 1; layer <= PRODUCTS; layer++) value = g.node('MatMul', [value, g.constant(float32([SIZE, SIZE], reflection(layer)))]);
  g.namedOutput('y', value, 'float32', [SIZE, SIZE]);
  return g.model('bitext-studio');
}

/** The reflection at a plane (Householder): I - 2 v v^T for a vector v of length 1, which mixes all columns. */
function reflection(seed: number): Float32Array {
  const direction = Float64Array.from({ length: SIZE }, (_, at) => Math.cos(seed * 1.7 + at * 0.91));
  const squares = direction.reduce((sum, value) => sum + value * value, 0);
  return Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
    const row = Math.floor(at / SIZE), column = at % SIZE;
    return (row === column ? 1 : 0) - (2 * (direction[row] ?? 0) * (direction[column] ?? 0)) / squares;
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (const [at, value] of a.entries()) {
    const difference = Math.abs(value - (b[at] ?? NaN));
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference;
  }
  return most;
}
