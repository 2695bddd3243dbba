/**
 * Rewrites a graph of float32 numbers for devices that are faster in half precision. Weights are stored as halves and
 * multiplied as such; norms, softmaxes, sums of layers, probabilities, scores and choices stay in float32, with casts
 * where the two meet. Inputs and outputs keep their types, so that callers need not know.
 */
import { EngineError } from '../../engine/engine-error.ts';
import type { Attribute, GraphDefinition, ModelDefinition, NodeDefinition, ValueDefinition } from '../model-proto.ts';
import type { ElementType } from '../tensors.ts';
import { toHalf } from './half-values.ts';
import { numberInputs, operatorKind, outputType } from './operator-kinds.ts';
import { Constants, isRealType, type RealType, ValueScope } from './value-scope.ts';

/** Raise it with every change of what comes out: compiled graphs on disk are known by it. */
export const HALF_PRECISION_VERSION = 1;

/** Throws EngineError MODEL_UNSUPPORTED for graphs with operators that it does not know, int8 products among them. */
export function halfPrecision(model: ModelDefinition): ModelDefinition {
  const { graph } = model;
  const scope = new ValueScope(new Constants(graph.constants), null);
  for (const input of graph.inputs) scope.define(input.name, input.type);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  for (const node of graph.nodes) {
    // The outputs' own nodes hand over float32.
    if (node.outputs.some((name) => outputs.has(name))) convertPlain(scope, node, 'float32');
    else convertNode(scope, node);
  }
  return { ...model, graph: { ...graph, nodes: scope.nodes, constants: scope.constants.used } };
}

function convertNode(scope: ValueScope, node: NodeDefinition): void {
  if (node.type === 'Loop') return convertLoop(scope, node);
  if (node.type === 'If') return convertIf(scope, node);
  convertPlain(scope, node, precisionOf(scope, node));
}

/** The precision that a node's numbers come in. */
function precisionOf(scope: ValueScope, node: NodeDefinition): RealType {
  const kind = operatorKind(node);
  if (kind === 'product') return 'float16';
  if (kind === 'exact') return 'float32';
  const numbers = numberInputs(node).map((place) => node.inputs[place] ?? '').filter((name) => scope.isReal(name));
  const constants = numbers.filter((name) => scope.constants.typeOf(name) !== undefined);
  // The sum of two parts of a network grows from layer to layer.
  if (node.type === 'Add' && constants.length === 0) return 'float32';
  if (constants.some((name) => !scope.constants.fitsHalf(name))) return 'float32';
  const computed = numbers.filter((name) => !constants.includes(name));
  return computed.every((name) => scope.typeOf(name) === 'float16') ? 'float16' : 'float32';
}

function convertPlain(scope: ValueScope, node: NodeDefinition, precision: RealType): void {
  const inputs = node.inputs.map((name) => scope.as(name, precision));
  const numbers = numberInputs(node).map((place) => node.inputs[place] ?? '').filter((name) => name !== '');
  const real = numbers.some((name) => scope.isReal(name));
  const [first] = numbers;
  const incoming: ElementType = real ? precision : first === undefined ? 'float32' : scope.typeOf(first);
  const converted = node.type === 'ConstantOfShape' ? halfFilled(node) : node;
  scope.nodes.push({ ...converted, inputs });
  for (const [place, name] of node.outputs.entries()) if (name !== '') scope.define(name, outputType(converted, place, incoming));
}

/** Zeros that a loop begins with are halves, so that what grows from them can be, too. */
function halfFilled(node: NodeDefinition): NodeDefinition {
  const value = node.attributes['value'];
  const filling = value?.kind === 'tensor' ? value.value : null;
  if (filling !== null && (filling.type !== 'float32' || filling.bytes.some((byte) => byte !== 0))) return node;
  const zero: Attribute = { kind: 'tensor', value: { type: 'float16', dims: [1], bytes: new Uint8Array(toHalf(Float32Array.of(0)).buffer) } };
  return { ...node, attributes: { ...node.attributes, value: zero } };
}

/** What a loop carries is half as long as its body keeps it so. */
function convertLoop(scope: ValueScope, node: NodeDefinition): void {
  const body = graphAttribute(node, 'body');
  const [trips = '', going = '', ...initial] = node.inputs;
  const carried = initial.map((name) => scope.constants.typeOf(name) === 'float32' && scope.constants.fitsHalf(name) ? 'float16' : scope.typeOf(name));
  for (;;) {
    const inner = new ValueScope(scope.constants, scope);
    const inputs = body.inputs.map((input, place) => withType(input, place < 2 ? input.type : (carried[place - 2] ?? input.type)));
    for (const { name, type } of inputs) inner.define(name, type);
    for (const each of body.nodes) convertNode(inner, each);
    const types = body.outputs.map(({ name }) => inner.typeOf(name));
    const grown = carried.findIndex((type, place) => type === 'float16' && types[place + 1] === 'float32');
    if (grown >= 0) {
      carried[grown] = 'float32';
      continue;
    }
    const outputs = body.outputs.map((output, place): ValueDefinition => {
      const state = place >= 1 && place <= carried.length ? carried[place - 1] : undefined;
      const type = state ?? types[place] ?? output.type;
      return { ...output, name: isRealType(type) ? inner.as(output.name, type) : inner.plain(output.name), type };
    });
    const states = initial.map((name, place) => {
      const type = carried[place];
      return type !== undefined && isRealType(type) ? scope.as(name, type) : scope.plain(name);
    });
    const converted: GraphDefinition = { ...body, inputs, outputs, nodes: inner.nodes };
    scope.nodes.push({ ...node, inputs: [scope.plain(trips), scope.plain(going), ...states], attributes: { ...node.attributes, body: { kind: 'graph', value: converted } } });
    for (const [place, name] of node.outputs.entries()) scope.define(name, outputs[place + 1]?.type ?? 'float32');
    return;
  }
}

/** Both branches yield the same types. */
function convertIf(scope: ValueScope, node: NodeDefinition): void {
  const branches = (['then_branch', 'else_branch'] as const).map((name) => {
    const branch = graphAttribute(node, name);
    const inner = new ValueScope(scope.constants, scope);
    for (const each of branch.nodes) convertNode(inner, each);
    return { name, branch, inner, types: branch.outputs.map((output) => inner.typeOf(output.name)) };
  });
  const types = branches[0]?.types.map((type, place) => (isRealType(type) && branches.some((other) => other.types[place] === 'float32') ? 'float32' : type)) ?? [];
  const converted = branches.map(({ name, branch, inner }): [string, Attribute] => {
    const outputs = branch.outputs.map((output, place) => {
      const type = types[place] ?? output.type;
      return { ...output, name: isRealType(type) ? inner.as(output.name, type) : inner.plain(output.name), type };
    });
    return [name, { kind: 'graph', value: { ...branch, outputs, nodes: inner.nodes } }];
  });
  scope.nodes.push({ ...node, inputs: node.inputs.map((name) => scope.plain(name)), attributes: { ...node.attributes, ...Object.fromEntries(converted) } });
  for (const [place, name] of node.outputs.entries()) scope.define(name, types[place] ?? 'float32');
}

function withType(value: ValueDefinition, type: ElementType): ValueDefinition {
  return { ...value, type };
}

function graphAttribute(node: NodeDefinition, name: string): GraphDefinition {
  const attribute = node.attributes[name];
  if (attribute?.kind !== 'graph') throw new EngineError('MODEL_UNSUPPORTED', `A node ${node.type} has no ${name}.`);
  return attribute.value;
}
