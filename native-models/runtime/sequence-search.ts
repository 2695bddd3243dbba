/**
 * The search of any encoder-decoder that is no Marian student: in the graph where there is one and it can follow the
 * settings, else step by step. Both give the same hypotheses.
 */
import { generate } from '../decoding/search/generate.ts';
import type { GenerationOptions } from '../decoding/search/generation-options.ts';
import { searchAsMarian, type MarianSearchOptions } from '../decoding/search/marian-beams.ts';
import type { StepDecoder } from '../decoding/step-decoder.ts';
import type { StopSignal } from './stop-flag.ts';
import type { AttendedHypothesis, TransformerSearch } from './transformer-search.ts';

export interface SequenceSearchRequest {
  readonly sources: readonly (readonly number[])[];
  readonly options: GenerationOptions;
  /** Decoder tokens behind the start token that every output begins with. */
  readonly prefix: readonly number[];
  /** Ask for `attention`. */
  readonly attention: boolean;
  /** An AbortSignal stops between two runs of a graph, a StopFlag within one. */
  readonly signal?: StopSignal;
}

/** A hypothesis with the sum of its log-probabilities beside the score by which it competed. */
export interface MarianFinding extends AttendedHypothesis {
  readonly pathScore: number;
}

export interface SequenceSearchParts {
  /** Null where the model has no graph with a search in it. */
  readonly graph: TransformerSearch | null;
  /** Opens the model for a search step by step; called once, when it is first needed. */
  openSteps(): Promise<StepDecoder>;
  /** The search that Marian itself would do; it holds where nothing else is asked for. */
  readonly marian: MarianSearchOptions | null;
}

export class SequenceSearch {
  readonly #parts: SequenceSearchParts;
  #steps: Promise<StepDecoder> | null = null;

  constructor(parts: SequenceSearchParts) {
    this.#parts = parts;
  }

  /** The hypotheses of each source, best first. */
  async search(request: SequenceSearchRequest): Promise<AttendedHypothesis[][]> {
    const { sources, options, prefix, attention, signal } = request;
    const { graph } = this.#parts;
    const stop = signal === undefined ? {} : { signal };
    if (graph?.can(options, prefix) === true) return graph.search({ sources, options, prefix, ...stop });
    const steps = await this.steps();
    const found = await generate(steps, { sources, options, prefix, ...stop });
    const attended: AttendedHypothesis[][] = [];
    for (const [index, hypotheses] of found.entries()) {
      const list: AttendedHypothesis[] = [];
      for (const hypothesis of hypotheses) {
        signal?.throwIfAborted();
        list.push({ ...hypothesis, attention: attention ? await attentionOf(steps, sources[index] ?? [], hypothesis.tokens) : null });
      }
      attended.push(list);
    }
    return attended;
  }

  /** By Marian's own rules; null where the model is none of Marian's. The hypotheses begin with the start token. */
  async searchAsMarian(sources: readonly (readonly number[])[], signal?: StopSignal): Promise<MarianFinding[][] | null> {
    const { marian } = this.#parts;
    if (marian === null) return null;
    const found = await searchAsMarian(await this.steps(), sources, marian, signal);
    return found.map((hypotheses, index) => hypotheses.map(({ tokens, score, pathScore, wordScores, attention }) => ({
      tokens: [marian.startId, ...tokens], score, pathScore, tokenScores: wordScores, attention: attention === null ? null : joined(attention, sources[index]?.length ?? 0),
    })));
  }

  steps(): Promise<StepDecoder> {
    this.#steps ??= this.#parts.openSteps();
    return this.#steps;
  }

  async close(): Promise<void> {
    await this.#parts.graph?.close();
    await (await this.#steps)?.close();
  }
}

/** Lets the decoder say the tokens once more; null where it does not tell what it looks at. */
async function attentionOf(decoder: StepDecoder, source: readonly number[], tokens: readonly number[]): Promise<Float32Array | null> {
  const state = await decoder.start([source], 1);
  try {
    const rows: Float32Array[] = [];
    for (const token of tokens.slice(0, -1)) {
      await state.step([token], null);
      const { attention } = state;
      if (attention === undefined || attention === null) return null;
      rows.push(Float32Array.from(attention));
    }
    return joined(rows, source.length);
  } finally {
    state.dispose();
  }
}

function joined(rows: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(rows.length * length);
  for (const [index, row] of rows.entries()) all.set(row.subarray(0, length), index * length);
  return all;
}
