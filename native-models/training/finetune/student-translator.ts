/** Translates sentences with a student's folder, for measuring and for making general pairs: no repairs, as the model is. */
import path from 'node:path';
import { corpusBleu } from '../../evaluation/bleu.ts';
import { corpusChrf } from '../../evaluation/chrf.ts';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import { openMarianStudent } from '../../runtime/open-marian-student.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import type { StudentFolder } from './student-folder.ts';

/** sacreBLEU's definitions, 0 to 100. */
export interface PairScores {
  readonly bleu: number;
  readonly chrf: number;
}

export interface TranslatedTokens {
  readonly text: string;
  /** Target ids, EOS last. */
  readonly ids: readonly number[];
  /** It was cut off at the limit of its length. */
  readonly truncated: boolean;
}

const ROWS_A_BATCH = 16;
const MOST_TOKENS = 250;

export class StudentTranslator {
  readonly #student: StudentFolder;
  readonly #model: CompiledModel;

  private constructor(student: StudentFolder, model: CompiledModel) {
    this.#student = student;
    this.#model = model;
  }

  /** `student` says the vocabularies; the weights are those of `folder`. */
  static async open(student: StudentFolder, folder: string, options: { readonly precision: 'int8' | 'float32'; readonly threads: number; readonly cacheDir: string }): Promise<StudentTranslator> {
    const shortlist = options.precision === 'int8' && student.shortlist !== null;
    return new StudentTranslator(student, await openMarianStudent({ folder: path.resolve(folder), device: 'cpu', shortlist, ...options }));
  }

  /** In the order of the sources. Rejects with the signal's reason. */
  async translate(sources: readonly string[], signal?: AbortSignal): Promise<TranslatedTokens[]> {
    const { source, target } = this.#student;
    const ids = sources.map((text) => [...source.encode(text).slice(0, MOST_TOKENS), source.eosId]);
    const order = ids.map((_, index) => index).sort((a, b) => (ids[a]?.length ?? 0) - (ids[b]?.length ?? 0));
    const translated = new Array<TranslatedTokens>(sources.length);
    for (let from = 0; from < order.length; from += ROWS_A_BATCH) {
      signal?.throwIfAborted();
      const batch = order.slice(from, from + ROWS_A_BATCH);
      const { outputs } = await this.#model.run(batch.map((index) => ids[index] ?? []), { alignment: false, scores: false });
      for (const [row, index] of batch.entries()) {
        const output = outputs[row];
        const tokens = Array.from(output?.ids ?? []);
        translated[index] = { text: target.decode(tokens), ids: [...tokens, target.eosId], truncated: output?.truncated ?? true };
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
