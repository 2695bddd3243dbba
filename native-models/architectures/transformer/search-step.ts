/**
 * One step of a search in the graph (search-graph.ts): the decoder looks at the last token of each beam, the best
 * continuations of each source are found, the K best of them go on. n sources in the batch, R = n * K rows.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { int } from '../../onnx/graph-builder.ts';
import { ELEMENT_TYPES, float32, int32, int64 } from '../../onnx/tensors.ts';
import type { SourceMemory, StepCache } from './attention.ts';
import type { TransformerDefinition } from './definition.ts';
import type { AttentionHead } from './step-graph.ts';
import { decoderStep } from './step-graph.ts';
import { VocabularyChoice } from './vocabulary-choice.ts';

/** Score of a beam or hypothesis that is none, as transformers has it. */
export const NONE = -1e9;
/** Scores from here on are of real hypotheses. */
const REAL = -1e8;
/** Sums of float32 differ a little from those of the reader, who must never find that a step is missing. */
const CAUTION = 1e-3;

/** What is the same for all sources and steps; the inputs of the graph, by their names there. */
export interface SearchSettings extends Readonly<Record<'beams' | 'candidates' | 'steps' | 'prompt' | 'ends' | 'biasOfStep' | 'divisors' | 'reach' | 'untilFull' | 'stop', Value>> {
  /** int64 []: P */
  readonly promptLength: Value;
  readonly vocabulary: VocabularyChoice;
}

/** Declares the inputs of the graph that say how to search. */
export function searchSettings(g: GraphBuilder, model: TransformerDefinition): SearchSettings {
  const candidates = g.input('candidates', 'int64', [1]);
  const prompt = g.input('prompt', 'int32', ['P']);
  return {
    beams: g.input('beams', 'int64', [1]),
    candidates,
    steps: g.input('steps', 'int64', []),
    prompt,
    promptLength: g.node('Squeeze', [g.node('Shape', [prompt])]),
    ends: g.input('ends', 'int32', ['E']),
    biasOfStep: g.input('biasOfStep', 'int64', ['T']),
    divisors: g.input('divisors', 'float32', ['T']),
    reach: g.input('reach', 'float32', ['T']),
    vocabulary: new VocabularyChoice(g, model.output, candidates, {
      rows: g.input('bias', 'float32', ['N', model.output.outputs]),
      renormalize: g.input('renormalize', 'bool', []),
    }),
    untilFull: g.input('untilFull', 'bool', []),
    stop: g.input('stop', 'int32', [1]),
  };
}

/** What stays the same for a source during the search. */
export interface SearchedSources {
  /** int64 [1]: n */
  readonly count: Value;
  /** float32 [n, 1, 1, S] */
  readonly mask: Value;
  readonly memory: readonly SourceMemory[];
}

/** What a step hands to the next. */
export interface SearchState {
  /** int32 [R] */
  readonly tokens: Value;
  /** float32 [n, K]: of the running beams */
  readonly scores: Value;
  /** float32 [n, K]: of the best finished hypotheses */
  readonly finished: Value;
  /** bool [n, 1]: whether anything may still change what a source has found */
  readonly active: Value;
  /** float32 [R, N], of N = K * steps nodes: 0 for nodes that a beam goes back to, MASKED for others */
  readonly seen: Value;
  /** Keys and values of the nodes, of each layer: [n, H, N, D]. */
  readonly caches: readonly StepCache[];
}

/** As a loop carries them: tokens, scores, finished, active, seen, then keys and values of each layer. */
export function carriedValues({ tokens, scores, finished, active, seen, caches }: SearchState): Value[] {
  return [tokens, scores, finished, active, seen, ...caches.flatMap(({ keys, values }) => [keys, values])];
}

/** The state in values that come as `carriedValues` has them. */
export function carriedState([tokens = '', scores = '', finished = '', active = '', seen = '', ...caches]: readonly Value[]): SearchState {
  return { tokens, scores, finished, active, seen, caches: Array.from({ length: caches.length / 2 }, (_, layer) => ({ keys: caches[2 * layer] ?? '', values: caches[2 * layer + 1] ?? '' })) };
}

export interface SearchedStep {
  readonly next: SearchState;
  /** int32 [n, C], int32 [n, C], float32 [n, C] */
  readonly best: BestCandidates;
  /** float32 [R, S]; '' unless asked for */
  readonly attention: Value;
}

interface BestCandidates {
  readonly tokens: Value;
  readonly parents: Value;
  readonly scores: Value;
}

export class SearchStep {
  readonly #g: GraphBuilder;
  readonly #model: TransformerDefinition;
  readonly #alignment: AttentionHead | null;
  readonly #settings: SearchSettings;

  constructor(g: GraphBuilder, model: TransformerDefinition, alignment: AttentionHead | null, settings: SearchSettings) {
    this.#g = g;
    this.#model = model;
    this.#alignment = alignment;
    this.#settings = settings;
  }

  /** Nodes of the body `b`. step: int64 [], counted from the first of all; seenOfStep: [R, K], as in `seen`, of the nodes of a step. */
  take(b: GraphBuilder, step: Value, state: SearchState, { count, mask, memory }: SearchedSources, seenOfStep: Value): SearchedStep {
    const { beams } = this.#settings;
    const { tokens, caches } = state;
    const seen = b.node('Concat', [state.seen, seenOfStep], { attributes: { axis: int(1) } });
    const treeShape = b.node('Concat', [count, b.constant(int64([1], [1])), beams, b.constant(int64([1], [-1]))], { attributes: { axis: int(0) } });
    const tree = b.node('Reshape', [seen, treeShape]);
    const positions = this.#positions(b, tokens, step);
    const taken = decoderStep(b, this.#model, { tokens, positions, steps: step, tree, caches, memory, mask, sources: count }, this.#alignment);
    const best = this.#best(b, taken.hidden, state.scores, step, count);
    const ends = this.#endsOf(b, best.tokens);
    const going = this.#going(b, best, ends, step, state, count);
    const { finished, active } = this.#done(b, best, ends, going.scores, step, state);
    const next = { tokens: going.tokens, scores: going.scores, finished, active, seen: b.node('Gather', [seen, going.rows]), caches: taken.caches };
    return { next, best, attention: taken.attention };
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

  /** The best C of all continuations of each source, all [n, C]; they are among the best C of each beam. */
  #best(b: GraphBuilder, hidden: Value, scores: Value, step: Value, count: Value): BestCandidates {
    const { vocabulary, candidates, biasOfStep } = this.#settings;
    const { tokens: index, logProbabilities: values } = vocabulary.best(b, hidden, b.node('Gather', [biasOfStep, step]));
    const flat = b.node('Reshape', [scores, b.constant(int64([2], [-1, 1]))]);
    const bySource = b.node('Concat', [count, b.constant(int64([1], [-1]))], { attributes: { axis: int(0) } });
    const summed = b.node('Reshape', [b.node('Add', [values, flat]), bySource]);
    const [best = '', place = ''] = b.nodes('TopK', [summed, candidates], 2, { attributes: { axis: int(-1) } });
    const chosen = b.node('GatherElements', [b.node('Reshape', [index, bySource]), place], { attributes: { axis: int(1) } });
    return { tokens: this.#asInt(b, chosen), parents: this.#asInt(b, b.node('Div', [place, candidates])), scores: best };
  }

  /** Which candidates end their hypothesis, bool [n, C]. */
  #endsOf(b: GraphBuilder, tokens: Value): Value {
    const equal = b.node('Equal', [b.node('Unsqueeze', [tokens, b.constant(int64([1], [2]))]), this.#settings.ends]);
    const any = b.node('ReduceMax', [this.#asInt(b, equal)], { attributes: { axes: { kind: 'ints', value: [2] }, keepdims: int(0) } });
    return b.node('Greater', [any, b.constant(int32([], [0]))]);
  }

  /** The K beams that go on: tokens [R], scores [n, K], rows [R] that they continue. The prompt's own tokens are taken as they are. */
  #going(b: GraphBuilder, best: BestCandidates, ends: Value, step: Value, { tokens, scores }: SearchState, count: Value): Record<'tokens' | 'scores' | 'rows', Value> {
    const { beams, prompt, promptLength } = this.#settings;
    const flat = b.constant(int64([1], [-1]));
    const last = { attributes: { axis: int(1) } };
    const penalty = b.node('Where', [ends, this.#real(NONE), this.#real(0)]);
    const [going = '', place = ''] = b.nodes('TopK', [b.node('Add', [best.scores, penalty]), beams], 2, { attributes: { axis: int(-1) } });
    const parents = b.node('Cast', [b.node('GatherElements', [best.parents, place], last)], { attributes: { to: int(ELEMENT_TYPES.int64) } });
    const firstRows = b.node('Mul', [b.node('Range', [this.#whole(0), b.node('Squeeze', [count]), this.#whole(1)]), beams]);
    const rows = b.node('Reshape', [b.node('Add', [parents, b.node('Unsqueeze', [firstRows, b.constant(int64([1], [1]))])]), flat]);
    const chosen = b.node('Reshape', [b.node('GatherElements', [best.tokens, place], last), flat]);

    const following = b.node('Add', [step, this.#whole(1)]);
    const inPrompt = b.node('Less', [following, promptLength]);
    const bounded = b.node('Min', [following, b.node('Sub', [promptLength, this.#whole(1)])]);
    const given = b.node('Expand', [b.node('Gather', [prompt, bounded]), b.node('Shape', [tokens])]);
    const same = b.node('Range', [this.#whole(0), b.node('Squeeze', [b.node('Shape', [tokens])]), this.#whole(1)]);
    return {
      tokens: b.node('Where', [inPrompt, given, chosen]),
      scores: b.node('Where', [inPrompt, scores, going]),
      rows: b.node('Where', [inPrompt, same, rows]),
    };
  }

  /** The K best finished scores of each source, and whether anything may still change them. */
  #done(b: GraphBuilder, best: BestCandidates, ends: Value, running: Value, step: Value, before: SearchState): Pick<SearchState, 'finished' | 'active'> {
    const { beams, promptLength, divisors, untilFull } = this.#settings;
    const none = this.#real(NONE);
    const divisor = b.node('Gather', [divisors, step]);
    const reach = b.node('Gather', [this.#settings.reach, step]);
    const inPrompt = b.node('Less', [b.node('Add', [step, this.#whole(1)]), promptLength]);
    const counts = b.node('And', [ends, b.node('Not', [inPrompt])]);
    const ended = b.node('Where', [counts, b.node('Div', [best.scores, divisor]), none]);
    // Only ends among the best K candidates count.
    const amongBest = b.node('Slice', [ended, b.constant(int64([1], [0])), beams, b.constant(int64([1], [1]))]);
    const pool = b.node('Concat', [before.finished, amongBest], { attributes: { axis: int(1) } });
    const [finished = ''] = b.nodes('TopK', [pool, beams], 2, { attributes: { axis: int(-1) } });
    const over = { attributes: { axes: { kind: 'ints' as const, value: [1] }, keepdims: int(1) } };
    const worst = b.node('ReduceMin', [finished], over);
    const hope = b.node('Add', [b.node('Div', [b.node('ReduceMax', [running], over), reach]), this.#real(CAUTION)]);
    const full = b.node('Greater', [worst, this.#real(REAL)]);
    const stops = b.node('Or', [b.node('Not', [b.node('Greater', [hope, worst])]), b.node('And', [untilFull, full])]);
    const goesOn = b.node('Or', [inPrompt, b.node('Not', [stops])]);
    return { finished, active: b.node('And', [before.active, goesOn]) };
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
