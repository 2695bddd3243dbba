/**
 * A whole search in one graph: the encoder, then `Loop`s over the decoder's steps that keep the best K beams of each
 * source. It follows the rules of transformers' beam search as far as they decide which beams go on; every step's best
 * candidates come out, and whoever reads them picks the finished hypotheses (decoding/search/). Greedy is K = C = 1.
 *
 * Three loops stand one after the other: each stops when half of its sources are done, and the next goes on with the
 * others alone. They are not in a loop around them, because onnxruntime prepares constant weights (`PrePack`) for a
 * subgraph of the outermost graph only (as in decoding/greedy-loop.ts).
 *
 * Inputs   source, mask, positions            of the encoder (encoder-graph.ts)
 *          beams         int64   [1]          K
 *          candidates    int64   [1]          C: how many candidates of each source a step looks at; at least K
 *          steps         int64   []           T: most steps
 *          prompt        int32   [P]          what every target begins with, the decoder's start token first
 *          ends          int32   [E]          tokens that end a hypothesis
 *          bias          float32 [N, V]       is added to the logits: large negative numbers forbid tokens
 *          biasOfStep    int64   [T]          which row of `bias` each step has
 *          divisors      float32 [T]          what a sum of log-probabilities is divided by, of hypotheses that end at a step
 *          reach         float32 [T]          the same for what a running beam of that step may still become
 *          renormalize   bool    []           probabilities are those after `bias` is added
 *          untilFull     bool    []           a source is done as soon as it has K finished hypotheses
 *          stop          int32   [1]          read at every step, and may change while the graph runs: the search ends where it is not 0
 * Outputs  sources       int32   [L]          the row of the batch of each candidate list below; a source's steps come in order
 *          tokens        int32   [L, C]       candidates of a step of a source, best first
 *          parents       int32   [L, C]       the beam that each continues
 *          scores        float32 [L, C]       sums of log-probabilities
 *          attention     float32 [L, K, S]    if asked for: of the beams of the step before, while each was continued
 */
import type { Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder, graph, int } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { ELEMENT_TYPES, bool, float32, int32, int64 } from '../../onnx/tensors.ts';
import type { StepCache } from './attention.ts';
import { sourceMemory } from './attention.ts';
import type { TransformerDefinition } from './definition.ts';
import { MASKED, encode, positionsInput } from './encoder-graph.ts';
import { NONE, SearchStep, carriedState, carriedValues, searchSettings, type SearchedSources, type SearchSettings, type SearchState } from './search-step.ts';
import type { AttentionHead } from './step-graph.ts';

/** How often a batch is made smaller, plus one. Three take little more memory than one (docs/engine-speed.md). */
const LOOPS = 3;

const AXIS_0 = { attributes: { axis: int(0) } };

export function searchGraph(model: TransformerDefinition, alignment: AttentionHead | null): ModelDefinition {
  const g = new GraphBuilder(`${model.family}-search`);
  const source = g.input('source', 'int32', ['B', 'S']);
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S']);
  const textShape = g.node('Shape', [source]);
  const encoded = encode(g, model, source, positionsInput(g, model), mask, textShape);
  const memory = model.decoder.layers.map((layer) => sourceMemory(g, encoded, layer.crossAttention, textShape));
  const count = g.node('Shape', [mask], { attributes: { start: int(0), end: int(1) } });
  const outputs = new Search(g, model, alignment, { count, mask, memory }).outputs();
  g.namedOutput('sources', outputs.sources, 'int32', ['L']);
  g.namedOutput('tokens', outputs.tokens, 'int32', ['L', 'C']);
  g.namedOutput('parents', outputs.parents, 'int32', ['L', 'C']);
  g.namedOutput('scores', outputs.scores, 'float32', ['L', 'C']);
  if (alignment !== null) g.namedOutput('attention', outputs.attention, 'float32', ['L', 'K', 'S']);
  return g.model('bitext-studio');
}

type Outputs = Readonly<Record<'sources' | 'tokens' | 'parents' | 'scores' | 'attention', Value>>;

/** What a loop begins with. */
interface Phase {
  /** int32 [n]: rows of the batch */
  readonly rows: Value;
  readonly sources: SearchedSources;
  /** int64 []: steps taken before */
  readonly position: Value;
  readonly state: SearchState;
}

class Search {
  readonly #g: GraphBuilder;
  readonly #model: TransformerDefinition;
  readonly #attends: boolean;
  readonly #all: SearchedSources;
  readonly #settings: SearchSettings;
  readonly #step: SearchStep;
  /** int64 [K]: 0 .. K - 1 */
  readonly #ranks: Value;

  constructor(g: GraphBuilder, model: TransformerDefinition, alignment: AttentionHead | null, all: SearchedSources) {
    this.#g = g;
    this.#model = model;
    this.#attends = alignment !== null;
    this.#all = all;
    this.#settings = searchSettings(g, model);
    this.#step = new SearchStep(g, model, alignment, this.#settings);
    this.#ranks = g.node('Range', [this.#whole(0), g.node('Squeeze', [this.#settings.beams]), this.#whole(1)]);
  }

  outputs(): Outputs {
    const found: Outputs[] = [];
    let phase = this.#begin();
    for (let loop = 1; loop <= LOOPS; loop++) {
      const { outputs, state, position } = this.#loop(phase, loop === LOOPS);
      found.push(outputs);
      if (loop < LOOPS) phase = this.#unfinishedOf({ ...phase, state, position });
    }
    const joined = (part: keyof Outputs): Value => this.#g.node('Concat', found.map((each) => each[part]), AXIS_0);
    return { sources: joined('sources'), tokens: joined('tokens'), parents: joined('parents'), scores: joined('scores'), attention: this.#attends ? joined('attention') : '' };
  }

  #begin(): Phase {
    const g = this.#g;
    const { count } = this.#all;
    const { beams, prompt } = this.#settings;
    const rows = g.node('Mul', [count, beams]);
    const perBeam = g.node('Concat', [count, beams], AXIS_0);
    // One beam at first; the others would be the same.
    const isFirst = g.node('Equal', [this.#ranks, this.#whole(0)]);
    const caches = this.#model.decoder.layers.map(({ selfAttention }): StepCache => {
      const shape = g.node('Concat', [count, g.constant(int64([3], [selfAttention.heads, 0, selfAttention.headSize]))], AXIS_0);
      const none = g.node('ConstantOfShape', [shape]);
      return { keys: none, values: none };
    });
    const all = g.node('Range', [this.#whole(0), g.node('Squeeze', [count]), this.#whole(1)]);
    return {
      rows: g.node('Cast', [all], { attributes: { to: int(ELEMENT_TYPES.int32) } }),
      sources: this.#all,
      position: this.#whole(0),
      state: {
        tokens: g.node('Expand', [g.node('Gather', [prompt, this.#whole(0)]), rows]),
        scores: g.node('Expand', [g.node('Where', [isFirst, this.#real(0), this.#real(NONE)]), perBeam]),
        finished: g.node('Expand', [this.#real(NONE), perBeam]),
        active: g.node('Expand', [g.constant(bool([], [true])), g.node('Concat', [count, g.constant(int64([1], [1]))], AXIS_0)]),
        seen: g.node('ConstantOfShape', [g.node('Concat', [rows, g.constant(int64([1], [0]))], AXIS_0)]),
        caches,
      },
    };
  }

  /** Runs until half of the sources are done, or all of them. */
  #loop({ rows, sources, position, state }: Phase, last: boolean): { outputs: Outputs; state: SearchState; position: Value } {
    const g = this.#g;
    const half = g.node('Div', [g.node('Squeeze', [sources.count]), this.#whole(2)]);
    const before = carriedValues(state);
    const scans = this.#attends ? 4 : 3;
    const body = this.#body(sources, position, last ? this.#whole(0) : half);
    const steps = g.node('Sub', [this.#settings.steps, position]);
    const any = this.#unlessStopped(g, g.node('Greater', [g.node('Squeeze', [sources.count]), this.#whole(0)]));
    const after = g.nodes('Loop', [steps, any, ...before], before.length + scans, { attributes: { body: graph(body.finish()) } });
    const [tokens = '', parents = '', scores = '', attention = ''] = after.slice(before.length);
    const taken = g.node('Shape', [tokens], { attributes: { end: int(1) } });
    const flat = g.constant(int64([1], [-1]));
    const lists = (values: Value, ...shape: Value[]): Value => g.node('Reshape', [values, g.node('Concat', [flat, ...shape], AXIS_0)]);
    const { beams, candidates } = this.#settings;
    return {
      outputs: {
        sources: g.node('Reshape', [g.node('Expand', [rows, g.node('Concat', [taken, sources.count], AXIS_0)]), flat]),
        tokens: lists(tokens, candidates),
        parents: lists(parents, candidates),
        scores: lists(scores, candidates),
        attention: this.#attends ? lists(attention, beams, g.node('Shape', [sources.mask], { attributes: { start: int(3), end: int(4) } })) : '',
      },
      state: carriedState(after.slice(0, before.length)),
      position: g.node('Add', [position, g.node('Squeeze', [taken])]),
    };
  }

  /** kept: int64 [], with so many sources that are not done the loop stops. */
  #body(sources: SearchedSources, position: Value, kept: Value): GraphBuilder {
    const seenOfStep = this.#seenOfStep(sources.count);
    const b = this.#g.body('step');
    const round = b.input(b.name('round'), 'int64', []);
    b.input(b.name('going'), 'bool', []);
    const carried = (label: string, type: 'int32' | 'float32' | 'bool'): Value => b.input(b.name(label), type, null);
    const state: SearchState = {
      tokens: carried('tokens', 'int32'),
      scores: carried('scores', 'float32'),
      finished: carried('finished', 'float32'),
      active: carried('active', 'bool'),
      seen: carried('seen', 'float32'),
      caches: this.#model.decoder.layers.map(() => ({ keys: carried('keys', 'float32'), values: carried('values', 'float32') })),
    };
    const { next, best, attention } = this.#step.take(b, b.node('Add', [round, position]), state, sources, seenOfStep);
    const active = b.node('ReduceSum', [b.node('Cast', [next.active], { attributes: { to: int(ELEMENT_TYPES.int64) } })], { attributes: { keepdims: int(0) } });
    b.output(this.#unlessStopped(b, b.node('Greater', [active, kept])), 'bool');
    b.output(next.tokens, 'int32');
    b.output(next.scores, 'float32');
    b.output(next.finished, 'float32');
    b.output(next.active, 'bool');
    b.output(next.seen, 'float32');
    for (const { keys, values } of next.caches) {
      b.output(keys, 'float32');
      b.output(values, 'float32');
    }
    b.output(b.node('Identity', [best.tokens]), 'int32');
    b.output(b.node('Identity', [best.parents]), 'int32');
    b.output(b.node('Identity', [best.scores]), 'float32');
    if (this.#attends) b.output(attention, 'float32');
    return b;
  }

  /** Of the nodes of a step a beam sees itself: float32 [R, K], 0 or MASKED. */
  #seenOfStep(count: Value): Value {
    const g = this.#g;
    const { beams } = this.#settings;
    const across = (axis: number): Value => g.node('Unsqueeze', [this.#ranks, g.constant(int64([1], [axis]))]);
    const one = g.node('Where', [g.node('Equal', [across(0), across(1)]), this.#real(0), this.#real(MASKED)]);
    const each = g.node('Expand', [one, g.node('Concat', [count, beams, beams], AXIS_0)]);
    return g.node('Reshape', [each, g.node('Concat', [g.node('Mul', [count, beams]), beams], AXIS_0)]);
  }

  /** The sources that are not done, and all that belongs to them. */
  #unfinishedOf({ rows, sources, position, state }: Phase): Phase {
    const g = this.#g;
    const flat = g.constant(int64([1], [-1]));
    const unfinished = g.node('Reshape', [g.node('NonZero', [g.node('Reshape', [state.active, flat])]), flat]);
    const firstRows = g.node('Unsqueeze', [g.node('Mul', [unfinished, this.#settings.beams]), g.constant(int64([1], [1]))]);
    const theirRows = g.node('Reshape', [g.node('Add', [firstRows, this.#ranks]), flat]);
    const keep = (values: Value): Value => g.node('Gather', [values, unfinished], AXIS_0);
    const keepRows = (values: Value): Value => g.node('Gather', [values, theirRows], AXIS_0);
    const keepPair = ({ keys, values }: StepCache): StepCache => ({ keys: keep(keys), values: keep(values) });
    return {
      rows: keep(rows),
      sources: { count: g.node('Shape', [unfinished]), mask: keep(sources.mask), memory: sources.memory.map(keepPair) },
      position,
      state: {
        tokens: keepRows(state.tokens),
        scores: keep(state.scores),
        finished: keep(state.finished),
        active: keep(state.active),
        seen: keepRows(state.seen),
        caches: state.caches.map(keepPair),
      },
    };
  }

  #unlessStopped(b: GraphBuilder, going: Value): Value {
    return b.node('And', [going, b.node('Squeeze', [b.node('Equal', [this.#settings.stop, this.#g.constant(int32([1], [0]))])])]);
  }

  #whole(value: number): Value {
    return this.#g.constant(int64([], [value]));
  }

  #real(value: number): Value {
    return this.#g.constant(float32([], [value]));
  }
}
