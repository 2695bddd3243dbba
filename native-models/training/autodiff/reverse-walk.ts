/**
 * Goes back through the nodes of one graph or body and collects the gradients of the values that are asked for
 * (reverse accumulation: Griewank and Walther, "Evaluating Derivatives", chapter 3).
 */
import type { Value } from '../../onnx/graph-builder.ts';
import type { NodeDefinition } from '../../onnx/model-proto.ts';
import type { Contribution } from './contribution.ts';
import { total } from './contribution.ts';
import type { CustomGradient } from './custom-gradient.ts';
import type { Emitter } from './emitter.ts';
import { readsOf } from './node-reads.ts';
import type { BackwardNode, Rows } from './operator-row.ts';
import { unsupported } from './value-shapes.ts';

export interface ReverseWalk {
  readonly nodes: readonly NodeDefinition[];
  rewrite(index: number, node: NodeDefinition): void;
  readonly customs: readonly CustomGradient[];
  readonly e: Emitter;
  readonly rows: Rows;
  /** What is known of the gradients of values at the end. */
  readonly seeds: ReadonlyMap<Value, readonly Contribution[]>;
  readonly wrt: ReadonlySet<Value>;
}

/** The parts of the gradient of each value of `wrt` that has any. */
export function walkBack(walk: ReverseWalk): ReadonlyMap<Value, readonly Contribution[]> {
  const { nodes, e, rows, wrt } = walk;
  const dependent = dependentValues(walk);
  const parts = new Map<Value, Contribution[]>();
  const contribute = (value: Value, part: Contribution | null | undefined): void => {
    if (part === null || part === undefined || !dependent.has(value)) return;
    const known = parts.get(value);
    if (known === undefined) parts.set(value, [part]);
    else known.push(part);
  };
  for (const [value, seeds] of walk.seeds) for (const seed of seeds) contribute(value, seed);
  const gradientOf = (value: Value): Value | null => {
    const found = parts.get(value);
    if (found === undefined) return null;
    const gradient = total(e, found);
    if (gradient !== null && !wrt.has(value)) parts.delete(value);
    return gradient;
  };
  for (let index = nodes.length - 1; index >= 0; index--) {
    for (const custom of walk.customs.filter(({ position }) => position === index + 1)) {
      const d = gradientOf(custom.output);
      if (d === null) continue;
      for (const [input, part] of custom.gradient(e, d)) contribute(input, part);
    }
    const node = nodes[index];
    if (node === undefined || !node.outputs.some((output) => parts.has(output))) continue;
    if (!readsOf(node).some((input) => dependent.has(input))) continue;
    const row = rows[node.type];
    if (row === undefined) throw unsupported(`The operator ${node.type} has no gradient`, `Build the model without ${node.type}, or add a row to the gradient table.`);
    if (row.gradient === null) continue;
    const given = node.outputs.map(gradientOf);
    const backward: BackwardNode = {
      node,
      e,
      rows,
      gradients: given,
      get d() {
        const [only] = given;
        if (only === undefined || only === null) throw unsupported(`The gradient of ${node.type} needs that of its first output`, 'Use the first output.');
        return only;
      },
      wanted: (input) => dependent.has(node.inputs[input] ?? ''),
      wantedValue: (value) => dependent.has(value),
      contribute,
      rewrite: (replacement) => {
        walk.rewrite(index, replacement);
        e.shapes.learnNode(replacement);
      },
    };
    const inputs = row.gradient(backward);
    for (const [input, part] of inputs.entries()) contribute(node.inputs[input] ?? '', part);
  }
  return new Map([...wrt].flatMap((value) => (parts.has(value) ? [[value, parts.get(value) ?? []] as const] : [])));
}

/** Values that change, by more than steps, when those that are asked for change. */
function dependentValues({ nodes, rows, wrt }: ReverseWalk): ReadonlySet<Value> {
  const dependent = new Set<Value>(wrt);
  for (const node of nodes) {
    if (rows[node.type]?.gradient === null) continue;
    if (readsOf(node).some((input) => dependent.has(input))) for (const output of node.outputs) dependent.add(output);
  }
  return dependent;
}
