/** Translates sentences with a model in its folder, for measuring and for making general pairs: no repairs, as the model is. */
import { framed, type LanguageFrame } from '../../engine/language-frame.ts';
import { corpusBleu } from '../../evaluation/bleu.ts';
import { corpusChrf } from '../../evaluation/chrf.ts';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import type { PairScores } from './finetune-job.ts';

export interface TranslatedTokens {
  readonly text: string;
  /** Target ids without the end of the sentence. */
  readonly ids: readonly number[];
  /** It was cut off at the limit of its length. */
  readonly truncated: boolean;
}

export interface TranslatorOptions {
  readonly precision: 'int8' | 'float32';
  readonly threads: number;
  /** Of compiled graphs; a folder for each model. */
  readonly cacheDir: string;
}

/** How texts become what a model takes, and its outputs texts. */
export interface TextSides {
  readonly source: Pick<Tokenizer, 'encode' | 'eosId'>;
  readonly target: Pick<Tokenizer, 'decode'>;
  readonly frame: LanguageFrame;
  /** Tokens of a source that are read; what comes after them is cut off. Absent: the usual bound. */
  readonly most?: number;
}

const ROWS_A_BATCH = 16;
const MOST_TOKENS = 250;

export class PairTranslator {
  readonly #model: CompiledModel;
  readonly #sides: TextSides;

  constructor(model: CompiledModel, sides: TextSides) {
    this.#model = model;
    this.#sides = sides;
  }

  /** In the order of the sources; what is longer than the model takes is cut off. Rejects with the signal's reason. */
  async translate(sources: readonly string[], signal?: AbortSignal): Promise<TranslatedTokens[]> {
    const { source, target, frame } = this.#sides;
    const most = Math.min(this.#sides.most ?? MOST_TOKENS, this.#model.maxSourceTokens - frame.before.length - frame.after.length);
    const ids = sources.map((text) => framed(frame, [...source.encode(text).slice(0, most), source.eosId]));
    const order = ids.map((_, index) => index).sort((a, b) => (ids[a]?.length ?? 0) - (ids[b]?.length ?? 0));
    const translated = new Array<TranslatedTokens>(sources.length);
    const language = { ...(frame.firstToken === null ? {} : { firstToken: frame.firstToken }), ...(frame.generation === undefined ? {} : { generation: frame.generation }) };
    for (let from = 0; from < order.length; from += ROWS_A_BATCH) {
      signal?.throwIfAborted();
      const batch = order.slice(from, from + ROWS_A_BATCH);
      const { outputs } = await this.#model.run(batch.map((index) => ids[index] ?? []), { alignment: false, scores: false, ...language });
      for (const [row, index] of batch.entries()) {
        const output = outputs[row];
        const tokens = Array.from(output?.ids ?? []);
        translated[index] = { text: target.decode(tokens), ids: tokens, truncated: output?.truncated ?? true };
      }
    }
    return translated;
  }

  async measure(pairs: readonly SentencePair[], signal?: AbortSignal): Promise<PairScores> {
    const translations = (await this.translate(pairs.map(({ source }) => source), signal)).map(({ text }) => text);
    const references = [pairs.map(({ target }) => target)];
    return { bleu: corpusBleu(translations, references).score, chrf: corpusChrf(translations, references).score };
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}
