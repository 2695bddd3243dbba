/**
 * The same graph without the operators of onnxruntime's own that only some devices have: its products with transposed factors
 * (FusedMatMul) become a Gemm, or a MatMul behind transpositions, and sums of many values become sums of two. A device that has
 * no such operator would have every one of them, and what goes in and out, moved to the cpu.
 */
import { float, graph, int, ints } from './graph-builder.ts';
import type { Attribute, GraphDefinition, ModelDefinition, NodeDefinition } from './model-proto.ts';
import { float32, type ConstantTensor } from './tensors.ts';

export function withStandardProducts(model: ModelDefinition): ModelDefinition {
  return { ...model, graph: rewritten(model.graph, new Map(), new Map()) };
}

/** What is known of the values of the graphs around this one: numbers of axes, and of elements of vectors. */
function rewritten(definition: GraphDefinition, aroundRanks: ReadonlyMap<string, number>, aroundLengths: ReadonlyMap<string, number>): GraphDefinition {
  const [ranks, lengths] = [new Map(aroundRanks), new Map(aroundLengths)];
  for (const { name, shape } of [...definition.inputs, ...(definition.values ?? [])]) if (shape !== null) ranks.set(name, shape.length);
  for (const [name, { dims }] of definition.constants) {
    ranks.set(name, dims.length);
    if (dims.length === 1) lengths.set(name, dims[0] ?? 0);
  }
  for (const { name, shape } of definition.values ?? []) if (shape?.length === 1 && typeof shape[0] === 'number') lengths.set(name, shape[0]);
  for (const node of definition.nodes) {
    const parts = node.type === 'Concat' ? node.inputs.map((input) => lengths.get(input)) : [undefined];
    if (parts.every((part) => part !== undefined)) lengths.set(node.outputs[0] ?? '', parts.reduce((sum, part) => sum + part, 0));
    const rank = rankOf(node, ranks, lengths);
    if (rank !== undefined) for (const output of node.outputs) if (!ranks.has(output)) ranks.set(output, rank);
  }
  const constants = new Map<string, ConstantTensor>(definition.constants);
  const nodes = definition.nodes.flatMap((node): readonly NodeDefinition[] => {
    if (node.type === 'Sum' && node.domain === '') return sumOfTwo(node);
    if (node.type === 'FusedMatMul') return standardProduct(node, ranks, constants) ?? [node];
    return [{ ...node, attributes: Object.fromEntries(Object.entries(node.attributes).map(([name, value]): [string, Attribute] => [name, value.kind === 'graph' ? graph(rewritten(value.value, ranks, lengths)) : value])) }];
  });
  return { ...definition, nodes, constants };
}

/** Operators whose outputs have as many axes as the input with the most. */
const KEEPING: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Tanh', 'Sigmoid', 'Relu', 'Identity', 'Concat', 'Split', 'Transpose', 'MatMul', 'FusedMatMul', 'Gemm', 'Softmax']);

/** Of the outputs of a node whose shapes were not written down; undefined where it can't be told. */
function rankOf({ type, inputs }: NodeDefinition, ranks: ReadonlyMap<string, number>, lengths: ReadonlyMap<string, number>): number | undefined {
  if (type === 'Reshape') return lengths.get(inputs[1] ?? '');
  const known = inputs.map((input) => ranks.get(input));
  return KEEPING.has(type) && known.every((rank) => rank !== undefined) ? Math.max(...known) : undefined;
}

const plainNode = (type: string, inputs: readonly string[], output: string, attributes: NodeDefinition['attributes'] = {}): NodeDefinition => ({ type, domain: '', inputs, outputs: [output], attributes });

function sumOfTwo({ inputs, outputs: [output = ''] }: NodeDefinition): NodeDefinition[] {
  const [first = '', ...others] = inputs;
  if (others.length === 0) return [plainNode('Identity', [first], output)];
  return others.map((value, index) => plainNode('Add', [index === 0 ? first : `${output}/${index}`, value], index === others.length - 1 ? output : `${output}/${index + 1}`));
}

/** Null where a rank is not known, or where whole batches are transposed. */
function standardProduct({ inputs: [left = '', right = ''], outputs: [output = ''], attributes }: NodeDefinition, ranks: ReadonlyMap<string, number>, constants: Map<string, ConstantTensor>): NodeDefinition[] | null {
  const whole = (name: string): number => (attributes[name]?.kind === 'int' ? attributes[name].value : 0);
  const alpha = attributes['alpha']?.kind === 'float' ? attributes['alpha'].value : 1;
  const [leftRank, rightRank] = [ranks.get(left), ranks.get(right)];
  if (leftRank === undefined || rightRank === undefined || whole('transBatchA') !== 0 || whole('transBatchB') !== 0) return null;
  if (leftRank === 2 && rightRank === 2) return [plainNode('Gemm', [left, right], output, { transA: int(whole('transA')), transB: int(whole('transB')), alpha: float(alpha) })];
  const nodes: NodeDefinition[] = [];
  const turned = (value: string, rank: number, name: string): string => {
    const result = `${output}/${name}`;
    nodes.push(plainNode('Transpose', [value], result, { perm: ints(...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2) }));
    return result;
  };
  const factors = [whole('transA') === 1 ? turned(left, leftRank, 'left') : left, whole('transB') === 1 ? turned(right, rightRank, 'right') : right];
  if (alpha === 1) return [...nodes, plainNode('MatMul', factors, output)];
  constants.set(`${output}/factor`, float32([], [alpha]));
  return [...nodes, plainNode('MatMul', factors, `${output}/product`), plainNode('Mul', [`${output}/product`, `${output}/factor`], output)];
}
