/**
 * Adds the nodes of a backward pass to a graph, knowing the shape of each value. Equal nodes are added once; inside the
 * body of a loop, what doesn't depend on the loop is added to the graph around it.
 */
import type { GraphBuilder, NodeOptions, Value } from '../../onnx/graph-builder.ts';
import type { NodeDefinition } from '../../onnx/model-proto.ts';
import { int, ints } from '../../onnx/graph-builder.ts';
import { bool, float32, int64 } from '../../onnx/tensors.ts';
import type { Dimension } from './dimensions.ts';
import { isFixed, partsOf, product, sameDims } from './dimensions.ts';
import { readsOf } from './node-reads.ts';
import type { ShapeBook, ValueShape } from './value-shapes.ts';
import { unsupported } from './value-shapes.ts';

export class Emitter {
  readonly g: GraphBuilder;
  readonly shapes: ShapeBook;
  readonly #around: Emitter | null;
  /** Values of the forward body: known by name here, but only if they are carried over. */
  readonly #forward: Set<Value>;
  readonly #own = new Set<Value>();
  readonly #byContent = new Map<string, Value>();
  /** The values of the forward body that were used. */
  readonly borrowed = new Set<Value>();

  constructor(g: GraphBuilder, shapes: ShapeBook, loop?: { readonly around: Emitter; readonly forward: Set<Value> }) {
    this.g = g;
    this.shapes = shapes;
    this.#around = loop?.around ?? null;
    this.#forward = loop?.forward ?? new Set();
  }

  /** Says that a value belongs to the body that this emitter writes, such as one of its inputs. */
  own(value: Value, shape: ValueShape): Value {
    this.#own.add(value);
    this.shapes.set(value, shape);
    return value;
  }

  /** Says that the forward body has another value. */
  addForward(value: Value): void {
    this.#forward.add(value);
  }

  isForward(value: Value): boolean {
    return this.#forward.has(value);
  }

  /** Whether a value changes from one round of the loop to the next. */
  isLocal(value: Value): boolean {
    return this.#own.has(value) || this.#forward.has(value);
  }

  node(type: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    if (this.#around !== null && !inputs.some((input) => this.isLocal(input))) return this.#around.node(type, inputs, options);
    const content = contentOf(type, inputs, options);
    const known = content === null ? undefined : this.#byContent.get(content);
    if (known !== undefined) return known;
    const [value = ''] = this.#add(type, inputs, 1, options);
    if (content !== null) this.#byContent.set(content, value);
    return value;
  }

  nodes(type: string, inputs: readonly Value[], count: number, options: NodeOptions = {}): Value[] {
    if (this.#around !== null && !inputs.some((input) => this.isLocal(input))) return this.#around.nodes(type, inputs, count, options);
    return this.#add(type, inputs, count, options);
  }

  /** A float32 scalar. */
  scalar(value: number): Value {
    return this.g.constant(float32([], [value]));
  }

  ints(...values: number[]): Value {
    return this.g.constant(int64([values.length], values));
  }

  flag(value: boolean): Value {
    return this.g.constant(bool([], [value]));
  }

  dims(value: Value): readonly Dimension[] {
    return this.shapes.of(value).dims;
  }

  /** int64 [rank]: a shape as a value of the graph. */
  shapeValue(dims: readonly Dimension[]): Value {
    if (isFixed(dims)) return this.ints(...dims);
    const sizes = dims.map((dim) => this.size(dim));
    return sizes.length === 1 ? (sizes[0] ?? '') : this.node('Concat', sizes, { attributes: { axis: int(0) } });
  }

  /** int64 [1]: a size as a value of the graph. */
  size(dimension: Dimension): Value {
    const { number, names } = partsOf(dimension);
    const sizes = names.map((name) => {
      const { value, axis } = this.shapes.origin(name);
      return this.node('Shape', [value], { attributes: { start: int(axis), end: int(axis + 1) } });
    });
    if (number !== 1 || sizes.length === 0) sizes.push(this.ints(number));
    return sizes.reduce((left, right) => this.node('Mul', [left, right]));
  }

  /** Zeros of a shape. */
  zeros(dims: readonly Dimension[]): Value {
    return this.node('ConstantOfShape', [this.shapeValue(dims)]);
  }

  /** The same elements in another shape. */
  reshape(value: Value, dims: readonly Dimension[]): Value {
    if (sameDims(this.dims(value), dims)) return value;
    const open = dims.filter((dim) => typeof dim === 'string');
    // With one open size the runtime finds it itself.
    const target = open.length <= 1 && !dims.includes(0) ? this.ints(...dims.map((dim) => (typeof dim === 'number' ? dim : -1))) : this.shapeValue(dims);
    const reshaped = this.node('Reshape', [value, target]);
    this.shapes.set(reshaped, { type: this.shapes.of(value).type, dims });
    return reshaped;
  }

  transpose(value: Value, order: readonly number[]): Value {
    if (order.every((axis, index) => axis === index)) return value;
    return this.node('Transpose', [value], { attributes: { perm: ints(...order) } });
  }

  /** Repeats a value along its axes of size 1. */
  expand(value: Value, dims: readonly Dimension[]): Value {
    if (sameDims(this.dims(value), dims)) return value;
    const expanded = this.node('Expand', [value, this.shapeValue(dims)]);
    this.shapes.set(expanded, { type: this.shapes.of(value).type, dims });
    return expanded;
  }

  /** Sums a value down to a shape that broadcasts to its own. */
  sumTo(value: Value, dims: readonly Dimension[]): Value {
    const from = this.dims(value);
    if (sameDims(from, dims)) return value;
    const added = from.length - dims.length;
    const axes = from.flatMap((dim, axis) => (axis < added || (dims[axis - added] === 1 && dim !== 1) ? [axis] : []));
    if (axes.length === 0) return this.reshape(value, dims);
    const leadingOnly = axes.every((axis) => axis < added);
    const summed = this.node('ReduceSum', [value, this.ints(...axes)], { attributes: { keepdims: int(leadingOnly ? 0 : 1) } });
    return this.reshape(summed, dims);
  }

  sum(values: readonly Value[]): Value {
    const [first, second] = values;
    if (first === undefined) throw new RangeError('There is nothing to add');
    if (second === undefined) return first;
    return this.node(values.length === 2 ? 'Add' : 'Sum', values);
  }

  /** Adds a node with a body, whose outputs have names and known shapes already. */
  adopt(node: NodeDefinition): void {
    for (const input of readsOf(node)) if (this.#forward.has(input)) this.borrowed.add(input);
    for (const output of node.outputs) this.#own.add(output);
    this.g.add(node);
  }

  #add(type: string, inputs: readonly Value[], count: number, options: NodeOptions): Value[] {
    for (const input of inputs) if (this.#forward.has(input)) this.borrowed.add(input);
    const outputs = this.g.nodes(type, inputs, count, options);
    for (const output of outputs) this.#own.add(output);
    const node = this.g.recorded.at(-1);
    if (node !== undefined) this.shapes.learnNode(node, this.g);
    return outputs;
  }
}

function contentOf(type: string, inputs: readonly Value[], options: NodeOptions): string | null {
  const attributes = Object.entries(options.attributes ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (attributes.some(([, { kind }]) => kind === 'graph' || kind === 'tensor')) return null;
  return JSON.stringify([type, options.domain ?? '', inputs, attributes]);
}

/** The number of elements along some axes. */
export function sizeOf(dims: readonly Dimension[]): Dimension {
  return product(dims);
}

/** -1 is the last axis. Errors: when a shape has no such axis. */
export function axisOf(axis: number, dims: readonly Dimension[]): number {
  const counted = axis < 0 ? axis + dims.length : axis;
  if (counted < 0 || counted >= dims.length) throw unsupported(`A shape of ${dims.length} sizes has no axis ${axis}`, 'Mend the graph.');
  return counted;
}
