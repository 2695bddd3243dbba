/**
 * A student that goes on learning. What is learned is kept apart from the weights it began with: a parameter is its old
 * value plus a change, and the decay of AdamW pulls the change, not the weight, towards zero (L2-SP: Li et al. 2018). The
 * change is as large as the parameter, or of low rank (LoRA: Hu et al. 2022).
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int64 } from '../../onnx/tensors.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { glorot, zeros, type Parameter, type ParameterStore } from '../parameters.ts';
import type { ParameterDefinition } from '../parameters.ts';
import type { BatchInput, ForwardContext, TrainableModel } from '../trainable-model.ts';
import { embeddingOf, studentForward, studentInputs } from './student-forward.ts';
import { studentParameterShapes } from './student-parameters.ts';

export interface StudentLearning {
  /** `full`: a change for every number; else a change of this rank for every matrix, and full ones for vectors. */
  readonly rank: 'full' | number;
  /** Embeddings stay as they are: most of a small student's numbers, and rows that the corpus never sees. */
  readonly freezeEmbeddings: boolean;
  /** Rows of the output layer that a batch's softmax is over; null for the whole vocabulary. */
  readonly candidates: number | null;
  readonly labelSmoothing: number;
  readonly dropout: number;
  /** Most targets of a token: see `studentBatch`. Absent: 1. */
  readonly targetsAToken?: number;
}

/** Old weights are frozen parameters under their own names; what is learned lies beside them. */
const changeOf = (name: string): string => `${name}.change`;
const leftOf = (name: string): string => `${name}.left`;
const rightOf = (name: string): string => `${name}.right`;

/** The model for a training session; batches are `studentBatch`'s, with `candidates` where they are used. */
export function trainableStudent(architecture: StudentArchitecture, learning: StudentLearning): TrainableModel {
  const shapes = studentParameterShapes(architecture);
  const isLearned = (name: string): boolean => !(learning.freezeEmbeddings && name.endsWith('Wemb'));
  const ofLowRank = (dims: readonly number[]): boolean => learning.rank !== 'full' && dims.length === 2;
  const parameters = [...shapes].flatMap(([name, dims]): ParameterDefinition[] => {
    const old: ParameterDefinition = { name, dims, initial: zeros, frozen: true };
    if (!isLearned(name)) return [old];
    const [rows = 0, columns = 0] = dims;
    if (learning.rank === 'full' || !ofLowRank(dims)) return [old, { name: changeOf(name), dims, initial: zeros }];
    return [old, { name: leftOf(name), dims: [rows, learning.rank], initial: glorot }, { name: rightOf(name), dims: [learning.rank, columns], initial: zeros }];
  });
  const targets = learning.targetsAToken ?? 1;
  const inputs = [...studentInputs(architecture).flatMap((input) => (input.name === 'labels' ? labelInputs(input, targets) : [input])), ...(learning.candidates === null ? [] : [{ name: 'candidates', type: 'int64', dims: [learning.candidates] } as const])];
  return {
    parameters,
    inputs,
    loss(g, context) {
      const values = new Map<string, Value>();
      const parameter = (name: string): Value => {
        const known = values.get(name);
        if (known !== undefined) return known;
        const value = learnedValue(g, context, name, isLearned(name), ofLowRank(shapes.get(name) ?? []));
        values.set(name, value);
        return value;
      };
      const { hidden } = studentForward(g, architecture, {
        parameter,
        input: (name) => context.input(name),
        residual: (graph, x, length) => context.dropout(graph, x, [length, 'B', architecture.dim], learning.dropout),
      });
      const rows = (value: Value, ...dims: number[]): Value => g.node('Reshape', [value, g.constant(int64([dims.length], dims))]);
      const table = parameter(embeddingOf(architecture, 'target'));
      const bias = parameter('decoder_ff_logit_out_b');
      const chosen = (value: Value): Value => (learning.candidates === null ? value : g.node('Gather', [value, context.input('candidates')]));
      return crossEntropy(g, {
        hidden: rows(hidden, -1, architecture.dim),
        table: chosen(table),
        vocabulary: learning.candidates ?? architecture.targetVocabulary,
        bias: chosen(bias),
        ...(targets === 1 ? { targets: rows(context.input('labels'), -1) } : { targets: rows(context.input('labels'), -1, targets), shares: rows(context.input('labelShares'), -1, targets) }),
        weights: rows(context.input('labelWeights'), -1),
        smoothing: learning.labelSmoothing,
      });
    },
  };
}

function labelInputs(labels: BatchInput, targets: number): BatchInput[] {
  if (targets === 1) return [labels];
  const dims = [...labels.dims, targets];
  return [{ ...labels, dims }, { name: 'labelShares', type: 'float32', dims }];
}

function learnedValue(g: GraphBuilder, context: ForwardContext, name: string, learned: boolean, lowRank: boolean): Value {
  const old = context.parameter(name);
  if (!learned) return old;
  const change = lowRank ? g.node('MatMul', [context.parameter(leftOf(name)), context.parameter(rightOf(name))]) : context.parameter(changeOf(name));
  return g.node('Add', [old, change]);
}

/** The weights with `share` of what was learned: 1 for all of it, less to forget less (Wortsman et al. 2022). */
export function weightsWithChange(learned: ParameterStore, architecture: StudentArchitecture, share: number): Map<string, Parameter> {
  return new Map([...studentParameterShapes(architecture).keys()].map((name) => {
    const old = learned.get(name);
    if (old === undefined) throw new RangeError(`The parameter ${name} is missing`);
    const change = learned.get(changeOf(name))?.data ?? product(learned.get(leftOf(name)), learned.get(rightOf(name)));
    if (change === null) return [name, old];
    return [name, { dims: old.dims, data: old.data.map((value, index) => value + share * (change[index] ?? 0)) }];
  }));
}

/** Parameters of a training of `trainableStudent` with `share` of what was learned, to go on computing with. */
export function withShare(trained: ParameterStore, share: number): Map<string, Parameter> {
  return new Map([...trained].map(([name, parameter]) => [name, /\.(change|right)$/.test(name) ? { ...parameter, data: parameter.data.map((value) => share * value) } : parameter]));
}

function product(left: Parameter | undefined, right: Parameter | undefined): Float32Array | null {
  if (left === undefined || right === undefined) return null;
  const [rows = 0, rank = 0] = left.dims;
  const columns = right.dims[1] ?? 0;
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < rank; k++) {
      const factor = left.data[row * rank + k] ?? 0;
      for (let column = 0; column < columns; column++) out[row * columns + column] = (out[row * columns + column] ?? 0) + factor * (right.data[k * columns + column] ?? 0);
    }
  return out;
}
