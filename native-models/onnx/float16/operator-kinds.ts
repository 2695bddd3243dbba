/**
 * What each operator does to the precision of numbers, and of which type its outputs are.
 *
 *   product  computes in half precision: the products with weights, where the time and the memory go
 *   exact    computes in single precision: sums over many numbers, exponentials, choices
 *   neutral  follows its inputs: half when all of them are
 */
import { EngineError } from '../../engine/engine-error.ts';
import type { NodeDefinition } from '../model-proto.ts';
import { ELEMENT_TYPES, type ElementType } from '../tensors.ts';

export type OperatorKind = 'product' | 'exact' | 'neutral';

/** `same`: as the numbers that come in. */
type OutputType = 'same' | ElementType;

const OPERATORS: Readonly<Record<string, readonly [kind: OperatorKind, ...outputs: OutputType[]]>> = {
  ...every(['MatMul', 'FusedMatMul', 'Gemm'], 'product', 'same'),
  ...every(
    ['LayerNormalization', 'SkipLayerNormalization', 'Softmax', 'LogSoftmax', 'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceLogSumExp',
      'CumSum', 'Pow', 'Sqrt', 'Exp', 'Log', 'Range', 'NGramRepeatBlock'],
    'exact', 'same'),
  TopK: ['exact', 'same', 'int64'],
  ArgMax: ['exact', 'int64'],
  ...every(
    ['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Abs', 'Min', 'Max', 'Clip', 'Relu', 'Sigmoid', 'Tanh', 'Gelu', 'FastGelu', 'QuickGelu', 'Identity', 'Reshape', 'Transpose',
      'Squeeze', 'Unsqueeze', 'Expand', 'Tile', 'Slice', 'Split', 'Concat', 'Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'Where', 'Compress'],
    'neutral', 'same'),
  ...every(['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not'], 'neutral', 'bool'),
  ...every(['Shape', 'Size', 'NonZero'], 'neutral', 'int64'),
  ConstantOfShape: ['neutral', 'float32'],
  Cast: ['neutral', 'float32'],
};

function every(names: readonly string[], ...of: readonly [OperatorKind, ...OutputType[]]): Record<string, readonly [OperatorKind, ...OutputType[]]> {
  return Object.fromEntries(names.map((name) => [name, of]));
}

/** Operators whose inputs of numbers differ in role: the ones that count for the type, by place. All, where absent. */
const NUMBERS_AT: Readonly<Record<string, readonly number[]>> = { Where: [1, 2], Compress: [0] };

/** Throws EngineError MODEL_UNSUPPORTED for an operator that the table does not hold. */
export function operatorKind(node: NodeDefinition): OperatorKind {
  return entry(node)[0];
}

/** The type of one output; `numbers`: the type of the numbers that come in. */
export function outputType(node: NodeDefinition, output: number, numbers: ElementType): ElementType {
  if (node.type === 'Cast') return castTarget(node);
  if (node.type === 'ConstantOfShape') {
    const value = node.attributes['value'];
    return value?.kind === 'tensor' ? value.value.type : 'float32';
  }
  const [, ...outputs] = entry(node);
  const type = outputs[output] ?? outputs[0] ?? 'same';
  return type === 'same' ? numbers : type;
}

/** The places of the inputs whose type the outputs take. */
export function numberInputs(node: NodeDefinition): readonly number[] {
  return NUMBERS_AT[node.type] ?? node.inputs.map((_, place) => place);
}

function castTarget(node: NodeDefinition): ElementType {
  const to = node.attributes['to'];
  const number = to?.kind === 'int' ? to.value : -1;
  const known = ELEMENT_NAMES.get(number);
  if (known === undefined) throw new EngineError('MODEL_UNSUPPORTED', `A graph casts to element type ${number}, which has no half precision form.`);
  return known;
}

const ELEMENT_NAMES = new Map<number, ElementType>();
for (const [name, number] of Object.entries(ELEMENT_TYPES)) if (isElementType(name)) ELEMENT_NAMES.set(number, name);

function isElementType(name: string): name is ElementType {
  return name in ELEMENT_TYPES;
}

function entry(node: NodeDefinition): readonly [OperatorKind, ...OutputType[]] {
  const known = OPERATORS[node.type];
  if (known === undefined)
    throw new EngineError('MODEL_UNSUPPORTED', `The operator ${node.type} is not known in half precision.`, 'Choose float32, or the cpu.');
  return known;
}
