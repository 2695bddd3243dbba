/**
 * The row of Scan. Its gradient is a Scan that runs the other way over the gradient of its body: the gradients of the
 * states are carried, those of scanned inputs are stacked. The forward values that the backward body needs are kept by
 * further outputs of the forward Scan; no round is computed twice.
 *
 * Values from around the loop, such as weights: their products wait for the end of the loop, where all rounds are one
 * product over stacked factors (isWeightGradient in contribution.ts); what can't wait is summed round by round.
 */
import type { Value } from '../../../onnx/graph-builder.ts';
import { graph, int, ints } from '../../../onnx/graph-builder.ts';
import type { GraphDefinition, NodeDefinition } from '../../../onnx/model-proto.ts';
import type { Contribution } from '../contribution.ts';
import { canWaitForTheLoop, dense, summed, total } from '../contribution.ts';
import type { Dimension } from '../dimensions.ts';
import { Emitter } from '../emitter.ts';
import type { BackwardNode, OperatorRow } from '../operator-row.ts';
import { inputOf, intAttribute, intsAttribute } from '../operator-row.ts';
import { captured } from '../node-reads.ts';
import { walkBack } from '../reverse-walk.ts';
import type { ValueShape } from '../value-shapes.ts';
import { unsupported } from '../value-shapes.ts';

function bodyOf(node: NodeDefinition): GraphDefinition {
  const body = node.attributes['body'];
  if (body?.kind !== 'graph') throw unsupported('A Scan has no body', 'Mend the graph.');
  return body.value;
}

/** 0: forwards, 1: backwards. Errors: when inputs and outputs don't all run the same way along axis 0. */
function directionOf(node: NodeDefinition): number {
  const named = (name: string): readonly number[] => intsAttribute(node, name) ?? [];
  if ([...named('scan_input_axes'), ...named('scan_output_axes')].some((axis) => axis !== 0)) throw unsupported('Scan along another axis than 0 has no gradient here', 'Transpose before it.');
  const inputs = intsAttribute(node, 'scan_input_directions') ?? Array.from({ length: intAttribute(node, 'num_scan_inputs', 0) }, () => 0);
  const states = node.inputs.length - inputs.length;
  const outputs = intsAttribute(node, 'scan_output_directions') ?? Array.from({ length: node.outputs.length - states }, () => 0);
  const [direction = 0] = inputs;
  if ([...inputs, ...outputs].some((other) => other !== direction)) throw unsupported('A Scan that runs both ways has no gradient here', 'Use a Scan for each direction.');
  return direction;
}

export const scanRow: OperatorRow = {
  shapes: (inference) => {
    const { node } = inference;
    const scanned = intAttribute(node, 'num_scan_inputs', 0);
    const states = node.inputs.length - scanned;
    const shapes = inference.inputs.map((shape) => shape ?? { type: 'float32' as const, dims: [] });
    const length = shapes[states]?.dims[0] ?? 1;
    const inBody = shapes.map((shape, index) => (index < states ? shape : { type: shape.type, dims: shape.dims.slice(1) }));
    return inference.body(bodyOf(node), inBody).map((shape, index) => (index < states ? shape : { type: shape.type, dims: [length, ...shape.dims] }));
  },
  gradient: (b) => new ReverseScan(b).emit(),
};

class ReverseScan {
  readonly #b: BackwardNode;
  readonly #body: GraphDefinition;
  readonly #states: number;
  readonly #direction: number;
  readonly #inner: Emitter;
  readonly #bodyNodes: NodeDefinition[];
  readonly #bodyOutputs: GraphDefinition['outputs'][number][];
  readonly #forwardOutputs: Value[];
  /** Outer stacked values by the body's value. */
  readonly #stacked = new Map<Value, Value>();
  readonly #carried: { readonly initial: Value; readonly name: Value; readonly result: Value }[] = [];
  readonly #backStacked: { readonly outer: Value; readonly value: Value }[] = [];
  readonly #scanInputs: { readonly outer: Value; readonly name: Value; readonly type: ValueShape['type'] }[] = [];

  constructor(b: BackwardNode) {
    this.#b = b;
    this.#body = bodyOf(b.node);
    this.#states = b.node.inputs.length - intAttribute(b.node, 'num_scan_inputs', 0);
    this.#direction = directionOf(b.node);
    this.#bodyNodes = [...this.#body.nodes];
    this.#bodyOutputs = [...this.#body.outputs];
    this.#forwardOutputs = [...b.node.outputs];
    const forward = new Set([...this.#body.inputs.map(({ name }) => name), ...this.#body.nodes.flatMap(({ outputs }) => outputs)]);
    this.#inner = new Emitter(b.e.g.body('backward'), b.e.shapes, { around: b.e, forward });
  }

  emit(): (Contribution | null)[] {
    const { node, e } = this.#b;
    const inner = this.#inner;
    const seeds = new Map<Value, Contribution[]>();
    const carries = this.#body.inputs.slice(0, this.#states).map((state, index) => this.#carry(state.name, index, seeds));
    for (const [index, gradient] of this.#b.gradients.entries()) {
      const output = this.#body.outputs[index];
      if (index < this.#states || gradient === null || output === undefined) continue;
      const { type, dims } = e.shapes.of(output.name);
      const name = inner.own(e.g.name('d'), { type, dims });
      this.#scanInputs.push({ outer: gradient, name, type });
      addSeed(seeds, output.name, dense(name));
    }
    const scanned = this.#body.inputs.slice(this.#states).map(({ name }, index) => ({ name, wanted: this.#b.wanted(this.#states + index) }));
    const around = [...captured(this.#body)].filter((value) => this.#b.wantedValue(value));
    const wrt = new Set([...carries.flatMap((carry) => (carry === null ? [] : [carry.state])), ...scanned.flatMap(({ name, wanted }) => (wanted ? [name] : [])), ...around]);
    const parts = walkBack({
      nodes: this.#bodyNodes.slice(),
      rewrite: (index, replacement) => {
        this.#bodyNodes[index] = replacement;
        for (const output of replacement.outputs) inner.addForward(output);
      },
      customs: [],
      e: inner,
      rows: this.#b.rows,
      seeds,
      wrt,
    });
    for (const carry of carries) {
      if (carry === null) continue;
      const result = total(inner, parts.get(carry.state) ?? []) ?? inner.zeros(e.dims(carry.state));
      this.#carried.push({ initial: carry.initial, name: carry.name, result });
    }
    const ofScanned = scanned.map(({ name }) => {
      const gradient = total(inner, parts.get(name) ?? []);
      return gradient === null ? null : dense(this.#stackBack(gradient));
    });
    const accumulated = this.#aroundTheLoop(around.map((value) => [value, parts.get(value) ?? []]));
    const outputs = this.#finish();
    for (const [value, index] of accumulated) this.#b.contribute(value, dense(outputs[index] ?? ''));
    const ofStates = carries.map((carry, index) => (carry === null || !this.#b.wanted(index) ? null : dense(outputs[this.#carried.findIndex(({ name }) => name === carry.name)] ?? '')));
    const gradients = [...ofStates, ...ofScanned];
    return node.inputs.map((_, index) => gradients[index] ?? null);
  }

  /** Floating point states carry their gradient back. */
  #carry(state: Value, index: number, seeds: Map<Value, Contribution[]>): { state: Value; name: Value; initial: Value } | null {
    const { e } = this.#b;
    const shape = e.shapes.of(state);
    const output = this.#body.outputs[index];
    if (shape.type !== 'float32' || output === undefined) return null;
    const name = this.#inner.own(e.g.name('carry'), shape);
    addSeed(seeds, output.name, dense(name));
    return { state, name, initial: this.#b.gradients[index] ?? e.zeros(shape.dims) };
  }

  /** Returns which results of the loop are gradients of which values; the rest is contributed at once. */
  #aroundTheLoop(values: readonly (readonly [Value, readonly Contribution[]])[]): (readonly [Value, number])[] {
    const inner = this.#inner;
    const left = values.map(([value, parts]) => [value, parts.filter((part) => !this.#wait(value, part))] as const);
    return left.flatMap(([value, parts]) => {
      const here = parts.filter((part) => part.kind !== 'sum' || !this.#sumStacked(value, part));
      const gradient = total(inner, here);
      if (gradient === null) return [];
      const { dims } = this.#b.e.shapes.of(value);
      const name = inner.own(this.#b.e.g.name('sum'), { type: 'float32', dims });
      this.#carried.push({ initial: this.#b.e.zeros(dims), name, result: inner.node('Add', [name, gradient]) });
      return [[value, this.#carried.length - 1] as const];
    });
  }

  /** Leaves products and lookups to the time after the loop, where that is possible. */
  #wait(value: Value, part: Contribution): boolean {
    const inner = this.#inner;
    if (part.kind === 'product' && !part.overTime && inner.isLocal(part.left) && inner.isLocal(part.right) && canWaitForTheLoop(inner, part)) {
      this.#b.contribute(value, { ...part, left: this.#stack(part.left), right: this.#stack(part.right), overTime: true });
      return true;
    }
    if (part.kind === 'rows' && inner.isLocal(part.indices) && inner.isLocal(part.rows)) {
      this.#b.contribute(value, { ...part, indices: this.#stack(part.indices), rows: this.#stack(part.rows) });
      return true;
    }
    return false;
  }

  /** A sum, such as of a bias, over what has been stacked for a product anyway. */
  #sumStacked(value: Value, part: Extract<Contribution, { kind: 'sum' }>): boolean {
    const stacked = this.#stacked.get(part.value);
    if (stacked === undefined) return false;
    this.#b.contribute(value, summed(stacked, part.to));
    return true;
  }

  #stack(value: Value): Value {
    return this.#inner.isForward(value) ? this.#stackForward(value) : this.#stackBack(value);
  }

  /** All rounds of a value of the forward body. */
  #stackForward(value: Value): Value {
    const known = this.#stacked.get(value);
    if (known !== undefined) return known;
    const { node, e } = this.#b;
    const input = this.#body.inputs.findIndex(({ name }) => name === value);
    const output = this.#body.outputs.findIndex(({ name }, index) => name === value && index >= this.#states);
    const stacked = input >= this.#states ? inputOf(node, input) : output >= 0 ? (node.outputs[output] ?? '') : this.#keep(value, input >= 0);
    const { type, dims } = e.shapes.of(value);
    e.shapes.set(stacked, { type, dims: [this.#length, ...dims] });
    this.#stacked.set(value, stacked);
    return stacked;
  }

  /** Gives the forward Scan one more output. */
  #keep(value: Value, isInput: boolean): Value {
    const { e } = this.#b;
    const taken = isInput || this.#bodyOutputs.some(({ name }) => name === value);
    const kept = taken ? e.g.name('kept') : value;
    if (taken) this.#bodyNodes.push({ type: 'Identity', domain: '', inputs: [value], outputs: [kept], attributes: {} });
    this.#bodyOutputs.push({ name: kept, type: e.shapes.of(value).type, shape: null });
    const outer = e.g.name('kept');
    this.#forwardOutputs.push(outer);
    return outer;
  }

  /** All rounds of a value of the backward body. */
  #stackBack(value: Value): Value {
    const known = this.#stacked.get(value);
    if (known !== undefined) return known;
    const { e } = this.#b;
    const outer = e.g.name('stacked');
    this.#backStacked.push({ outer, value });
    const { type, dims } = e.shapes.of(value);
    e.shapes.set(outer, { type, dims: [this.#length, ...dims] });
    this.#stacked.set(value, outer);
    return outer;
  }

  get #length(): Dimension {
    return this.#b.e.dims(inputOf(this.#b.node, this.#states))[0] ?? 1;
  }

  /** Adds the backward Scan and gives the forward one its further outputs. Returns the backward Scan's outputs. */
  #finish(): Value[] {
    const { node, e, rewrite } = this.#b;
    const inner = this.#inner;
    const back = inner.g;
    for (const value of inner.borrowed) this.#scanInputs.push({ outer: this.#stackForward(value), name: value, type: e.shapes.of(value).type });
    for (const { name } of this.#carried) back.input(name, 'float32', e.dims(name));
    for (const { name, type } of this.#scanInputs) back.input(name, type, e.dims(name));
    const used = new Set<Value>();
    for (const value of [...this.#carried.map(({ result }) => result), ...this.#backStacked.map(({ value: stacked }) => stacked)]) {
      const direct = back.recorded.some(({ outputs }) => outputs.includes(value)) && !used.has(value);
      used.add(value);
      back.output(direct ? value : back.node('Identity', [value]), 'float32');
    }
    const forwardStacks = this.#forwardOutputs.length - this.#states;
    rewrite({
      ...node,
      outputs: this.#forwardOutputs,
      attributes: {
        ...node.attributes,
        body: graph({ ...this.#body, nodes: this.#bodyNodes, outputs: this.#bodyOutputs, values: e.shapes.valuesOf({ nodes: this.#bodyNodes, outputs: this.#bodyOutputs }) }),
        scan_output_directions: ints(...Array.from({ length: forwardStacks }, () => this.#direction)),
      },
    });
    const opposite = 1 - this.#direction;
    for (const { outputs } of back.recorded) for (const output of outputs) e.shapes.describe(back, output);
    const attributes = {
      body: graph(back.finish()),
      num_scan_inputs: int(this.#scanInputs.length),
      scan_input_directions: ints(...this.#scanInputs.map(() => opposite)),
      scan_output_directions: ints(...this.#backStacked.map(() => opposite)),
    };
    const names = [...this.#carried.map(() => e.g.name('back')), ...this.#backStacked.map(({ outer }) => outer)];
    e.adopt({ type: 'Scan', domain: '', inputs: [...this.#carried.map(({ initial }) => initial), ...this.#scanInputs.map(({ outer }) => outer)], outputs: names, attributes });
    for (const [index, { name }] of this.#carried.entries()) e.shapes.set(names[index] ?? '', e.shapes.of(name));
    return names;
  }
}

function addSeed(seeds: Map<Value, Contribution[]>, value: Value, part: Contribution): void {
  const known = seeds.get(value);
  if (known === undefined) seeds.set(value, [part]);
  else known.push(part);
}
