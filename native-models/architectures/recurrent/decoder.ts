/** The decoder: s_t' = g(s_t'-1, y_t'-1, c) in layers, and the readout that the output layer is multiplied with. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { cellStep, statesOfCell } from './cells.ts';
import type { RecurrentConfiguration } from './configuration.ts';
import { attends } from './configuration.ts';
import { attend, type Memory } from './context.ts';
import { zeroState, type Encoded, type RecurrentWeights } from './encoder.ts';

type Parameters = RecurrentWeights['parameter'];

export interface DecoderRound {
  /** Of all layers in their order, then what was read out where it is fed back. */
  readonly states: readonly Value[];
  /** [n, hidden]: of the last layer */
  readonly top: Value;
  /** [n, encodedSize]; '' where the context is fixed */
  readonly context: Value;
  /** [n, S]; '' where the context is fixed */
  readonly attention: Value;
}

/** The states before the first step, [n, size] each. */
export function firstStates(g: GraphBuilder, c: RecurrentConfiguration, parameter: Parameters, encoded: Encoded, memory: Memory): Value[] {
  // A fixed context is all that the decoder is to see of the source.
  const seen = memory['fixed'] ?? encoded.last;
  const states: Value[] = [];
  for (let layer = 1; layer <= c.decoderLayers; layer++) {
    const name = `decoder_l${layer}_start`;
    states.push(g.node('Tanh', [g.node('Add', [g.node('MatMul', [seen, parameter(`${name}_W`)]), parameter(`${name}_b`)])]));
    if (statesOfCell(c.decoderCell) > 1) states.push(zeroState(g, encoded.last, 0, c.hidden));
  }
  if (c.inputFeeding) states.push(zeroState(g, encoded.last, 0, c.embedding));
  return states;
}

/** The part of the first layer's input that needs no state, with the bias. `embedded`: [..., n, embedding]. */
export function prepareInput(g: GraphBuilder, parameter: Parameters, embedded: Value, memory: Memory): Value {
  const ofToken = g.node('Add', [g.node('MatMul', [embedded, parameter('decoder_l1_Wy')]), parameter('decoder_l1_b')]);
  const { fixed } = memory;
  return fixed === undefined ? ofToken : g.node('Add', [ofToken, g.node('MatMul', [fixed, parameter('decoder_l1_Wc')])]);
}

/** `prepared`: [n, gates] by `prepareInput`; `embedded` [n, embedding] is needed with input feeding only; `masks`: of dropout, before each layer from the second on. */
export function decoderRound(b: GraphBuilder, c: RecurrentConfiguration, parameter: Parameters, input: { prepared: Value; embedded: Value; states: readonly Value[]; memory: Memory; masks?: readonly Value[] }): DecoderRound {
  const { prepared, embedded, states, memory, masks = [] } = input;
  const each = statesOfCell(c.decoderCell);
  const fed = c.inputFeeding ? (states.at(-1) ?? '') : '';
  const attended = attends(c) ? attend(b, c, parameter, states[(c.decoderLayers - 1) * each] ?? '', memory) : { context: '', attention: '' };
  let x = prepared;
  if (attended.context !== '') x = b.node('Add', [x, b.node('MatMul', [attended.context, parameter('decoder_l1_Wc')])]);
  if (c.inputFeeding) x = b.node('Add', [x, b.node('MatMul', [fed, parameter('decoder_l1_Wr')])]);
  const next: Value[] = [];
  let top = '';
  for (let layer = 1; layer <= c.decoderLayers; layer++) {
    const name = `decoder_l${layer}`;
    if (layer > 1) {
      const mask = masks[layer - 2];
      const below = mask === undefined ? top : b.node('Mul', [top, mask]);
      x = b.node('Add', [b.node('MatMul', [below, parameter(`${name}_Wx`)]), parameter(`${name}_b`)]);
    }
    const own = cellStep(b, c.decoderCell, x, states.slice((layer - 1) * each, layer * each), name, parameter);
    next.push(...own);
    top = own[0] ?? '';
  }
  if (c.inputFeeding) next.push(readOut(b, parameter, { top, context: attended.context, embedded, memory }));
  return { states: next, top, ...attended };
}

/** tanh of what state, context and token say together: [..., embedding]. */
export function readOut(g: GraphBuilder, parameter: Parameters, { top, context, embedded, memory }: { top: Value; context: Value; embedded: Value; memory: Memory }): Value {
  const product = (x: Value, name: string): Value => g.node('MatMul', [x, parameter(name)]);
  const sum = g.node('Add', [g.node('Add', [product(top, 'readout_Wh'), product(embedded, 'readout_Wy')]), product(context === '' ? (memory['fixed'] ?? '') : context, 'readout_Wc')]);
  return g.node('Tanh', [g.node('Add', [sum, parameter('readout_b')])]);
}
