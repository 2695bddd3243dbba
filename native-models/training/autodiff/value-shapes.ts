/**
 * What is known of the values of a graph before it runs: their types, their shapes with names for open sizes, and the
 * content of the small integer vectors that shapes are computed with. Each operator's row says what its outputs are.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { GraphDefinition, NodeDefinition, ValueDefinition } from '../../onnx/model-proto.ts';
import type { ConstantTensor, ElementType } from '../../onnx/tensors.ts';
import { EngineError } from '../../engine/engine-error.ts';
import type { Dimension } from './dimensions.ts';

export interface ValueShape {
  readonly type: ElementType;
  readonly dims: readonly Dimension[];
  /** The elements of an int64 scalar or vector, where they can be told before the run. */
  readonly content?: readonly Dimension[];
}

/** What an operator's row needs to tell the shapes of a node's outputs. */
export interface Inference {
  readonly node: NodeDefinition;
  /** Null for an optional input that is left out. */
  readonly inputs: readonly (ValueShape | null)[];
  /** A name for a size that only the run will tell. */
  fresh(output: number, axis: number): Dimension;
  /** Learns a body's values, its inputs being of these shapes; returns its outputs' shapes. */
  body(body: GraphDefinition, inputs: readonly ValueShape[]): readonly ValueShape[];
}

export type ShapeRule = (inference: Inference) => readonly ValueShape[];

/** Where the size of a name can be read during a run. */
export interface Origin {
  readonly value: Value;
  readonly axis: number;
}

const LONGEST_CONTENT = 64;

export class ShapeBook {
  readonly #rules: (node: NodeDefinition) => ShapeRule;
  readonly #known = new Map<Value, ValueShape>();
  readonly #problems = new Map<Value, EngineError>();
  readonly #origins = new Map<string, Origin>();
  readonly #learned = new WeakMap<GraphBuilder, number>();
  readonly #outermost: GraphBuilder;

  constructor(builder: GraphBuilder, rules: (node: NodeDefinition) => ShapeRule) {
    this.#rules = rules;
    this.#outermost = builder;
    this.learn(builder);
  }

  /** Takes in what was added to a graph, and to the graphs around it, since the last time. */
  learn(builder: GraphBuilder): void {
    if (builder.around !== null) this.learn(builder.around);
    const seen = this.#learned.get(builder) ?? 0;
    if (seen === 0) for (const input of builder.inputs) this.#declare(input);
    for (const node of builder.recorded.slice(seen)) if (!node.outputs.every((output) => this.#known.has(output))) this.learnNode(node, builder);
    this.#learned.set(builder, builder.recorded.length);
  }

  /** Errors: MODEL_UNSUPPORTED when the shape of a value can't be told, with the operator that is the reason. */
  of(value: Value): ValueShape {
    const known = this.find(value);
    if (known !== undefined) return known;
    throw this.#problems.get(value) ?? unsupported(`The shape of ${value} can't be told`, 'Declare it with GraphBuilder.describe.');
  }

  find(value: Value): ValueShape | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const constant = this.#outermost.contentOf(value);
    if (constant === undefined) return undefined;
    const shape = constantShape(constant);
    this.#known.set(value, shape);
    return shape;
  }

  /** Tells a graph what is known of a value. */
  describe(builder: GraphBuilder, value: Value): void {
    const known = this.find(value);
    if (known !== undefined && builder.descriptionOf(value) === undefined) builder.describe(value, known.type, known.dims);
  }

  /** The same for the values of a body that is finished already. */
  valuesOf(body: Pick<GraphDefinition, 'nodes' | 'outputs'>): ValueDefinition[] {
    const told = new Set(body.outputs.map(({ name }) => name));
    return body.nodes.flatMap(({ outputs }) =>
      outputs.flatMap((name) => {
        const known = told.has(name) ? undefined : this.find(name);
        return known === undefined ? [] : [{ name, type: known.type, shape: known.dims }];
      }),
    );
  }

  set(value: Value, shape: ValueShape): void {
    this.#known.set(value, shape);
    for (const [axis, dim] of shape.dims.entries()) if (typeof dim === 'string' && !dim.includes('*') && !this.#origins.has(dim)) this.#origins.set(dim, { value, axis });
  }

  /** Where the size called `name` can be read. */
  origin(name: string): Origin {
    const origin = this.#origins.get(name);
    if (origin === undefined) throw unsupported(`The size ${name} can't be read from any value`, 'Declare the shape of an input with this name.');
    return origin;
  }

  /** Shapes of a node's outputs; a failure is kept until somebody asks for the value. */
  learnNode(node: NodeDefinition, builder?: GraphBuilder): void {
    try {
      const inputs = node.inputs.map((input) => (input === '' ? null : this.of(input)));
      const inference: Inference = {
        node,
        inputs,
        fresh: (output, axis) => `${node.outputs[output] ?? node.type}:${axis}`,
        body: (body, shapes) => this.#body(body, shapes),
      };
      const shapes = this.#rules(node)(inference);
      for (const [index, output] of node.outputs.entries()) {
        const shape = shapes[index];
        if (shape !== undefined && output !== '') this.#known.set(output, shape);
      }
    } catch (problem) {
      if (!(problem instanceof EngineError)) throw problem;
      for (const output of node.outputs) this.#problems.set(output, problem);
    }
    for (const output of node.outputs) {
      const described = builder?.descriptionOf(output);
      if (described !== undefined) this.#declare(described);
      const known = this.#known.get(output);
      if (known !== undefined) this.set(output, known);
    }
  }

  #declare(value: ValueDefinition): void {
    if (value.shape !== null) this.set(value.name, { type: value.type, dims: value.shape });
  }

  #body(body: GraphDefinition, shapes: readonly ValueShape[]): readonly ValueShape[] {
    for (const [index, input] of body.inputs.entries()) {
      const shape = shapes[index];
      if (shape !== undefined) this.#known.set(input.name, shape);
    }
    for (const node of body.nodes) this.learnNode(node, this.#outermost);
    return body.outputs.map((output) => this.of(output.name));
  }
}

function constantShape(constant: ConstantTensor): ValueShape {
  const { type, dims, bytes } = constant;
  const count = dims.reduce((total, dim) => total * dim, 1);
  if (type !== 'int64' || dims.length > 1 || count > LONGEST_CONTENT) return { type, dims };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type, dims, content: Array.from({ length: count }, (_, index) => Number(view.getBigInt64(index * 8, true))) };
}

export function unsupported(message: string, advice: string): EngineError {
  return new EngineError('MODEL_UNSUPPORTED', message, advice);
}
