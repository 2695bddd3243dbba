/** A recurrent model that was trained here for summaries or answers, at its task. */
import path from 'node:path';
import type { CompiledModel } from '../runtime/compiled-model.ts';
import { openRecurrentFolder } from '../runtime/open-recurrent.ts';
import { openSentencePiece } from '../tokenizers/sentencepiece.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { recurrentVocabularies } from '../weights/recurrent-folder.ts';
import type { Generation, TaskReader } from './task-reader.ts';

const BEAM = 4;

/** Throws EngineError MODEL_MISSING or MODEL_BROKEN. */
export async function openRecurrentReader(folder: string, { threads }: { readonly threads: number }): Promise<TaskReader> {
  const names = recurrentVocabularies(folder);
  const [source, target] = [openSentencePiece(path.join(folder, names.source)), openSentencePiece(path.join(folder, names.target))];
  return new RecurrentReader(path.basename(folder), await openRecurrentFolder(folder, { threads, device: 'cpu' }), source, target);
}

class RecurrentReader implements TaskReader {
  readonly name: string;
  readonly room: number;
  readonly #model: CompiledModel;
  readonly #source: Tokenizer;
  readonly #target: Tokenizer;

  constructor(name: string, model: CompiledModel, source: Tokenizer, target: Tokenizer) {
    this.name = name;
    this.room = model.maxSourceTokens - 1;
    this.#model = model;
    this.#source = source;
    this.#target = target;
  }

  count(text: string): number {
    return this.#source.encode(text).length;
  }

  /** Has no settings of generation; `length_penalty` is 1. */
  async generate(text: string, _params: Readonly<Record<string, unknown>>, signal: AbortSignal | undefined): Promise<Generation> {
    signal?.throwIfAborted();
    const { outputs: [output] } = await this.#model.run([[...this.#source.encode(text).slice(0, this.room), this.#source.eosId]], { alignment: false, scores: true, beam: BEAM });
    const tokens = output?.ids.length ?? 0;
    return { text: this.#target.decode(output?.ids ?? []).trim(), score: (output?.score ?? 0) / (tokens + 1) };
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}
