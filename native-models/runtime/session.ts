/**
 * The only door to onnxruntime-node. It is loaded on first use, with its telemetry off: from 1.29 on it looks up a host
 * and writes a device id otherwise, and this studio is offline.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EngineDevice } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { deviceNeeds } from './device-needs.ts';

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
  /** Whether onnxruntime keeps a plan of its memory for each shape of the inputs that it has seen; true when absent. */
  readonly memoryPlans?: boolean;
  /** Keep memory for the next run; true when absent. Without, a graph whose shapes change with every run takes less and is a little slower. */
  readonly arena?: boolean;
  /** Writes onnxruntime's own profile to files with this prefix. */
  readonly profilePrefix?: string;
}

/** A loaded graph. `run` blocks the thread that it is called on for as long as the graph runs. */
export interface GraphSession {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  /** Errors: DEVICE_UNAVAILABLE when another device than the cpu fails. */
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

/** A device that this build of onnxruntime knows. */
export interface OfferedDevice {
  readonly device: EngineDevice;
  /** Name of the library that it needs and that is not installed; null: nothing is missing on onnxruntime's side. */
  readonly missing: string | null;
}

/** What onnxruntime offers on this system, the cpu first. Whether a device works is another matter: see native-models/devices. */
export async function offeredDevices(): Promise<readonly OfferedDevice[]> {
  const { listSupportedBackends } = await loadRuntime();
  const names = new Map(listSupportedBackends().map(({ name, bundled }) => [name, bundled]));
  const offered: OfferedDevice[] = [{ device: 'cpu', missing: null }];
  for (const device of ['webgpu', 'directml', 'coreml', 'cuda'] as const) {
    const bundled = names.get(PROVIDERS[device]);
    if (bundled !== undefined) offered.push({ device, missing: bundled ? null : missingLibrary(PROVIDERS[device]) });
  }
  return offered;
}

/** The version of onnxruntime, e.g. `1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  const { env } = await loadRuntime();
  return env.versions.node ?? env.versions.common;
}

/** onnxruntime looks for the libraries of its other providers beside its own. */
function missingLibrary(provider: string): string | null {
  const library = process.platform === 'win32' ? `onnxruntime_providers_${provider}.dll` : `libonnxruntime_providers_${provider}.so`;
  const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
  const folders = existsSync(bin) ? readdirSync(bin).map((version) => path.join(bin, version, process.platform, process.arch)) : [];
  return folders.some((folder) => existsSync(path.join(folder, library))) ? null : library;
}

/**
 * Loads a model from its bytes or its path. Errors: MODEL_BROKEN when onnxruntime refuses the model,
 * DEVICE_UNAVAILABLE when another device than the cpu can't be used.
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions): Promise<GraphSession> {
  const { InferenceSession, Tensor } = await loadRuntime();
  if (options.device !== 'cpu') await refuseAbsent(options.device);
  const settings: InferenceSession.SessionOptions = {
    executionProviders: options.device === 'cpu' ? ['cpu'] : [PROVIDERS[options.device], 'cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableMemPattern: options.memoryPlans ?? true,
    enableCpuMemArena: options.arena ?? true,
    // Other devices' failures are told by the error alone.
    logSeverityLevel: options.device === 'cpu' ? 3 : 4,
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
    throw new EngineError('DEVICE_UNAVAILABLE', `The model can't run on ${options.device}: ${inShort(reason(cause))}`, deviceAdvice(options.device), { cause });
  }
  return {
    inputs: portsOf(session.inputMetadata),
    outputs: portsOf(session.outputMetadata),
    async run(feeds, fetches) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, feed]) => [name, feed instanceof Tensor ? feed : new Tensor(feed.type, feed.data, feed.dims)]),
      );
      if (options.device === 'cpu') return session.run(tensors, fetches);
      try {
        return await session.run(tensors, fetches);
      } catch (cause) {
        const message = inShort(reason(cause));
        const advice = /\bf16\b/.test(message) ? 'It has no half precision: use float32 with it, or the cpu.' : deviceAdvice(options.device);
        throw new EngineError('DEVICE_UNAVAILABLE', `The model stopped on ${options.device}: ${message}`, advice, { cause });
      }
    },
    async close() {
      if (options.profilePrefix !== undefined) session.endProfiling();
      await session.release();
    },
  };
}

/** onnxruntime passes over a provider that it does not have, and runs on the cpu without a word. */
async function refuseAbsent(device: EngineDevice): Promise<void> {
  const offered = (await offeredDevices()).find((known) => known.device === device);
  if (offered?.missing === null) return;
  const why = offered === undefined ? 'onnxruntime has no such device on this system' : `${offered.missing} is not installed`;
  throw new EngineError('DEVICE_UNAVAILABLE', `The model can't run on ${device}: ${why}.`, deviceAdvice(device));
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): GraphPort[] {
  return metadata.map((value) =>
    value.isTensor ? { name: value.name, type: value.type, shape: value.shape } : { name: value.name, type: 'other', shape: [] },
  );
}

/** onnxruntime's errors name the place in its own sources first, and may be followed by a stack. */
function inShort(message: string): string {
  const [first = ''] = message.trim().split('\n');
  return first.replace(/^\/.*?was false\. /, '').replace(/^\/\S+:\d+ .*?\[ONNXRuntimeError\]\s*:\s*\d+\s*:\s*\w+\s*:\s*/, '');
}

function deviceAdvice(device: EngineDevice): string {
  return `${deviceNeeds(device)} The cpu always works.`;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
