/**
 * Generation over a step decoder, as transformers' `generate()` does it: greedy for one beam, else beam search.
 * A batch gives every source what it would get alone.
 */
import { EngineError } from '../../engine/engine-error.ts';
import type { StopSignal } from '../../runtime/stop-flag.ts';
import type { StepDecoder, StepState } from '../step-decoder.ts';
import { maxLengthOf, type GenerationOptions } from './generation-options.ts';
import { ConstrainedBeams } from './constrained-beams.ts';
import type { RequiredTexts } from './required-texts.ts';
import { SentenceBeams, type Hypothesis } from './sentence-beams.ts';
import { SentenceGreedy } from './sentence-greedy.ts';
import { logSoftmax } from './log-softmax.ts';
import type { LogitsProcessor } from './processors/logits-processor.ts';
import { processorList } from './processors/processor-list.ts';

export interface GenerateRequest {
  /** Token ids with their special tokens. */
  readonly sources: readonly (readonly number[])[];
  readonly options: GenerationOptions;
  /** Decoder tokens after the start token that every output begins with. */
  readonly prefix?: readonly number[];
  /** The engine's own rules, see processors/. */
  readonly rules?: readonly LogitsProcessor[];
  /** Texts that every output must contain; with some, `numBeams` should be at least 4. A source for which there is no such output has no hypotheses. */
  readonly required?: RequiredTexts;
  /** Most decoder rows at once. */
  readonly maxRows?: number;
  readonly signal?: StopSignal;
}

/** A search of one sentence, a step at a time; its rows are `running`. */
interface SentenceSearch {
  readonly running: readonly { readonly tokens: readonly number[] }[];
  readonly active: boolean;
  /** `scores(k)`: log-probabilities (beam) or logits (greedy) of row k after all rules. Returns the row that each new row continues. */
  advance(scores: (row: number) => Float32Array): Int32Array;
  results(): Hypothesis[];
}

/** The hypotheses of each source, best first, in the order of the sources. Rejects with the signal's reason when it is aborted. */
export async function generate(decoder: StepDecoder, request: GenerateRequest): Promise<Hypothesis[][]> {
  const { sources, options } = request;
  const perBatch = decoder.batchIndependent ? Math.max(1, Math.floor((request.maxRows ?? 64) / options.numBeams)) : 1;
  // Sources of like length together, so that little is padding.
  const order = sources.map((_, i) => i).sort((a, b) => (sources[a]?.length ?? 0) - (sources[b]?.length ?? 0));
  const results = new Array<Hypothesis[]>(sources.length);
  for (let start = 0; start < order.length; start += perBatch) {
    const batch = order.slice(start, start + perBatch);
    const found = await searchBatch(decoder, batch.map((i) => sources[i] ?? []), request);
    batch.forEach((i, at) => { results[i] = found[at] ?? []; });
  }
  return results;
}

async function searchBatch(decoder: StepDecoder, sources: readonly (readonly number[])[], request: GenerateRequest): Promise<Hypothesis[][]> {
  const { options, signal } = request;
  const prompt = [options.decoderStartTokenId, ...(request.prefix ?? [])];
  const maxLength = maxLengthOf(options, prompt.length);
  if (maxLength <= prompt.length)
    throw new EngineError('INVALID_INPUT', `The output is to begin with ${prompt.length} tokens, which leaves none of the ${maxLength} that max_length allows.`, 'Raise max_length, or use max_new_tokens.');
  const processors = processorList(options, prompt.length, maxLength, request.rules ?? []);
  const searches = sources.map((): SentenceSearch => {
    if (request.required !== undefined) return new ConstrainedBeams(options, prompt, maxLength, request.required);
    return options.numBeams > 1 ? new SentenceBeams(options, prompt, maxLength) : new SentenceGreedy(options, prompt, maxLength);
  });
  signal?.throwIfAborted();
  const state = await decoder.start(sources, options.numBeams);
  try {
    await readPrompt(state, prompt, sources.length * options.numBeams);
    let left = searches;
    let from: Int32Array | null = null;
    while (left.length > 0) {
      signal?.throwIfAborted();
      const logits: Float32Array = await state.step(left.flatMap(({ running }) => running.map(({ tokens }) => tokens.at(-1) ?? options.decoderStartTokenId)), from);
      const continued = advanceAll(left, { logits, width: decoder.vocabularySize, processors, asProbabilities: options.numBeams > 1 || request.required !== undefined });
      const active = left.filter((search) => search.active);
      const rows = Int32Array.from(left.flatMap((search, i) => (search.active ? [...(continued[i] ?? [])] : [])));
      from = rows;
      if (active.length < left.length && active.length > 0) {
        await state.keep(rows);
        from = null;
      }
      left = active;
    }
  } finally {
    state.dispose();
  }
  return searches.map((search) => search.results());
}

/** Feeds all of the prompt but its last token, which the first step of the search takes. */
async function readPrompt(state: StepState, prompt: readonly number[], rows: number): Promise<void> {
  for (const token of prompt.slice(0, -1)) await state.step(new Int32Array(rows).fill(token), null);
}

interface StepScores {
  /** [rows * width] */
  readonly logits: Float32Array;
  readonly width: number;
  readonly processors: readonly LogitsProcessor[];
  readonly asProbabilities: boolean;
}

/** Lets each sentence take its step; returns the rows of the whole batch that its new rows continue. */
function advanceAll(searches: readonly SentenceSearch[], { logits, width, processors, asProbabilities }: StepScores): Int32Array[] {
  let first = 0;
  return searches.map((search) => {
    const offset = first;
    const rows = search.running;
    first += rows.length;
    const from = search.advance((row) => {
      const scores = logits.subarray((offset + row) * width, (offset + row + 1) * width);
      if (asProbabilities) logSoftmax(scores);
      for (const processor of processors) processor.process(scores, rows[row]?.tokens ?? []);
      return scores;
    });
    return from.map((row) => row + offset);
  });
}
