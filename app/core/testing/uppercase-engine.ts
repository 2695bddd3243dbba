/** An engine that translates by writing in capitals: deterministic, quick, and an implementation like any other. For tests of the core. */
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError } from '../../../native-models/engine/engine-error.ts';
import type { Engine, EngineState, Link, TranslatedBatch, TranslateRequest, TranslateSummary, Translation } from '../../../native-models/engine/engine.ts';

export interface UppercaseOptions {
  readonly batchSize?: number;
  /** Pause after each batch. */
  readonly batchMs?: number;
}

const MODEL = { id: 'uppercase', name: 'Capitals', from: 'en', to: 'pt', architecture: 'capitals', folder: '', bytes: 0, licence: 'MIT', source: null } as const;

export class UppercaseEngine implements Engine {
  /** Texts of all requests so far. */
  readonly asked: string[] = [];
  readonly #batchSize: number;
  readonly #batchMs: number;

  constructor({ batchSize = 16, batchMs = 0 }: UppercaseOptions = {}) {
    this.#batchSize = batchSize;
    this.#batchMs = batchMs;
  }

  models(): ReturnType<Engine['models']> {
    return Promise.resolve({ models: [MODEL], unusable: [] });
  }

  state(): Promise<EngineState> {
    return Promise.resolve({ device: 'cpu', precision: 'float32', threads: 1, loaded: [MODEL.id], wordsPerSecond: null, residentBytes: null });
  }

  async translate(request: TranslateRequest, { signal, onBatch }: { signal?: AbortSignal; onBatch(batch: TranslatedBatch): void }): Promise<TranslateSummary> {
    if (request.from !== MODEL.from || request.to.split('-')[0] !== MODEL.to) throw new EngineError('PAIR_WITHOUT_MODEL', `There is no model for ${request.from} to ${request.to}.`, 'Download one.');
    this.asked.push(...request.texts);
    for (let start = 0; start < request.texts.length; start += this.#batchSize) {
      await pause(this.#batchMs);
      signal?.throwIfAborted();
      const texts = request.texts.slice(start, start + this.#batchSize);
      onBatch({ indices: texts.map((_, i) => start + i), translations: texts.map((text) => capitals(text, request.alignment)) });
    }
    const words = request.texts.reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
    return { model: MODEL.id, device: 'cpu', precision: 'float32', segments: request.texts.length, words, seconds: 0.001 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Each word and each sign is aligned with itself: signs without a capital of the same length stay as they are. */
function capitals(source: string, alignment: boolean): Translation {
  let text = '';
  for (const sign of source) text += sign.toUpperCase().length === sign.length ? sign.toUpperCase() : sign;
  const links = alignment ? Array.from(source.matchAll(/[\p{L}\p{N}]+|\S/gu), ({ index, 0: word }): Link => ({ source: [index, index + word.length], target: [index, index + word.length], weight: 1 })) : [];
  return { text, links, score: -0.1, flags: [] };
}
