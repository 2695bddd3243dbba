/** What nodes read, the bodies of loops and branches included. */
import type { Value } from '../../onnx/graph-builder.ts';
import type { GraphDefinition, NodeDefinition } from '../../onnx/model-proto.ts';

/** All values that a node reads, those that its bodies read from around it included. */
export function readsOf(node: NodeDefinition): readonly Value[] {
  const bodies = Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []));
  return bodies.length === 0 ? node.inputs : [...node.inputs, ...bodies.flatMap((body) => [...captured(body)])];
}

/** The values that a body reads from the graph around it. */
export function captured(body: GraphDefinition): ReadonlySet<Value> {
  const own = new Set(body.inputs.map(({ name }) => name));
  const free = new Set<Value>();
  for (const node of body.nodes) {
    for (const name of readsOf(node)) if (name !== '' && !own.has(name)) free.add(name);
    for (const name of node.outputs) own.add(name);
  }
  return free;
}
