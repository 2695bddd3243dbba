/**
 * Writes a folder as exporters do, with a tiny model of seeded weights. The encoder embeds tokens. A decoder step attends
 * (softmax of dot products) to the embedded tokens so far and to the encoder's output, and scores the vocabulary by both;
 * so a wrong cache, mask or row gives other tokens.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeModel } from '../../onnx/model-proto.ts';
import { graph, GraphBuilder, int, ints, type Value } from '../../onnx/graph-builder.ts';
import { ELEMENT_TYPES, float32, int64 } from '../../onnx/tensors.ts';

export type ExportedLayout = 'merged' | 'split' | 'uncached';

export interface ExportedModelShape {
  readonly vocabulary: number;
  readonly heads: number;
  readonly headSize: number;
  readonly seed: number;
}

const CACHE = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'] as const;

/** Creates the folder with its graphs; there are no other files. */
export function writeExportedFolder(folder: string, layout: ExportedLayout, shape: ExportedModelShape): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, build: (g: GraphBuilder) => void): void => {
    const g = new GraphBuilder(name);
    build(g);
    writeFileSync(path.join(folder, `${name}.onnx`), encodeModel(g.model('test')));
  };
  write('encoder_model', (g) => { encoder(g, shape); });
  if (layout === 'merged') write('decoder_model_merged', (g) => { mergedDecoder(g, shape); });
  else write('decoder_model', (g) => { decoder(g, shape, layout === 'split' ? 'first' : 'uncached'); });
  if (layout === 'split') write('decoder_with_past_model', (g) => { decoder(g, shape, 'later'); });
}

function seeded(length: number, seed: number): Float32Array {
  let x = seed * 2654435761 + 12345;
  return Float32Array.from({ length }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return (x / 2 ** 32 - 0.5) * 4;
  });
}

const width = ({ heads, headSize }: ExportedModelShape): number => heads * headSize;
const table = (g: GraphBuilder, shape: ExportedModelShape, seed: number): Value => g.constant(float32([shape.vocabulary, width(shape)], seeded(shape.vocabulary * width(shape), shape.seed + seed)));
const axes = (g: GraphBuilder, ...values: number[]): Value => g.constant(int64([values.length], values));

function encoder(g: GraphBuilder, shape: ExportedModelShape): void {
  const ids = g.input('input_ids', 'int64', ['batch', 'source']);
  g.input('attention_mask', 'int64', ['batch', 'source']);
  g.namedOutput('last_hidden_state', g.node('Gather', [table(g, shape, 1), ids]), 'float32', ['batch', 'source', width(shape)]);
}

/** [B,T,d] -> [B,H,T,K] */
function heads(g: GraphBuilder, x: Value, shape: ExportedModelShape): Value {
  return g.node('Transpose', [g.node('Reshape', [x, axes(g, 0, -1, shape.heads, shape.headSize)])], { attributes: { perm: ints(0, 2, 1, 3) } });
}

interface Cache { readonly key: Value; readonly value: Value }

/** Attention of the last token alone to all that is given. */
function attend(g: GraphBuilder, query: Value, { key, value }: Cache, bias: Value | null): Value {
  const scores = g.node('MatMul', [query, g.node('Transpose', [key], { attributes: { perm: ints(0, 1, 3, 2) } })]);
  const weights = g.node('Softmax', [bias === null ? scores : g.node('Add', [scores, bias])], { attributes: { axis: int(-1) } });
  return g.node('MatMul', [weights, value]);
}

/** `past` and `cross` are null where they are to be computed. Returns logits of the last token and the caches. */
function decode(g: GraphBuilder, shape: ExportedModelShape, given: { ids: Value; mask: Value; hidden: Value; past: Cache | null; cross: Cache | null }): { logits: Value; self: Cache; cross: Cache } {
  const embedded = heads(g, g.node('Gather', [table(g, shape, 2), given.ids]), shape);
  const join = (past: Value | undefined, now: Value): Value => (past === undefined ? now : g.node('Concat', [past, now], { attributes: { axis: int(2) } }));
  const self = { key: join(given.past?.key, embedded), value: join(given.past?.value, g.node('Mul', [embedded, g.constant(float32([], [0.7]))])) };
  const source = given.cross ?? { key: heads(g, given.hidden, shape), value: g.node('Tanh', [heads(g, given.hidden, shape)]) };
  const last = g.node('Slice', [embedded, axes(g, -1), axes(g, 2 ** 31 - 1), axes(g, 2)]);
  const absent = g.node('Sub', [g.node('Cast', [given.mask], { attributes: { to: int(ELEMENT_TYPES.float32) } }), g.constant(float32([], [1]))]);
  const bias = g.node('Unsqueeze', [g.node('Mul', [absent, g.constant(float32([], [1e9]))]), axes(g, 1, 2)]);
  const seen = g.node('Add', [attend(g, last, self, null), attend(g, last, source, bias)]);
  const flat = g.node('Reshape', [g.node('Transpose', [seen], { attributes: { perm: ints(0, 2, 1, 3) } }), axes(g, 0, 1, -1)]);
  const logits = g.node('MatMul', [flat, g.node('Transpose', [table(g, shape, 3)], { attributes: { perm: ints(1, 0) } })]);
  return { logits, self, cross: source };
}

function pastInputs(g: GraphBuilder, shape: ExportedModelShape): { past: Cache; cross: Cache } {
  const [selfKey, selfValue, crossKey, crossValue] = CACHE.map((name) => g.input(`past_key_values.0.${name}`, 'float32', ['batch', shape.heads, 'past', shape.headSize]));
  return { past: { key: selfKey ?? '', value: selfValue ?? '' }, cross: { key: crossKey ?? '', value: crossValue ?? '' } };
}

function decoder(g: GraphBuilder, shape: ExportedModelShape, step: 'first' | 'later' | 'uncached'): void {
  const mask = g.input('encoder_attention_mask', 'int64', ['batch', 'source']);
  const ids = g.input('input_ids', 'int64', ['batch', 'target']);
  const hidden = step === 'later' ? '' : g.input('encoder_hidden_states', 'float32', ['batch', 'source', width(shape)]);
  const given = step === 'later' ? pastInputs(g, shape) : { past: null, cross: null };
  const { logits, self, cross } = decode(g, shape, { ids, mask, hidden, ...given });
  const all = step === 'uncached' ? g.node('Expand', [logits, g.node('Concat', [axes(g, 1), g.node('Shape', [ids], { attributes: { start: int(1), end: int(2) } }), axes(g, 1)], { attributes: { axis: int(0) } })]) : logits;
  g.namedOutput('logits', all, 'float32', ['batch', 'target', shape.vocabulary]);
  if (step === 'uncached') return;
  const size = ['batch', shape.heads, 'past', shape.headSize] as const;
  g.namedOutput('present.0.decoder.key', self.key, 'float32', size);
  g.namedOutput('present.0.decoder.value', self.value, 'float32', size);
  if (step === 'later') return;
  g.namedOutput('present.0.encoder.key', cross.key, 'float32', size);
  g.namedOutput('present.0.encoder.value', cross.value, 'float32', size);
}

/** One `If`; in its cached branch the cross-attention outputs are empty, as Optimum writes them. */
function mergedDecoder(g: GraphBuilder, shape: ExportedModelShape): void {
  const mask = g.input('encoder_attention_mask', 'int64', ['batch', 'source']);
  const ids = g.input('input_ids', 'int64', ['batch', 'target']);
  const hidden = g.input('encoder_hidden_states', 'float32', ['batch', 'source', width(shape)]);
  const { past, cross } = pastInputs(g, shape);
  const cached = g.input('use_cache_branch', 'bool', [1]);
  const branch = (name: string, given: { past: Cache | null; cross: Cache | null }): GraphBuilder => {
    const b = g.body(name);
    const made = decode(b, shape, { ids, mask, hidden, ...given });
    const nothing = b.constant(float32([0, shape.heads, 1, shape.headSize], []));
    for (const value of [made.logits, made.self.key, made.self.value, given.cross === null ? made.cross.key : nothing, given.cross === null ? made.cross.value : nothing]) b.output(b.node('Identity', [value]), 'float32');
    return b;
  };
  const condition = g.node('Squeeze', [cached]);
  const outputs = g.nodes('If', [condition], 5, { attributes: { then_branch: graph(branch('with_past', { past, cross }).finish()), else_branch: graph(branch('no_past', { past: null, cross: null }).finish()) } });
  ['logits', ...CACHE.map((name) => `present.0.${name}`)].forEach((name, i) => {
    g.namedOutput(name, outputs[i] ?? '', 'float32', i === 0 ? ['batch', 'target', shape.vocabulary] : ['batch', shape.heads, 'past', shape.headSize]);
  });
}
