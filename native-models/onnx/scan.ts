/** `Scan`: a loop over the first axis of its inputs, as recurrent networks are. */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { graph, int, ints } from './graph-builder.ts';
import type { ElementType } from './tensors.ts';

export interface ScanState {
  /** The state before the first round. */
  readonly initial: Value;
  readonly type?: ElementType;
}

export interface ScanInput {
  /** [T, ...]: each round sees one element of the first axis. */
  readonly stacked: Value;
  readonly type?: ElementType;
}

export interface ScanDefinition {
  readonly states: readonly (Value | ScanState)[];
  readonly inputs: readonly (Value | ScanInput)[];
  /** From the last element to the first; the outputs keep the order of the inputs. */
  readonly backwards?: boolean;
  readonly name?: string;
}

export interface ScanRound {
  readonly states: readonly Value[];
  /** What is stacked to [T, ...]. */
  readonly outputs: readonly Value[];
}

/**
 * Adds a Scan; `round` adds the body of a round and says its new states and outputs. Values of the graph around it can be
 * used in the body by their names. All values are float32 unless said otherwise.
 */
export function scan(g: GraphBuilder, definition: ScanDefinition, round: (b: GraphBuilder, states: Value[], inputs: Value[]) => ScanRound): { states: Value[]; outputs: Value[] } {
  const states = definition.states.map((state): ScanState => (typeof state === 'string' ? { initial: state } : state));
  const inputs = definition.inputs.map((input): ScanInput => (typeof input === 'string' ? { stacked: input } : input));
  const b = g.body(definition.name ?? 'scan');
  const stateNames = states.map(({ type = 'float32' }) => b.input(b.name('state'), type, null));
  const inputNames = inputs.map(({ type = 'float32' }) => b.input(b.name('element'), type, null));
  const result = round(b, stateNames, inputNames);
  if (result.states.length !== states.length) throw new RangeError(`A round gave ${result.states.length} states of ${states.length}`);
  // An output must come from a node of the body, and each value can be one output only.
  const own = new Set(b.recorded.flatMap(({ outputs }) => outputs));
  const output = (value: Value): void => {
    b.output(own.delete(value) ? value : b.node('Identity', [value]), 'float32');
  };
  for (const value of [...result.states, ...result.outputs]) output(value);
  const direction = definition.backwards === true ? 1 : 0;
  const outputs = g.nodes('Scan', [...states.map(({ initial }) => initial), ...inputs.map(({ stacked }) => stacked)], result.states.length + result.outputs.length, {
    attributes: {
      body: graph(b.finish()),
      num_scan_inputs: int(inputs.length),
      scan_input_directions: ints(...inputs.map(() => direction)),
      scan_output_directions: ints(...result.outputs.map(() => direction)),
    },
  });
  return { states: outputs.slice(0, states.length), outputs: outputs.slice(states.length) };
}
