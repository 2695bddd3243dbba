/** Translates with a model as it stands in the middle of its training: for scores, samples and pictures of its attention. */
import { corpusBleu } from '../../evaluation/bleu.ts';
import { corpusChrf } from '../../evaluation/chrf.ts';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';

export interface ModelScores {
  /** 0 to 100, as sacreBLEU counts. */
  readonly bleu: number;
  readonly chrf: number;
  /** Share of outputs that are the reference letter by letter, 0 to 1. */
  readonly exact: number;
}

/** How much each output token looked at each source token. */
export interface AttentionPicture {
  readonly source: readonly string[];
  /** The last one is the end of the sentence, where it was said. */
  readonly output: readonly string[];
  /** A row an output token, a number a source token; rows sum to 1. */
  readonly weights: readonly (readonly number[])[];
}

export interface CheckpointTranslation {
  readonly text: string;
  readonly picture: AttentionPicture;
}

const ROWS_A_BATCH = 32;
const MOST_TOKENS = 250;
const END_PIECE = '</s>';

export interface Sides {
  readonly source: Tokenizer & { pieceOf(id: number): string };
  readonly target: Tokenizer & { pieceOf(id: number): string };
}

export class CheckpointTranslator {
  readonly #model: CompiledModel;
  readonly #sides: Sides;

  constructor(model: CompiledModel, sides: Sides) {
    this.#model = model;
    this.#sides = sides;
  }

  /** In the order of the sources. Rejects with the signal's reason. */
  async translate(sources: readonly string[], { beam = 1, signal }: { readonly beam?: number; readonly signal?: AbortSignal } = {}): Promise<CheckpointTranslation[]> {
    const { source, target } = this.#sides;
    const ids = sources.map((text) => [...source.encode(text).slice(0, MOST_TOKENS), source.eosId]);
    const order = ids.map((_, index) => index).sort((a, b) => (ids[a]?.length ?? 0) - (ids[b]?.length ?? 0));
    const translated = new Array<CheckpointTranslation>(sources.length);
    for (let from = 0; from < order.length; from += ROWS_A_BATCH) {
      signal?.throwIfAborted();
      const batch = order.slice(from, from + ROWS_A_BATCH);
      const { outputs } = await this.#model.run(batch.map((index) => ids[index] ?? []), { alignment: true, scores: false, beam });
      for (const [row, index] of batch.entries()) {
        const output = outputs[row];
        const tokens = Array.from(output?.ids ?? []);
        const own = ids[index] ?? [];
        const pieces = [...tokens.map((id) => target.pieceOf(id)), ...(output?.truncated === false ? [END_PIECE] : [])];
        const weights = pieces.map((_, step) => [...(output?.attention ?? []).slice(step * own.length, (step + 1) * own.length)]);
        translated[index] = { text: target.decode(tokens), picture: { source: own.map((id) => (id === source.eosId ? END_PIECE : source.pieceOf(id))), output: pieces, weights } };
      }
    }
    return translated;
  }

  async measure(pairs: readonly SentencePair[], options: { readonly beam?: number; readonly signal?: AbortSignal } = {}): Promise<{ scores: ModelScores; translations: CheckpointTranslation[] }> {
    const translations = await this.translate(pairs.map(({ source }) => source), options);
    const texts = translations.map(({ text }) => text);
    const references = pairs.map(({ target }) => target);
    const exact = texts.filter((text, index) => text === references[index]).length / Math.max(1, pairs.length);
    return { scores: { bleu: corpusBleu(texts, [references]).score, chrf: corpusChrf(texts, [references]).score, exact }, translations };
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}
