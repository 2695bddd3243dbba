/** What a model is, for its user: sizes, numbers and files, read from its folder without loading it. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelDescription } from '../engine/engine.ts';
import { readJsonObject, type JsonObject } from '../tokenizers/huggingface/json-values.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import { readMarianBinary } from '../weights/marian-binary.ts';
import { readStudentArchitecture } from '../weights/marian-config.ts';
import { isMultiplier } from '../weights/marian-weights.ts';
import { readMarianTeacher } from '../weights/marian-teacher-folder.ts';
import type { InspectedFolder, ModelFormat } from '../weights/model-folder.ts';
import { readRecurrentFolder } from '../weights/recurrent-folder.ts';
import { countSafetensors } from '../weights/safetensors.ts';

export interface ModelSizes {
  readonly dim: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
}

export interface ModelSheet {
  readonly format: ModelFormat;
  /** As far as its files tell. */
  readonly sizes: Partial<ModelSizes>;
  /** Numbers that were trained; null where only graphs tell. */
  readonly parameters: number | null;
  /** Types that they are stored in, the most frequent first: `int8`, `float32`, ... */
  readonly storedAs: readonly string[];
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** Errors: those of `inspectModelFolder`, and MODEL_BROKEN for weights that can't be read. */
export async function inspectModel({ folder }: Pick<ModelDescription, 'folder'>): Promise<ModelSheet> {
  const model = await inspectModelFolder(folder);
  const files = model.files.map((name) => ({ name, bytes: statSync(path.join(folder, name)).size }));
  return { format: model.format, files, ...(await contentOf(model)) };
}

type Content = Pick<ModelSheet, 'sizes' | 'parameters' | 'storedAs'>;

async function contentOf({ folder, format, files }: InspectedFolder): Promise<Content> {
  switch (format) {
    case 'marian-bin':
      return studentContent(folder, files.find((name) => /^model\..*bin$/.test(name)) ?? '');
    case 'marian-npz':
      return teacherContent(folder);
    case 'safetensors':
      return { sizes: sizesIn(readJsonObject(folder, 'config.json') ?? {}), ...(await weightsIn(folder, files)) };
    case 'recurrent': {
      const { configuration: c } = await readRecurrentFolder(folder);
      const sizes = { dim: c.hidden, heads: c.context === 'multi-head' ? c.heads : 1, encoderLayers: c.encoderLayers, decoderLayers: c.decoderLayers, sourceVocabulary: c.sourceVocabulary, targetVocabulary: c.targetVocabulary };
      return { sizes, ...(await weightsIn(folder, files)) };
    }
    case 'onnx':
      return { sizes: sizesIn(readJsonObject(folder, 'config.json') ?? {}), parameters: null, storedAs: [files.some((name) => /_(?:quantized|u?int8|q8)\.onnx$/.test(name)) ? 'int8' : 'float32'] };
  }
}

async function studentContent(folder: string, file: string): Promise<Content> {
  const tensors = readMarianBinary(await readFile(path.join(folder, file)), file);
  const { dim, heads, ffnDim: feedForward, encoderLayers, decoderLayers, sourceVocabulary, targetVocabulary } = readStudentArchitecture(tensors, file);
  const counts = new Map<string, number>();
  let parameters = 0;
  for (const [name, tensor] of tensors) {
    if (name.startsWith('special:') || isMultiplier(name)) continue;
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    parameters += count;
    const type = tensor.type === 'intgemm8' ? 'int8' : tensor.type;
    counts.set(type, (counts.get(type) ?? 0) + count);
  }
  return { sizes: { dim, heads, feedForward, encoderLayers, decoderLayers, sourceVocabulary, targetVocabulary }, parameters, storedAs: mostFirst(counts) };
}

async function teacherContent(folder: string): Promise<Content> {
  const { definition: { dim, encoder, decoder } } = await readMarianTeacher(folder);
  const [first] = decoder.layers;
  const sizes = {
    dim, heads: first?.selfAttention.heads ?? 0, feedForward: first?.feedForward.inner.outputs ?? 0,
    encoderLayers: encoder.layers.length, decoderLayers: decoder.layers.length, sourceVocabulary: encoder.embedding.rows, targetVocabulary: decoder.embedding.rows,
  };
  return { sizes, parameters: numbersIn([encoder, decoder]), storedAs: ['float32'] };
}

/** Of all different arrays below a value; tables of positions are computed, not trained. */
function numbersIn(part: unknown, seen = new Set<Float32Array>()): number {
  if (part instanceof Float32Array) {
    if (seen.has(part)) return 0;
    seen.add(part);
    return part.length;
  }
  if (typeof part !== 'object' || part === null) return 0;
  return Object.entries(part).reduce((sum, [name, value]) => sum + (name === 'positions' ? 0 : numbersIn(value, seen)), 0);
}

async function weightsIn(folder: string, files: readonly string[]): Promise<Pick<Content, 'parameters' | 'storedAs'>> {
  const counts = new Map<string, number>();
  for (const file of files.filter((name) => name.endsWith('.safetensors')))
    for (const [type, count] of await countSafetensors(path.join(folder, file))) counts.set(NAMES[type] ?? type, (counts.get(NAMES[type] ?? type) ?? 0) + count);
  return { parameters: [...counts.values()].reduce((sum, count) => sum + count, 0), storedAs: mostFirst(counts) };
}

const NAMES: Readonly<Record<string, string>> = { F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

const mostFirst = (counts: ReadonlyMap<string, number>): string[] => [...counts].sort((a, b) => b[1] - a[1]).map(([type]) => type);

/** By the names of the families' configs: BART's first, then T5's. */
function sizesIn(config: JsonObject): Partial<ModelSizes> {
  const number = (...keys: string[]): number | undefined => keys.map((key) => config[key]).find((value) => typeof value === 'number');
  const vocabulary = number('vocab_size');
  const found: { readonly [K in keyof ModelSizes]: number | undefined } = {
    dim: number('d_model'), heads: number('encoder_attention_heads', 'num_heads'), feedForward: number('encoder_ffn_dim', 'd_ff'),
    encoderLayers: number('encoder_layers', 'num_layers'), decoderLayers: number('decoder_layers', 'num_decoder_layers', 'num_layers'),
    sourceVocabulary: vocabulary, targetVocabulary: number('decoder_vocab_size') ?? vocabulary,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
