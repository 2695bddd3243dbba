/**
 * One row of the gradient table: what an operator's outputs look like, and how gradients go back through it.
 */
import type { Value } from '../../onnx/graph-builder.ts';
import type { Attribute, NodeDefinition } from '../../onnx/model-proto.ts';
import type { Contribution } from './contribution.ts';
import type { Emitter } from './emitter.ts';
import type { Inference, ShapeRule, ValueShape } from './value-shapes.ts';
import { unsupported } from './value-shapes.ts';

/** A node of the forward graph, seen from the backward pass. */
export interface BackwardNode {
  readonly node: NodeDefinition;
  readonly e: Emitter;
  /** The gradient of the loss by each output; null where the loss doesn't depend on it. */
  readonly gradients: readonly (Value | null)[];
  /** The gradient by the only output. */
  readonly d: Value;
  /** Whether anybody asks for the gradient by an input. */
  wanted(input: number): boolean;
  /** Whether anybody asks for the gradient by a value that the node's body reads from the graph around it. */
  wantedValue(value: Value): boolean;
  /** Adds to the gradient of such a value. */
  contribute(value: Value, part: Contribution): void;
  /** The whole gradient table, for operators that have a body. */
  readonly rows: Rows;
  /** Puts another node in the place of this one in the forward graph, such as one with more outputs. */
  rewrite(node: NodeDefinition): void;
}

export interface OperatorRow {
  readonly shapes: ShapeRule;
  /** The vector-Jacobian product, an entry an input; null for operators that no gradient passes (comparisons, shapes). */
  readonly gradient: ((backward: BackwardNode) => readonly (Contribution | null)[]) | null;
}

export type Rows = Readonly<Record<string, OperatorRow>>;

/** Input `index` of a node of the forward graph. */
export function inputOf(node: NodeDefinition, index: number): Value {
  const value = node.inputs[index];
  if (value === undefined || value === '') throw unsupported(`${node.type} has no input ${index}`, 'Mend the graph.');
  return value;
}

export function outputOf(node: NodeDefinition, index = 0): Value {
  const value = node.outputs[index];
  if (value === undefined) throw unsupported(`${node.type} has no output ${index}`, 'Mend the graph.');
  return value;
}

export function shapeOfInput({ node, inputs }: Inference, index: number): ValueShape {
  const shape = inputs[index];
  if (shape === undefined || shape === null) throw unsupported(`${node.type} has no input ${index}`, 'Mend the graph.');
  return shape;
}

export function intAttribute(node: NodeDefinition, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

export function floatAttribute(node: NodeDefinition, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'float' ? attribute.value : otherwise;
}

export function intsAttribute(node: NodeDefinition, name: string): readonly number[] | null {
  const attribute = node.attributes[name];
  return attribute?.kind === 'ints' ? attribute.value : null;
}

export function stringAttribute(node: NodeDefinition, name: string, otherwise: string): string {
  const attribute: Attribute | undefined = node.attributes[name];
  return attribute?.kind === 'string' ? attribute.value : otherwise;
}

/** Integers that must be known before the run, such as axes. */
export function knownIntegers(shape: ValueShape, node: NodeDefinition, what: string): readonly number[] {
  const numbers = shape.content?.filter((dim) => typeof dim === 'number');
  if (numbers === undefined || numbers.length !== shape.content?.length) throw unsupported(`The ${what} of ${node.type} must be constant`, 'Give it as a constant.');
  return numbers;
}
