/**
 * Generation where it is best: on the device that was named, or with `auto` on the fastest that says what the cpu says, as
 * translations are run (engine/model-devices.ts). A device that was chosen and fails is replaced by the cpu.
 */
import path from 'node:path';
import { chooseDevice, noteFailure, noteUse, openDeviceNotes, realDeviceTools } from '../devices/choose-device.ts';
import { type GenerationModel, runGenerationTrial } from '../devices/generation-trial.ts';
import type { Candidate } from '../devices/trial-outcome.ts';
import type { DeviceWish, Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { FolderGeneratorOptions, Generated, GenerationDetails } from './folder-generator.ts';
import type { GenerationRequest } from './generation-request.ts';
import { type GeneratorThread, openGeneratorThread } from './generator-thread.ts';

export interface GeneratorOptions extends Pick<FolderGeneratorOptions, 'from' | 'threads' | 'notice'> {
  readonly device: DeviceWish;
  /** Null: float32 on the cpu and on a device that is named, with `auto` the best that agrees. */
  readonly precision: Precision | null;
  /** Where compiled graphs are kept, and what was found out about devices. Null: nowhere; then `auto` is the cpu. */
  readonly cacheDir: string | null;
}

export interface Generator {
  /** The folder's name. */
  readonly name: string;
  generate(request: GenerationRequest, signal?: AbortSignal): Promise<Generated>;
  details(request: GenerationRequest, generated: Generated): Promise<GenerationDetails>;
  close(): Promise<void>;
}

const USUAL: Precision = 'float32';

/** Throws as `openFolderGenerator` does, and DEVICE_UNAVAILABLE for a device that was named. */
export async function openGenerator(folder: string, options: GeneratorOptions): Promise<Generator> {
  const model: GenerationModel = { folder, from: options.from };
  const place = options.device === 'auto' ? await chosen(model, options) : { device: options.device, precision: options.precision ?? USUAL };
  const generator = new PlacedGenerator(model, options, place);
  await generator.open();
  return generator;
}

async function chosen(model: GenerationModel, { precision, cacheDir, threads, notice }: GeneratorOptions): Promise<Candidate> {
  if (cacheDir === null) return { device: 'cpu', precision: precision ?? USUAL };
  const tools = { ...realDeviceTools({ cacheDir, threads }), trial: (tried: GenerationModel, candidate: Candidate) => runGenerationTrial(tried, candidate, { cacheDir, threads }) };
  const { notices, device, precision: best } = await chooseDevice(model, { precision, usual: USUAL, mayTry: true }, tools, await openDeviceNotes(cacheDir, model.folder, 'generation'));
  for (const text of notices) notice?.(text);
  return { device, precision: best };
}

class PlacedGenerator implements Generator {
  readonly name: string;
  readonly #model: GenerationModel;
  readonly #options: GeneratorOptions;
  #place: Candidate;
  #thread: GeneratorThread | null = null;
  /** Takes away the mark of a first run on a device. */
  #survived: (() => Promise<void>) | null = null;

  constructor(model: GenerationModel, options: GeneratorOptions, place: Candidate) {
    this.name = path.basename(model.folder);
    this.#model = model;
    this.#options = options;
    this.#place = place;
  }

  async open(): Promise<void> {
    await this.#orOnCpu(async () => this.#opened());
  }

  generate(request: GenerationRequest, signal?: AbortSignal): Promise<Generated> {
    return this.#orOnCpu(async () => {
      const generated = await (await this.#opened()).generate(request, signal);
      await this.#survived?.();
      this.#survived = null;
      return generated;
    });
  }

  details(request: GenerationRequest, generated: Generated): Promise<GenerationDetails> {
    return this.#orOnCpu(async () => (await this.#opened()).details(request, generated));
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    this.#thread = null;
  }

  async #opened(): Promise<GeneratorThread> {
    if (this.#thread !== null) return this.#thread;
    const { cacheDir, threads, notice, device } = this.#options;
    const { folder, from } = this.#model;
    if (device === 'auto' && this.#place.device !== 'cpu' && cacheDir !== null) this.#survived = await noteUse(await openDeviceNotes(cacheDir, folder, 'generation'), this.#place);
    return (this.#thread = await openGeneratorThread(folder, { from, threads, ...this.#place, ...(cacheDir === null ? {} : { cacheDir }), ...(notice === undefined ? {} : { notice }) }));
  }

  async #orOnCpu<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      const { device, precision, cacheDir, notice } = this.#options;
      if (device !== 'auto' || cacheDir === null || this.#place.device === 'cpu' || !(error instanceof EngineError) || error.code !== 'DEVICE_UNAVAILABLE') throw error;
      await noteFailure(await openDeviceNotes(cacheDir, this.#model.folder, 'generation'), this.#place, error.message);
      notice?.(`${error.message} The cpu is used instead, from now on.`);
      await this.close();
      this.#survived = null;
      this.#place = { device: 'cpu', precision: precision ?? USUAL };
      return work();
    }
  }
}
