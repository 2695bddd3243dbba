/** Models, the devices that they run on, and the state of the engine. */
import * as v from 'valibot';
import { Count, LanguageTag } from './values.ts';

export const Device = v.picklist(['cpu', 'webgpu', 'directml', 'coreml', 'cuda']);
export type Device = v.InferOutput<typeof Device>;

export const ModelInfo = v.object({
  id: v.string(),
  name: v.string(),
  from: LanguageTag,
  to: LanguageTag,
  architecture: v.string(),
  folder: v.string(),
  bytes: Count,
  licence: v.nullable(v.string()),
  source: v.nullable(v.string()),
  /** Only there where a side has several languages: each of `from` into each of `to`. */
  languages: v.exactOptional(v.object({ from: v.pipe(v.array(LanguageTag), v.readonly()), to: v.pipe(v.array(LanguageTag), v.readonly()) })),
  /** Translation alone when absent. */
  tasks: v.exactOptional(v.pipe(v.array(v.picklist(['translate', 'summarize', 'answer'])), v.readonly())),
  /** Of a model that was fine-tuned here; `retired`: the user went back from it. */
  tuned: v.exactOptional(v.object({ basedOn: v.string(), at: v.string(), retired: v.exactOptional(v.literal(true)) })),
});
export type ModelInfo = v.InferOutput<typeof ModelInfo>;

/** A model with what the list of models says beside. */
export const InstalledModel = v.object({
  ...ModelInfo.entries,
  diskBytes: Count,
  /** It lies in the studio's own store, so that it can be removed. */
  own: v.boolean(),
  /** Its manifest lists hashes, so that its files can be verified. */
  verifiable: v.boolean(),
  /** What its number format costs, as measured at import; null where that was not measured. */
  loss: v.nullable(v.string()),
});
export type InstalledModel = v.InferOutput<typeof InstalledModel>;

/** A model that the catalogue publishes. */
export const PublishedModelInfo = v.object({
  id: v.string(),
  from: v.string(),
  to: v.string(),
  version: v.string(),
  /** tiny, base ...; null where the catalogue does not say. */
  size: v.nullable(v.string()),
  downloadBytes: Count,
  installedBytes: Count,
  licence: v.string(),
  source: v.string(),
});
export type PublishedModelInfo = v.InferOutput<typeof PublishedModelInfo>;

export const EngineStatus = v.object({
  state: v.picklist(['stopped', 'starting', 'ready', 'failed']),
  device: Device,
  precision: v.nullable(v.picklist(['int8', 'float32', 'float16'])),
  threads: Count,
  loaded: v.array(v.string()),
  /** Measured over the last batches; null before the first. */
  wordsPerSecond: v.nullable(v.number()),
  residentBytes: v.nullable(Count),
  /** Restarts after a crash or a kill since the studio started. */
  restarts: Count,
  message: v.nullable(v.string()),
});
export type EngineStatus = v.InferOutput<typeof EngineStatus>;
