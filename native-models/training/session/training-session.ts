/** Trains a model: holds its weights and moments inside the runtime and makes steps. How to define a model: trainable-model.ts. */
import type { EngineDevice } from '../../engine/engine.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { encodeModel, type ModelDefinition } from '../../onnx/model-proto.ts';
import { withStandardProducts } from '../../onnx/standard-products.ts';
import type { FeedTensor, GraphSession, RuntimeTensor } from '../../runtime/session.ts';
import { openSession } from '../../runtime/session.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter, ParameterStore } from '../parameters.ts';
import { elementCount, matchingParameter } from '../parameters.ts';
import type { Batch, TrainableModel } from '../trainable-model.ts';
import { inputFeeds, maskFeeds, sizesOf, type MaskDraw } from './round-feeds.ts';
import type { TrainingGraph } from './training-graph.ts';
import { STEP, averageName, evaluationGraph, nextName, parameterName, trainingGraph } from './training-graph.ts';

export interface TrainingOptions {
  /** What training begins with; frozen parameters included. */
  readonly parameters: ParameterStore;
  readonly optimizer: Optimizer;
  /** Gradients (of the mean over the batch) of a larger norm are scaled down to it. Not given: 1. Null: no limit. */
  readonly clipNorm?: number | null;
  /** Of dropout. */
  readonly seed: number;
  readonly threads: number;
  /** Where steps are computed; the cpu when absent. What the device has no kernel for, onnxruntime computes on the cpu. */
  readonly device?: EngineDevice;
  /** Keeps the exponential moving average of the parameters, with this decay; the first steps decay faster. */
  readonly averageDecay?: number;
  /** Allows batches that only add to the gradient of the next: `update: false`. */
  readonly accumulate?: boolean;
  readonly profilePrefix?: string;
}

export interface TrainingStep {
  readonly batch: Batch;
  readonly rate: number;
  /** False: the gradient waits for the next batch. Only with `accumulate`. */
  readonly update?: boolean;
}

export interface StepReport {
  /** Mean over the batch's tokens, before the step. */
  readonly loss: number;
  readonly tokens: number;
  /** Before clipping; with accumulation, of all that has been gathered. */
  readonly gradientNorm: number;
  /** False: the loss or the norm was no finite number, and nothing was changed but that gathered gradients are dropped. */
  readonly applied: boolean;
}

/** All that a session can go on from, bit by bit, where the step before was an update. */
export interface TrainingSnapshot {
  readonly step: number;
  /** By the names of the graph's states: parameters, moments, averages. */
  readonly tensors: ReadonlyMap<string, Parameter>;
}

export interface TrainingSession {
  /** Updates made so far. */
  readonly step: number;
  /** Makes all steps in one run; a run costs some milliseconds for each million of parameters beside its steps. */
  steps(steps: readonly TrainingStep[]): Promise<StepReport[]>;
  /** The loss of batches without dropout and without learning from them; `averaged`: of the moving averages, where they are kept. */
  evaluate(batches: readonly Batch[], options?: { readonly averaged?: boolean }): Promise<{ loss: number; tokens: number }>;
  /** A copy of the parameters; frozen ones are the arrays that were given. */
  parameters(): Map<string, Parameter>;
  /** A copy of the moving averages; the parameters themselves where no average is kept. */
  averages(): Map<string, Parameter>;
  snapshot(): TrainingSnapshot;
  restore(snapshot: TrainingSnapshot): void;
  close(): Promise<void>;
}

/** Errors: MODEL_UNSUPPORTED when the model can't be differentiated, INVALID_INPUT when parameters don't fit it. */
export async function openTrainingSession(model: TrainableModel, options: TrainingOptions): Promise<TrainingSession> {
  const graph = trainingGraph(model, {
    optimizer: options.optimizer,
    clipNorm: options.clipNorm === undefined ? 1 : options.clipNorm,
    averageDecay: options.averageDecay ?? null,
    accumulate: options.accumulate ?? false,
  });
  for (const definition of model.parameters) matchingParameter(options.parameters, definition);
  const session = await openSession(encodeModel(forDevice(graph.model, options.device)), {
    threads: options.threads,
    device: options.device ?? 'cpu',
    arena: false,
    memoryPlans: false,
    ...(options.profilePrefix === undefined ? {} : { profilePrefix: options.profilePrefix }),
  });
  return new RunningSession(model, options, graph, session);
}

/** Devices without onnxruntime's own products with transposed factors. */
const STANDARD_PRODUCTS: ReadonlySet<EngineDevice> = new Set(['webgpu', 'coreml']);

const forDevice = (model: ModelDefinition, device: EngineDevice = 'cpu'): ModelDefinition => (STANDARD_PRODUCTS.has(device) ? withStandardProducts(model) : model);

class RunningSession implements TrainingSession {
  readonly #model: TrainableModel;
  readonly #options: TrainingOptions;
  readonly #graph: TrainingGraph;
  readonly #session: GraphSession;
  #evaluation: Promise<GraphSession> | undefined;
  readonly #states = new Map<string, FeedTensor | RuntimeTensor>();
  readonly #frozen: ReadonlyMap<string, FeedTensor>;
  #step = 0;

  constructor(model: TrainableModel, options: TrainingOptions, graph: TrainingGraph, session: GraphSession) {
    this.#model = model;
    this.#options = options;
    this.#graph = graph;
    this.#session = session;
    const initial = new Map(model.parameters.flatMap(({ name }) => [parameterName(name), averageName(name)].map((state) => [state, options.parameters.get(name)] as const)));
    for (const { name, dims } of graph.states) this.#states.set(name, feed(dims, initial.get(name)?.data ?? new Float32Array(elementCount(dims))));
    const frozen = model.parameters.filter(({ frozen: is }) => is === true);
    this.#frozen = new Map(frozen.map((definition) => [parameterName(definition.name), feed(definition.dims, matchingParameter(options.parameters, definition).data)]));
  }

  get step(): number {
    return this.#step;
  }

  async steps(steps: readonly TrainingStep[]): Promise<StepReport[]> {
    if (steps.length === 0) return [];
    if (this.#options.accumulate !== true && steps.some(({ update }) => update === false))
      throw new EngineError('INVALID_INPUT', 'A batch without an update needs a session that accumulates', 'Open the session with accumulate: true.');
    const batches = steps.map(({ batch }) => batch);
    const run = await this.#session.run(
      {
        ...Object.fromEntries([...this.#states, ...this.#frozen]),
        ...this.#roundFeeds(batches),
        ...merged(this.#graph.masks.map((mask, place) => maskFeeds(mask, place, this.#model.inputs, batches, this.#options.seed, drawsOf(steps, this.#step)))),
        rates: feed([steps.length], Float32Array.from(steps, ({ rate }) => rate)),
        ...(this.#options.accumulate === true ? { updates: { type: 'bool' as const, dims: [steps.length], data: Uint8Array.from(steps, ({ update }) => Number(update !== false)) } } : {}),
      },
      this.#session.outputs.map(({ name }) => name),
    );
    for (const { name } of this.#graph.states) {
      const next = run[nextName(name)];
      if (next !== undefined) this.#states.set(name, next);
    }
    this.#step = floats(this.#states.get(STEP))[0] ?? 0;
    const [losses, counts, norms, applied] = ['losses', 'counts', 'norms', 'applied'].map((name) => floats(run[name]));
    return steps.map((_, round) => {
      const tokens = counts?.[round] ?? 0;
      return { loss: (losses?.[round] ?? Number.NaN) / tokens, tokens, gradientNorm: norms?.[round] ?? Number.NaN, applied: applied?.[round] === 1 };
    });
  }

  async evaluate(batches: readonly Batch[], { averaged = false }: { readonly averaged?: boolean } = {}): Promise<{ loss: number; tokens: number }> {
    if (batches.length === 0) return { loss: 0, tokens: 0 };
    this.#evaluation ??= openSession(encodeModel(forDevice(evaluationGraph(this.#model), this.#options.device)), { threads: this.#options.threads, device: this.#options.device ?? 'cpu' });
    const session = await this.#evaluation;
    const run = await session.run({ ...this.#parameterFeeds(averaged), ...this.#roundFeeds(batches) }, ['losses', 'counts']);
    const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
    const tokens = total(floats(run['counts']));
    return { loss: total(floats(run['losses'])) / tokens, tokens };
  }

  parameters(): Map<string, Parameter> {
    return this.#copies(parameterName);
  }

  averages(): Map<string, Parameter> {
    return this.#copies(this.#options.averageDecay === undefined ? parameterName : averageName);
  }

  snapshot(): TrainingSnapshot {
    const tensors = new Map(this.#graph.states.map(({ name, dims }) => [name, { dims, data: floats(this.#states.get(name)).slice() }]));
    return { step: this.#step, tensors };
  }

  restore({ step, tensors }: TrainingSnapshot): void {
    const restored = this.#graph.states.map(({ name, dims }) => [name, feed(dims, matchingParameter(tensors, { name, dims }).data.slice())] as const);
    for (const [name, tensor] of restored) this.#states.set(name, tensor);
    this.#step = step;
  }

  async close(): Promise<void> {
    await this.#session.close();
    await (await this.#evaluation)?.close();
  }

  #copies(nameOf: (parameter: string) => string): Map<string, Parameter> {
    return new Map(
      this.#model.parameters.map(({ name, dims }) => {
        const state = this.#states.get(nameOf(name));
        return [name, { dims, data: state === undefined ? floats(this.#frozen.get(parameterName(name))) : floats(state).slice() }];
      }),
    );
  }

  /** The inputs of the evaluation graph. */
  #parameterFeeds(averaged: boolean): Record<string, FeedTensor | RuntimeTensor> {
    const stateOf = averaged && this.#options.averageDecay !== undefined ? averageName : parameterName;
    const tensors: Record<string, FeedTensor | RuntimeTensor> = {};
    for (const { name } of this.#model.parameters) {
      const tensor = this.#states.get(stateOf(name)) ?? this.#frozen.get(parameterName(name));
      if (tensor !== undefined) tensors[parameterName(name)] = tensor;
    }
    return tensors;
  }

  #roundFeeds(batches: readonly Batch[]): Record<string, FeedTensor> {
    for (const batch of batches) sizesOf(this.#model.inputs, batch);
    const rounds: FeedTensor = { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(batches.length)) };
    return { rounds, ...merged(this.#model.inputs.map((input) => inputFeeds(input, batches))) };
  }
}

/** Which masks each round draws: by its update, and by its place among the batches of that update. */
function drawsOf(steps: readonly TrainingStep[], made: number): MaskDraw[] {
  let update = made, place = 0;
  return steps.map((step) => {
    const draw = { update, place };
    if (step.update === false) place++;
    else [update, place] = [update + 1, 0];
    return draw;
  });
}

function merged(parts: readonly Record<string, FeedTensor>[]): Record<string, FeedTensor> {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

function feed(dims: readonly number[], data: Float32Array): FeedTensor {
  return { type: 'float32', dims, data };
}

function floats(tensor: FeedTensor | RuntimeTensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError('A state of the training graph is not float32');
}
