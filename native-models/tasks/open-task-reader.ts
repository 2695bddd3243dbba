/** Opens a model of any family at its task. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openGenerator, type Generator } from '../decoding/open-generator.ts';
import type { DeviceWish } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { readJsonObject } from '../tokenizers/huggingface/json-values.ts';
import type { ModelTokenizer } from '../tokenizers/huggingface/model-tokenizer.ts';
import { openModelTokenizer } from '../tokenizers/huggingface/open-model-tokenizer.ts';
import { formatOf } from '../weights/inspect-folder.ts';
import { openRecurrentReader } from './recurrent-reader.ts';
import type { Generation, TaskReader } from './task-reader.ts';

/** What models read that say nothing of it: T5 was trained on so much. */
const USUAL_TOKENS = 512;

export interface TaskReaderOptions {
  readonly threads: number;
  readonly device: DeviceWish;
  /** Where compiled graphs are kept, and what was found out about devices; null: nowhere. */
  readonly cacheDir: string | null;
  /** Told what the user should know of how the model is run. */
  readonly notice?: (text: string) => void;
}

/** Opens a folder from its weights, where there are none from its graphs. Throws as `openGenerator` does. */
export async function openTaskReader(folder: string, { threads, ...options }: TaskReaderOptions): Promise<TaskReader> {
  if (formatOf(folder) === 'recurrent') return openRecurrentReader(folder, { threads });
  const tokenizer = openModelTokenizer(folder);
  const weights = ['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(path.join(folder, name)));
  const generator = await openGenerator(folder, { from: weights ? 'weights' : 'onnx', precision: null, threads, ...options });
  return new FolderReader(folder, tokenizer, generator);
}

class FolderReader implements TaskReader {
  readonly name: string;
  readonly room: number;
  readonly #tokenizer: ModelTokenizer;
  readonly #generator: Generator;
  /** Special tokens around every text. */
  readonly #special: number;

  constructor(folder: string, tokenizer: ModelTokenizer, generator: Generator) {
    this.name = generator.name;
    this.#tokenizer = tokenizer;
    this.#generator = generator;
    this.#special = tokenizer.encode('').length;
    const config = readJsonObject(folder, 'config.json') ?? {};
    const bounds = [tokenizer.maxLength, config['max_position_embeddings'], config['n_positions']].filter((bound): bound is number => typeof bound === 'number' && bound > 0);
    this.room = Math.min(...(bounds.length === 0 ? [USUAL_TOKENS] : bounds)) - this.#special;
  }

  count(text: string): number {
    return this.#tokenizer.encode(text).length - this.#special;
  }

  async generate(text: string, params: Readonly<Record<string, unknown>>, signal: AbortSignal | undefined): Promise<Generation> {
    const { output: [best] } = await this.#generator.generate({ source: text, params, prefix: '', mustContain: [], mustNotContain: [] }, signal);
    if (best === undefined) throw new EngineError('MODEL_BROKEN', `${this.name} gave no output.`, 'Try another model.');
    return { text: best.text.trim(), score: best.score };
  }

  close(): Promise<void> {
    return this.#generator.close();
  }
}
