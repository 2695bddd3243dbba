/**
 * A whole search in one graph: the encoder, then a `Loop` over the decoder's steps that keeps the best K beams of each
 * source. It follows the rules of transformers' beam search as far as they decide which beams go on; every step's best
 * candidates come out, and whoever reads them picks the finished hypotheses (decoding/search/). Greedy is K = C = 1.
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
 * Outputs  tokens        int32   [t, B, C]    candidates of each step, best first
 *          parents       int32   [t, B, C]    the beam that each continues
 *          scores        float32 [t, B, C]    sums of log-probabilities
 *          attention     float32 [t, B*K, S]  if asked for: of the beams of the step before, while each was continued
 */
import type { Value } from '../../onnx/graph-builder.ts';
import { GraphBuilder, graph, int } from '../../onnx/graph-builder.ts';
import type { ModelDefinition } from '../../onnx/model-proto.ts';
import { ELEMENT_TYPES, bool, float32, int32, int64 } from '../../onnx/tensors.ts';
import type { SourceMemory, StepCache } from './attention.ts';
import { sourceMemory } from './attention.ts';
import type { TransformerDefinition } from './definition.ts';
import { MASKED, encode } from './encoder-graph.ts';
import type { AttentionHead } from './step-graph.ts';
import { decoderStep } from './step-graph.ts';
import type { LogitBias } from './vocabulary-choice.ts';
import { VocabularyChoice } from './vocabulary-choice.ts';

/** Score of a beam or hypothesis that is none, as transformers has it. */
const NONE = -1e9;
/** Scores from here on are of real hypotheses. */
const REAL = -1e8;
/** Sums of float32 differ a little from those of the reader, who must never find that a step is missing. */
const CAUTION = 1e-3;

export function searchGraph(model: TransformerDefinition, alignment: AttentionHead | null): ModelDefinition {
  const g = new GraphBuilder(`${model.family}-search`);
  const source = g.input('source', 'int32', ['B', 'S']);
  const mask = g.input('mask', 'float32', ['B', 1, 1, 'S']);
  const textShape = g.node('Shape', [source]);
  const encoded = encode(g, model, source, mask, textShape);
  const memory = model.decoder.layers.map((layer) => sourceMemory(g, encoded, layer.crossAttention, textShape));
  const outputs = new Search(g, model, alignment, memory, mask).loop();
  g.namedOutput('tokens', outputs.tokens, 'int32', ['t', 'B', 'C']);
  g.namedOutput('parents', outputs.parents, 'int32', ['t', 'B', 'C']);
  g.namedOutput('scores', outputs.scores, 'float32', ['t', 'B', 'C']);
  if (alignment !== null) g.namedOutput('attention', outputs.attention, 'float32', ['t', 'R', 'S']);
  return g.model('bitext-studio');
}

interface SearchOutputs {
  readonly tokens: Value;
  readonly parents: Value;
  readonly scores: Value;
  readonly attention: Value;
}

class Search {
  readonly #g: GraphBuilder;
  readonly #model: TransformerDefinition;
  readonly #alignment: AttentionHead | null;
  readonly #memory: readonly SourceMemory[];
  readonly #mask: Value;
  readonly #beams: Value;
  readonly #candidates: Value;
  readonly #steps: Value;
  readonly #prompt: Value;
  readonly #promptLength: Value;
  readonly #sources: Value;
  readonly #vocabulary: VocabularyChoice;
  readonly #perStep: Readonly<Record<'biasOfStep' | 'divisors' | 'reach', Value>>;
  readonly #ends: Value;
  readonly #untilFull: Value;

  constructor(g: GraphBuilder, model: TransformerDefinition, alignment: AttentionHead | null, memory: readonly SourceMemory[], mask: Value) {
    this.#g = g;
    this.#model = model;
    this.#alignment = alignment;
    this.#memory = memory;
    this.#mask = mask;
    this.#beams = g.input('beams', 'int64', [1]);
    this.#candidates = g.input('candidates', 'int64', [1]);
    this.#steps = g.input('steps', 'int64', []);
    this.#prompt = g.input('prompt', 'int32', ['P']);
    this.#ends = g.input('ends', 'int32', ['E']);
    this.#perStep = {
      biasOfStep: g.input('biasOfStep', 'int64', ['T']),
      divisors: g.input('divisors', 'float32', ['T']),
      reach: g.input('reach', 'float32', ['T']),
    };
    const bias: LogitBias = { rows: g.input('bias', 'float32', ['N', model.output.outputs]), renormalize: g.input('renormalize', 'bool', []) };
    this.#vocabulary = new VocabularyChoice(g, model.output, this.#candidates, bias);
    this.#untilFull = g.input('untilFull', 'bool', []);
    this.#promptLength = g.node('Squeeze', [g.node('Shape', [this.#prompt])]);
    this.#sources = g.node('Shape', [mask], { attributes: { start: int(0), end: int(1) } });
  }

  loop(): SearchOutputs {
    const g = this.#g;
    const axis0 = { attributes: { axis: int(0) } };
    const rows = g.node('Mul', [this.#sources, this.#beams]);
    const perBeam = g.node('Concat', [this.#sources, this.#beams], axis0);
    const first = g.node('Gather', [this.#prompt, this.#whole(0)]);
    // One beam at first; the others would be the same.
    const ranks = g.node('Range', [this.#whole(0), g.node('Squeeze', [this.#beams]), this.#whole(1)]);
    const isFirst = g.node('Equal', [ranks, this.#whole(0)]);
    const scores = g.node('Where', [isFirst, this.#real(0), this.#real(NONE)]);
    const caches = this.#model.decoder.layers.map(({ selfAttention }) => {
      const shape = g.node('Concat', [this.#sources, g.constant(int64([3], [selfAttention.heads, 0, selfAttention.headSize]))], axis0);
      return g.node('ConstantOfShape', [shape]);
    });
    // A beam sees itself among the nodes of a step.
    const itself = g.node('Equal', [g.node('Unsqueeze', [ranks, g.constant(int64([1], [0]))]), g.node('Unsqueeze', [ranks, g.constant(int64([1], [1]))])]);
    const ofStep = g.node('Expand', [g.node('Where', [itself, this.#real(0), this.#real(MASKED)]), g.node('Concat', [perBeam, this.#beams], axis0)]);
    const carried = [
      g.node('Expand', [first, rows]),
      g.node('Expand', [scores, perBeam]),
      g.node('Expand', [this.#real(NONE), perBeam]),
      g.node('Expand', [g.constant(bool([], [true])), g.node('Concat', [this.#sources, g.constant(int64([1], [1]))], axis0)]),
      g.node('ConstantOfShape', [g.node('Concat', [rows, g.constant(int64([1], [0]))], axis0)]),
      ...caches.flatMap((cache) => [cache, cache]),
    ];
    const body = this.#body(carried.length, g.node('Reshape', [ofStep, g.node('Concat', [rows, this.#beams], axis0)]));
    const scans = this.#alignment === null ? 3 : 4;
    const outputs = g.nodes('Loop', [this.#steps, g.constant(bool([], [true])), ...carried], carried.length + scans, {
      attributes: { body: graph(body.finish()) },
    });
    const [tokens = '', parents = '', scoresOut = '', attention = ''] = outputs.slice(carried.length);
    return { tokens, parents, scores: scoresOut, attention };
  }

  /**
   * States: tokens [R], scores [B, K], finished [B, K], active [B, 1], seen [R, N], then keys and values of each layer, of
   * N = K * steps nodes. `seen` and `seenOfStep` [R, K] are 0 for nodes that a beam goes back to and MASKED for others.
   */
  #body(states: number, seenOfStep: Value): GraphBuilder {
    const b = this.#g.body('step');
    const step = b.input(b.name('step'), 'int64', []);
    b.input(b.name('going'), 'bool', []);
    const tokens = b.input(b.name('tokens'), 'int32', null);
    const scores = b.input(b.name('scores'), 'float32', null);
    const finished = b.input(b.name('finished'), 'float32', null);
    const active = b.input(b.name('active'), 'bool', null);
    const seenBefore = b.input(b.name('seen'), 'float32', null);
    const caches = Array.from({ length: (states - 5) / 2 }, (): StepCache => ({
      keys: b.input(b.name('keys'), 'float32', null),
      values: b.input(b.name('values'), 'float32', null),
    }));

    const seen = b.node('Concat', [seenBefore, seenOfStep], { attributes: { axis: int(1) } });
    const treeShape = b.node('Concat', [this.#sources, b.constant(int64([1], [1])), this.#beams, b.constant(int64([1], [-1]))], { attributes: { axis: int(0) } });
    const tree = b.node('Reshape', [seen, treeShape]);
    const positions = this.#positions(b, tokens, step);
    const taken = decoderStep(b, this.#model, { tokens, positions, steps: step, tree, caches, memory: this.#memory, mask: this.#mask, sources: this.#sources }, this.#alignment);
    const best = this.#best(b, taken.hidden, scores, step);
    const ends = this.#endsOf(b, best.tokens);
    const next = this.#next(b, best, ends, step, tokens, scores);
    const done = this.#done(b, { best, ends, finished, active, running: next.scores, step });

    b.output(b.node('Greater', [b.node('ReduceMax', [this.#asInt(b, done.active)], { attributes: { keepdims: int(0) } }), b.constant(int32([], [0]))]), 'bool');
    b.output(next.tokens, 'int32');
    b.output(next.scores, 'float32');
    b.output(done.finished, 'float32');
    b.output(done.active, 'bool');
    b.output(b.node('Gather', [seen, next.rows]), 'float32');
    for (const cache of taken.caches) {
      b.output(cache.keys, 'float32');
      b.output(cache.values, 'float32');
    }
    b.output(b.node('Identity', [best.tokens]), 'int32');
    b.output(b.node('Identity', [best.parents]), 'int32');
    b.output(b.node('Identity', [best.scores]), 'float32');
    if (this.#alignment !== null) b.output(taken.attention, 'float32');
    return b;
  }

  /** The rows of the table of positions for one step, int32 [R]; null without a table. */
  #positions(b: GraphBuilder, tokens: Value, step: Value): Value | null {
    const { positions } = this.#model.decoder;
    if (positions === null) return null;
    const position = b.node('Cast', [b.node('Add', [step, this.#whole(positions.first)])], { attributes: { to: int(ELEMENT_TYPES.int32) } });
    const all = b.node('Expand', [position, b.node('Shape', [tokens])]);
    if (positions.uncounted === null) return all;
    return b.node('Where', [b.node('Equal', [tokens, b.constant(int32([], [positions.uncounted]))]), b.constant(int32([], [positions.first - 1])), all]);
  }

  /** The best C of all continuations of each source, all [B, C]; they are among the best C of each beam. */
  #best(b: GraphBuilder, hidden: Value, scores: Value, step: Value): { tokens: Value; parents: Value; scores: Value } {
    const { tokens: index, logProbabilities: values } = this.#vocabulary.best(b, hidden, b.node('Gather', [this.#perStep.biasOfStep, step]));
    const flat = b.node('Reshape', [scores, b.constant(int64([2], [-1, 1]))]);
    const bySource = b.node('Concat', [this.#sources, b.constant(int64([1], [-1]))], { attributes: { axis: int(0) } });
    const summed = b.node('Reshape', [b.node('Add', [values, flat]), bySource]);
    const [best = '', place = ''] = b.nodes('TopK', [summed, this.#candidates], 2, { attributes: { axis: int(-1) } });
    const chosen = b.node('GatherElements', [b.node('Reshape', [index, bySource]), place], { attributes: { axis: int(1) } });
    return { tokens: this.#asInt(b, chosen), parents: this.#asInt(b, b.node('Div', [place, this.#candidates])), scores: best };
  }

  /** Which candidates end their hypothesis, bool [B, C]. */
  #endsOf(b: GraphBuilder, tokens: Value): Value {
    const equal = b.node('Equal', [b.node('Unsqueeze', [tokens, b.constant(int64([1], [2]))]), this.#ends]);
    const any = b.node('ReduceMax', [this.#asInt(b, equal)], { attributes: { axes: { kind: 'ints', value: [2] }, keepdims: int(0) } });
    return b.node('Greater', [any, b.constant(int32([], [0]))]);
  }

  /** The K beams that go on: tokens [R], scores [B, K], rows [R] that they continue. The prompt's own tokens are taken as they are. */
  #next(
    b: GraphBuilder,
    best: { tokens: Value; parents: Value; scores: Value },
    ends: Value,
    step: Value,
    tokens: Value,
    scores: Value,
  ): { tokens: Value; scores: Value; rows: Value } {
    const flat = b.constant(int64([1], [-1]));
    const last = { attributes: { axis: int(1) } };
    const penalty = b.node('Where', [ends, this.#real(NONE), this.#real(0)]);
    const [going = '', place = ''] = b.nodes('TopK', [b.node('Add', [best.scores, penalty]), this.#beams], 2, { attributes: { axis: int(-1) } });
    const parents = b.node('Cast', [b.node('GatherElements', [best.parents, place], last)], { attributes: { to: int(ELEMENT_TYPES.int64) } });
    const firstRows = b.node('Mul', [b.node('Range', [this.#whole(0), b.node('Squeeze', [this.#sources]), this.#whole(1)]), this.#beams]);
    const rows = b.node('Reshape', [b.node('Add', [parents, b.node('Unsqueeze', [firstRows, b.constant(int64([1], [1]))])]), flat]);
    const chosen = b.node('Reshape', [b.node('GatherElements', [best.tokens, place], last), flat]);

    const following = b.node('Add', [step, this.#whole(1)]);
    const inPrompt = b.node('Less', [following, this.#promptLength]);
    const bounded = b.node('Min', [following, b.node('Sub', [this.#promptLength, this.#whole(1)])]);
    const given = b.node('Expand', [b.node('Gather', [this.#prompt, bounded]), b.node('Shape', [tokens])]);
    const same = b.node('Range', [this.#whole(0), b.node('Squeeze', [b.node('Shape', [tokens])]), this.#whole(1)]);
    return {
      tokens: b.node('Where', [inPrompt, given, chosen]),
      scores: b.node('Where', [inPrompt, scores, going]),
      rows: b.node('Where', [inPrompt, same, rows]),
    };
  }

  /** The K best finished scores of each source, and whether anything may still change them. */
  #done(
    b: GraphBuilder,
    at: { best: { scores: Value }; ends: Value; finished: Value; active: Value; running: Value; step: Value },
  ): { finished: Value; active: Value } {
    const none = this.#real(NONE);
    const divisor = b.node('Gather', [this.#perStep.divisors, at.step]);
    const reach = b.node('Gather', [this.#perStep.reach, at.step]);
    const inPrompt = b.node('Less', [b.node('Add', [at.step, this.#whole(1)]), this.#promptLength]);
    const counts = b.node('And', [at.ends, b.node('Not', [inPrompt])]);
    const ended = b.node('Where', [counts, b.node('Div', [at.best.scores, divisor]), none]);
    // Only ends among the best K candidates count.
    const amongBest = b.node('Slice', [ended, b.constant(int64([1], [0])), this.#beams, b.constant(int64([1], [1]))]);
    const pool = b.node('Concat', [at.finished, amongBest], { attributes: { axis: int(1) } });
    const [finished = ''] = b.nodes('TopK', [pool, this.#beams], 2, { attributes: { axis: int(-1) } });
    const over = { attributes: { axes: { kind: 'ints' as const, value: [1] }, keepdims: int(1) } };
    const worst = b.node('ReduceMin', [finished], over);
    const hope = b.node('Add', [b.node('Div', [b.node('ReduceMax', [at.running], over), reach]), this.#real(CAUTION)]);
    const full = b.node('Greater', [worst, this.#real(REAL)]);
    const stops = b.node('Or', [b.node('Not', [b.node('Greater', [hope, worst])]), b.node('And', [this.#untilFull, full])]);
    const goesOn = b.node('Or', [inPrompt, b.node('Not', [stops])]);
    return { finished, active: b.node('And', [at.active, goesOn]) };
  }

  #asInt(b: GraphBuilder, value: Value): Value {
    return b.node('Cast', [value], { attributes: { to: int(ELEMENT_TYPES.int32) } });
  }

  #whole(value: number): Value {
    return this.#g.constant(int64([], [value]));
  }

  #real(value: number): Value {
    return this.#g.constant(float32([], [value]));
  }
}
