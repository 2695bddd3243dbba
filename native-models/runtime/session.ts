/**
 * The only door to onnxruntime-node. It is loaded on first use, with its telemetry off: from 1.29 on it looks up a host
 * and writes a device id otherwise, and this studio is offline.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine.ts';

type Runtime = typeof import('onnxruntime-node');

export type FeedTensor =
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'bool'; readonly dims: readonly number[]; readonly data: Uint8Array };

/** A value that a run gave; it can be fed to another run as it is, without a copy. */
export type RuntimeTensor = Tensor;

/** An input or output of a graph; a dimension that has no fixed size is its name. */
export interface GraphPort {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

export interface SessionOptions {
  readonly threads: number;
  readonly device: EngineDevice;
  /** Writes onnxruntime's own profile to files with this prefix. */
  readonly profilePrefix?: string;
}

/** A loaded graph. `run` blocks the thread that it is called on for as long as the graph runs. */
export interface GraphSession {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  run(feeds: Readonly<Record<string, FeedTensor | RuntimeTensor>>, fetches: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

let runtime: Promise<Runtime> | undefined;

function loadRuntime(): Promise<Runtime> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  runtime ??= import('onnxruntime-node');
  return runtime;
}

const PROVIDERS: Readonly<Record<EngineDevice, string>> = { cpu: 'cpu', webgpu: 'webgpu', directml: 'dml', coreml: 'coreml', cuda: 'cuda' };

/**
 * Loads a model from its bytes or its path. Errors: MODEL_BROKEN when onnxruntime refuses the model,
 * DEVICE_UNAVAILABLE when another device than the cpu can't be used.
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions): Promise<GraphSession> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const settings: InferenceSession.SessionOptions = {
    executionProviders: options.device === 'cpu' ? ['cpu'] : [PROVIDERS[options.device], 'cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  let session: InferenceSession;
  try {
    session = typeof model === 'string' ? await InferenceSession.create(model, settings) : await InferenceSession.create(model, settings);
  } catch (cause) {
    if (options.device === 'cpu')
      throw new EngineError('MODEL_BROKEN', `The inference runtime refused the model: ${reason(cause)}`, 'Remove the model and download or import it again.', {
        cause,
      });
    throw new EngineError('DEVICE_UNAVAILABLE', `The model can't run on ${options.device}: ${reason(cause)}`, 'Use the cpu, which always works (--device cpu).', { cause });
  }
  return {
    inputs: portsOf(session.inputMetadata),
    outputs: portsOf(session.outputMetadata),
    async run(feeds, fetches) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, feed]) => [name, feed instanceof Tensor ? feed : new Tensor(feed.type, feed.data, feed.dims)]),
      );
      return session.run(tensors, fetches);
    },
    async close() {
      if (options.profilePrefix !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): GraphPort[] {
  return metadata.map((value) =>
    value.isTensor ? { name: value.name, type: value.type, shape: value.shape } : { name: value.name, type: 'other', shape: [] },
  );
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
