/**
 * The graph of training: a `Loop` with a step a round, so that weights and moments stay inside the runtime for as many
 * steps as one run has batches. A round takes its batch from what was fed for all rounds, computes the loss and its
 * gradients, and lets the optimizer change the state; where the loss or the gradients' norm is no number, the state stays.
 *
 * Inputs   rounds        int64   []       K, batches of this run
 *          rates         float32 [K]      learning rates
 *          updates       bool    [K]      with accumulation: false where the gradient is only kept for the next round
 *          X             [n]              elements of batch input X of all rounds, one after the other
 *          X.at          int64   [K+1]    where each round's begin, and the end of all
 *          X.shape       int64   [K, rank]
 *          a state S                      see `StateTensor`; frozen parameters are inputs only
 * Outputs  S.next                         each state after the last round
 *          losses, counts, norms, applied float32 [K]; applied is 1 where the state changed or the gradient was kept
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder as Builder, graph, int } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { ELEMENT_TYPES, float32, int64 } from '../../onnx/tensors.ts';
import { gradients } from '../autodiff/gradients.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { ParameterDefinition } from '../parameters.ts';
import type { BatchInput, ForwardContext, SummedLoss, TrainableModel } from '../trainable-model.ts';

/** A tensor that a step changes. */
export interface StateTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly role: 'parameter' | 'moment' | 'average' | 'gradient' | 'scalar';
}

/** A mask of dropout that is fed with each batch: 0, or 1 / (1 - rate). */
export interface MaskInput extends BatchInput {
  readonly rate: number;
}

export interface TrainingGraphOptions {
  readonly optimizer: Optimizer;
  /** Gradients of a larger norm are scaled down to it; null: they are not. */
  readonly clipNorm: number | null;
  /** Decay of the exponential moving average of the parameters, see `averageDecayAt`; null: there is none. */
  readonly averageDecay: number | null;
  readonly accumulate: boolean;
}

export interface TrainingGraph {
  readonly model: ModelDefinition;
  readonly states: readonly StateTensor[];
  readonly masks: readonly MaskInput[];
}

export function trainingGraph(model: TrainableModel, options: TrainingGraphOptions): TrainingGraph {
  const g = new Builder('training');
  const rounds = g.input('rounds', 'int64', []);
  const rates = g.input('rates', 'float32', ['K']);
  const updates = options.accumulate ? g.input('updates', 'bool', ['K']) : null;
  const states = statesOf(model, options);
  for (const { name, dims } of states) g.input(name, 'float32', dims);
  for (const { name, dims } of model.parameters.filter(({ frozen }) => frozen === true)) g.input(parameterName(name), 'float32', dims);
  const b = g.body('step');
  const round = b.input(b.name('round'), 'int64', []);
  const goOn = b.input(b.name('go-on'), 'bool', []);
  const inside = new Map(states.map(({ name, dims }) => [name, b.input(b.name(name), 'float32', dims)]));
  const read = (name: string): Value => inside.get(name) ?? name;

  const batches = new RoundInputs(g, b, round, model.inputs);
  const masks: MaskInput[] = [];
  const { sum, count } = forward(model, b, batches, (name) => read(parameterName(name)), masks);
  const trained = model.parameters.filter(({ frozen }) => frozen !== true);
  const ofBatch = gradients(b, sum, trained.map(({ name }) => read(parameterName(name))));
  const gathered = options.accumulate ? ofBatch.map((gradient, index) => b.node('Add', [gradient, read(gradientName(trained[index]?.name ?? ''))])) : ofBatch;
  const tokens = options.accumulate ? b.node('Add', [count, read(GATHERED_COUNT)]) : count;
  const scalar = (value: number): Value => b.constant(float32([], [value]));
  const squares = gathered.map((gradient) => b.node('ReduceSumSquare', [gradient], { attributes: { keepdims: int(0) } }));
  const norm = b.node('Div', [b.node('Sqrt', [squares.length === 1 ? (squares[0] ?? '') : b.node('Sum', squares)]), tokens]);
  const judged = b.node('Add', [norm, sum]);
  const finite = b.node('Equal', [b.node('Sub', [judged, judged]), scalar(0)]);
  const clipped = options.clipNorm === null ? scalar(1) : b.node('Min', [scalar(1), b.node('Div', [scalar(options.clipNorm), b.node('Add', [norm, scalar(1e-6)])])]);
  const scale = b.node('Div', [clipped, tokens]);
  const rate = b.node('Gather', [rates, round]);

  const updated = (u: GraphBuilder): Map<string, Value> => {
    const next = new Map<string, Value>();
    const step = u.node('Add', [read(STEP), u.constant(float32([], [1]))]);
    next.set(STEP, step);
    const shared = options.optimizer.shared(u, step, rate);
    const renewed = options.averageDecay === null ? '' : u.node('Sub', [u.constant(float32([], [1])), averageDecayAt(u, options.averageDecay, step)]);
    for (const [index, { name }] of trained.entries()) {
      const moments = options.optimizer.moments.map((moment) => momentName(moment, name));
      const update = options.optimizer.update(u, { parameter: read(parameterName(name)), gradient: gathered[index] ?? '', scale, rate, moments: moments.map(read), shared });
      next.set(parameterName(name), update.parameter);
      for (const [place, moment] of moments.entries()) next.set(moment, update.moments[place] ?? '');
      if (options.averageDecay !== null) {
        const average = read(averageName(name));
        next.set(averageName(name), u.node('Add', [average, u.node('Mul', [u.node('Sub', [update.parameter, average]), renewed])]));
      }
    }
    return next;
  };
  const zeroed = (u: GraphBuilder): Map<string, Value> =>
    new Map(states.filter(({ role, name }) => role === 'gradient' || name === GATHERED_COUNT).map(({ name, dims }) => [name, u.node('ConstantOfShape', [u.constant(int64([dims.length], [...dims]))])]));
  const kept = (u: GraphBuilder): Map<string, Value> => {
    const next = new Map([[GATHERED_COUNT, u.node('Identity', [tokens])]]);
    for (const [index, { name }] of trained.entries()) next.set(gradientName(name), u.node('Identity', [gathered[index] ?? '']));
    return next;
  };
  /** Every state after the round: as `change` says, or as it was. */
  const branch = (outer: GraphBuilder, name: string, ...changes: readonly ((u: GraphBuilder) => Map<string, Value>)[]) => {
    const u = outer.body(name);
    const next = new Map(changes.flatMap((change) => [...change(u)]));
    for (const state of states) u.output(next.get(state.name) ?? u.node('Identity', [read(state.name)]), 'float32');
    return graph(u.finish());
  };
  const either = (outer: GraphBuilder, condition: Value, yes: ReturnType<typeof branch>, no: ReturnType<typeof branch>): Value[] =>
    outer.nodes('If', [condition], states.length, { attributes: { then_branch: yes, else_branch: no } });
  let good = branch(b, 'update', updated, zeroed);
  if (updates !== null) {
    const u = b.body('gather-or-update');
    const chosen = either(u, u.node('Gather', [updates, round]), branch(u, 'update', updated, zeroed), branch(u, 'gather', kept));
    for (const value of chosen) u.output(value, 'float32');
    good = graph(u.finish());
  }
  const after = either(b, finite, good, branch(b, 'leave', zeroed));
  b.output(b.node('Identity', [goOn]), 'bool');
  for (const value of after) b.output(value, 'float32');
  const told = [sum, count, norm, b.node('Cast', [finite], { attributes: { to: int(ELEMENT_TYPES.float32) } })];
  for (const value of told) b.output(b.node('Identity', [value]), 'float32', []);

  const outputs = g.nodes('Loop', [rounds, '', ...states.map(({ name }) => name)], states.length + told.length, { attributes: { body: graph(b.finish()) } });
  for (const [index, { name, dims }] of states.entries()) g.namedOutput(nextName(name), outputs[index] ?? '', 'float32', dims);
  for (const [index, name] of TOLD.entries()) g.namedOutput(name, outputs[states.length + index] ?? '', 'float32', ['K']);
  return { model: g.model('bitext-studio'), states, masks };
}

/** The graph that only tells the loss: inputs as above without rates and states, parameters as they are; no dropout. */
export function evaluationGraph(model: TrainableModel): ModelDefinition {
  const g = new Builder('evaluation');
  const rounds = g.input('rounds', 'int64', []);
  for (const { name, dims } of model.parameters) g.input(parameterName(name), 'float32', dims);
  const b = g.body('round');
  const round = b.input(b.name('round'), 'int64', []);
  const goOn = b.input(b.name('go-on'), 'bool', []);
  const { sum, count } = forward(model, b, new RoundInputs(g, b, round, model.inputs), parameterName, null);
  b.output(b.node('Identity', [goOn]), 'bool');
  for (const value of [sum, count]) b.output(b.node('Identity', [value]), 'float32', []);
  const outputs = g.nodes('Loop', [rounds, ''], 2, { attributes: { body: graph(b.finish()) } });
  for (const [index, name] of TOLD.slice(0, 2).entries()) g.namedOutput(name, outputs[index] ?? '', 'float32', ['K']);
  return g.model('bitext-studio');
}

/**
 * The decay in a step: at most (1 + step) / (10 + step), so that what the parameters were at first is soon forgotten (as in
 * TensorFlow's ExponentialMovingAverage with num_updates).
 */
function averageDecayAt(u: GraphBuilder, decay: number, step: Value): Value {
  const plus = (value: number): Value => u.node('Add', [step, u.constant(float32([], [value]))]);
  return u.node('Min', [u.constant(float32([], [decay])), u.node('Div', [plus(1), plus(10)])]);
}

const TOLD = ['losses', 'counts', 'norms', 'applied'] as const;
export const STEP = 'step';
const GATHERED_COUNT = 'gathered-count';
export const parameterName = (name: string): string => `parameter/${name}`;
export const averageName = (name: string): string => `average/${name}`;
const momentName = (moment: string, name: string): string => `${moment}/${name}`;
const gradientName = (name: string): string => `gradient/${name}`;
export const nextName = (state: string): string => `${state}.next`;

function statesOf(model: TrainableModel, { optimizer, averageDecay, accumulate }: TrainingGraphOptions): StateTensor[] {
  const trained: readonly ParameterDefinition[] = model.parameters.filter(({ frozen }) => frozen !== true);
  const each = (role: StateTensor['role'], nameOf: (name: string) => string): StateTensor[] => trained.map(({ name, dims }) => ({ name: nameOf(name), dims, role }));
  return [
    { name: STEP, dims: [], role: 'scalar' },
    ...each('parameter', parameterName),
    ...optimizer.moments.flatMap((moment) => each('moment', (name) => momentName(moment, name))),
    ...(averageDecay === null ? [] : each('average', averageName)),
    ...(accumulate ? [{ name: GATHERED_COUNT, dims: [], role: 'scalar' as const }, ...each('gradient', gradientName)] : []),
  ];
}

function forward(model: TrainableModel, b: GraphBuilder, batches: RoundInputs, parameter: (name: string) => Value, masks: MaskInput[] | null): SummedLoss {
  const mask: ForwardContext['mask'] = (dims, rate) => {
    if (masks === null || rate === 0) return null;
    const input: MaskInput = { name: `dropout.${masks.length}`, type: 'float32', dims, rate };
    masks.push(input);
    return batches.take(input);
  };
  return model.loss(b, {
    parameter,
    input: (name) => batches.read(name),
    mask,
    dropout(g, x, dims, rate) {
      const factors = mask(dims, rate);
      return factors === null ? x : g.node('Mul', [x, factors]);
    },
  });
}

/** The tensors of the batch of a round, cut out of what was fed for all rounds. */
class RoundInputs {
  readonly #g: GraphBuilder;
  readonly #b: GraphBuilder;
  readonly #round: Value;
  readonly #values = new Map<string, Value>();

  constructor(g: GraphBuilder, b: GraphBuilder, round: Value, inputs: readonly BatchInput[]) {
    this.#g = g;
    this.#b = b;
    this.#round = round;
    for (const input of inputs) this.#values.set(input.name, this.take(input));
  }

  read(name: string): Value {
    const value = this.#values.get(name);
    if (value === undefined) throw new RangeError(`The model has no input ${name}`);
    return value;
  }

  take({ name, type, dims }: BatchInput): Value {
    const b = this.#b;
    const flat = this.#g.input(name, type, [`${name}:elements`]);
    const at = this.#g.input(`${name}.at`, 'int64', [`${name}:bounds`]);
    const shapes = this.#g.input(`${name}.shape`, 'int64', ['K', dims.length]);
    const one = b.constant(int64([1], [1]));
    const start = b.node('Reshape', [this.#round, one]);
    const bound = (index: Value): Value => b.node('Gather', [at, index], { attributes: { axis: int(0) } });
    const own = b.node('Slice', [flat, bound(start), bound(b.node('Add', [start, one]))]);
    const shaped = b.node('Reshape', [own, b.node('Gather', [shapes, this.#round], { attributes: { axis: int(0) } })]);
    return b.describe(shaped, type, dims);
  }
}

