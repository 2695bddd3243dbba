/**
 * Builds a graph node by node. Values are known by name; constants always lie in the outermost graph, once for equal
 * content, so that the bodies of `Loop` and `If` share the weights of the graph around them.
 */
import { ConstantTable } from './constant-table.ts';
import type { Attribute, GraphDefinition, ModelDefinition, NodeDefinition, ValueDefinition } from './model-proto.ts';
import type { ConstantTensor, ElementType } from './tensors.ts';

/** The name of a value in the graph; '' for an optional input that is left out. */
export type Value = string;

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (...value: number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });
export const graph = (value: GraphDefinition): Attribute => ({ kind: 'graph', value });

/** Operators that onnxruntime adds to the standard's. */
export const CONTRIB = 'com.microsoft';

interface ModelWide {
  readonly constants: ConstantTable;
  readonly described: Map<Value, ValueDefinition>;
  /** By the memory that the numbers lie in, then by where they begin and how many bytes they are. */
  readonly replaced: Map<ArrayBufferLike, Map<string, Value>>;
  values: number;
}

export class GraphBuilder {
  readonly #name: string;
  /** The builder of the graph around this one; null for the outermost. */
  readonly around: GraphBuilder | null;
  readonly #shared: ModelWide;
  readonly #outermost: boolean;
  readonly #nodes: NodeDefinition[] = [];
  readonly #inputs: ValueDefinition[] = [];
  readonly #outputs: ValueDefinition[] = [];

  constructor(name: string, around?: GraphBuilder) {
    this.#name = name;
    this.around = around ?? null;
    this.#outermost = around === undefined;
    this.#shared = around === undefined ? { constants: new ConstantTable(), described: new Map(), replaced: new Map(), values: 0 } : around.#shared;
  }

  /** A graph for the body of a `Loop` or a branch of an `If` in this one; it sees this graph's values. */
  body(name: string): GraphBuilder {
    return new GraphBuilder(name, this);
  }

  /** A name that no other value of the model has, for an input of a body. */
  name(label: string): string {
    return this.#fresh(label);
  }

  input(name: string, type: ElementType, shape: ValueDefinition['shape']): Value {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Adds a constant; `label` helps a reader of the model, it need not be unique. */
  constant(tensor: ConstantTensor, label = 'c'): Value {
    const replaced = this.#shared.replaced.get(tensor.bytes.buffer)?.get(placeOf(tensor.bytes));
    if (replaced !== undefined) return replaced;
    const known = this.#shared.constants.nameOf(tensor);
    if (known !== null) return known;
    const name = this.#fresh(label);
    this.#shared.constants.add(name, tensor);
    return name;
  }

  /**
   * From now on a constant that would hold this very array (not only equal numbers) is `value` instead: so the weights of a
   * graph become something that is trained. The value must be visible wherever the constant is used.
   */
  replaceConstant(numbers: Float32Array, value: Value): void {
    const places = this.#shared.replaced.get(numbers.buffer) ?? new Map<string, Value>();
    this.#shared.replaced.set(numbers.buffer, places.set(placeOf(numbers), value));
  }

  /** Adds a node with one output. */
  node(type: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const name = this.#fresh(type);
    this.#push(type, inputs, [name], options);
    return name;
  }

  /** Adds a node with `count` outputs. */
  nodes(type: string, inputs: readonly Value[], count: number, options: NodeOptions = {}): Value[] {
    const names = Array.from({ length: count }, () => this.#fresh(type));
    this.#push(type, inputs, names, options);
    return names;
  }

  /** Adds a node whose outputs have names already, from `name`. */
  add(node: NodeDefinition): void {
    this.#nodes.push(node);
  }

  /** Declares an output of the graph. `value` must come from a node of this graph, each at most once. */
  output(value: Value, type: ElementType, shape: ValueDefinition['shape'] = null): void {
    this.#outputs.push({ name: value, type, shape });
  }

  /** As `output`, under a name that callers of the session use. */
  namedOutput(name: string, value: Value, type: ElementType, shape: ValueDefinition['shape'] = null): void {
    this.#push('Identity', [value], [name], {});
    this.#outputs.push({ name, type, shape });
  }

  /** The inputs declared so far. */
  get inputs(): readonly ValueDefinition[] {
    return this.#inputs;
  }

  /** The nodes added so far, in the order of execution; nodes that come later appear in the same array. */
  get recorded(): readonly NodeDefinition[] {
    return this.#nodes;
  }

  /** Puts another node in the place of a recorded one, such as one with more outputs. */
  rewrite(index: number, node: NodeDefinition): void {
    if (this.#nodes[index] === undefined) throw new RangeError(`This graph has no node ${index}`);
    this.#nodes[index] = node;
  }

  /** The content of a constant of the model; undefined for a value that is none. */
  contentOf(value: Value): ConstantTensor | undefined {
    return this.#shared.constants.tensors.get(value);
  }

  /** Says the type and shape of a value whose shape can't be seen from the nodes, for those who analyse the graph and for the runtime. */
  describe(value: Value, type: ElementType, shape: ValueDefinition['shape']): Value {
    this.#shared.described.set(value, { name: value, type, shape });
    return value;
  }

  /** What `describe` was told of a value. */
  descriptionOf(value: Value): ValueDefinition | undefined {
    return this.#shared.described.get(value);
  }

  finish(): GraphDefinition {
    return {
      name: this.#name,
      nodes: this.#nodes,
      constants: this.#outermost ? this.#shared.constants.tensors : new Map(),
      inputs: this.#inputs,
      outputs: this.#outputs,
      values: this.#describedValues(),
    };
  }

  /** The model around the outermost graph. Opset 17 is the newest that every supported onnxruntime runs on each device. */
  model(producer: string): ModelDefinition {
    if (!this.#outermost) throw new Error('Only the outermost graph makes a model');
    return { graph: this.finish(), operatorSets: { '': 17, [CONTRIB]: 1 }, producer };
  }

  #describedValues(): ValueDefinition[] {
    if (this.#shared.described.size === 0) return [];
    const told = new Set(this.#outputs.map(({ name }) => name));
    return this.#nodes.flatMap(({ outputs }) => outputs.flatMap((output) => (told.has(output) ? [] : (this.#shared.described.get(output) ?? []))));
  }

  #fresh(label: string): Value {
    this.#shared.values += 1;
    return `${label}.${this.#shared.values}`;
  }

  #push(type: string, inputs: readonly Value[], outputs: readonly Value[], options: NodeOptions): void {
    this.#nodes.push({ type, inputs, outputs, domain: options.domain ?? '', attributes: options.attributes ?? {} });
  }
}

const placeOf = ({ byteOffset, byteLength }: ArrayBufferView): string => `${byteOffset}+${byteLength}`;
