/**
 * Finds the graphs in a folder that was exported to ONNX by Optimum or for transformers.js: in the folder itself or in
 * `onnx/`, with the suffix of their number format (`_quantized`, `_int8`, ...; none: float32).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';

/** Absolute paths of the graphs to load. */
export interface ExportedGraphs {
  readonly encoder: string;
  readonly decoder: ExportedDecoder;
}

/**
 * `merged`: one graph with both branches (`use_cache_branch`); `split`: first step and later steps;
 * `uncached`: a graph that sees all tokens anew in each step.
 */
export type ExportedDecoder =
  | { readonly kind: 'merged'; readonly graph: string }
  | { readonly kind: 'split'; readonly first: string; readonly later: string }
  | { readonly kind: 'uncached'; readonly graph: string };

const FLOAT32 = [''];
const INT8 = ['_quantized', '_int8', '_uint8', '_q8'];
const OTHERS = ['_q4', '_bnb4'];

/**
 * The graphs of a folder, of the number format asked for where there is one, else of another.
 * Throws EngineError MODEL_MISSING naming the graph that the folder lacks.
 */
export function findExportedGraphs(folder: string, precision: 'float32' | 'int8'): ExportedGraphs {
  const suffixes = precision === 'int8' ? [...INT8, ...FLOAT32, ...OTHERS] : [...FLOAT32, ...INT8, ...OTHERS];
  const find = (name: string, among = suffixes): { file: string; suffix: string } | null => {
    for (const suffix of among)
      for (const place of [folder, path.join(folder, 'onnx')]) {
        const file = path.join(place, `${name}${suffix}.onnx`);
        if (existsSync(file)) return { file, suffix };
      }
    return null;
  };
  const encoder = find('encoder_model');
  if (encoder === null) throw missing(folder, 'encoder_model.onnx');
  const decoder = findDecoder(find, suffixes);
  if (decoder === null) throw missing(folder, 'decoder_model_merged.onnx, nor decoder_model.onnx');
  return { encoder: encoder.file, decoder };
}

/** One number format for all parts of the decoder; within it a merged graph before two, two before one without cache. */
function findDecoder(find: (name: string, among: string[]) => { file: string } | null, suffixes: readonly string[]): ExportedDecoder | null {
  for (const suffix of suffixes) {
    const merged = find('decoder_model_merged', [suffix]);
    if (merged !== null) return { kind: 'merged', graph: merged.file };
    const first = find('decoder_model', [suffix]),
      later = find('decoder_with_past_model', [suffix]);
    if (first !== null && later !== null) return { kind: 'split', first: first.file, later: later.file };
  }
  for (const suffix of suffixes) {
    const only = find('decoder_model', [suffix]);
    if (only !== null) return { kind: 'uncached', graph: only.file };
  }
  return null;
}

/** The graphs, each once. */
export function filesOf({ encoder, decoder }: ExportedGraphs): string[] {
  return [encoder, ...(decoder.kind === 'split' ? [decoder.first, decoder.later] : [decoder.graph])];
}

/** Whether a graph quantizes activations by the range of the whole batch, so that a sentence depends on its neighbours. Reads the files. */
export function quantizesDynamically(graphs: ExportedGraphs): boolean {
  // Operator names stand as plain text in the file.
  return filesOf(graphs).some((file) => {
    const bytes = readFileSync(file);
    return DYNAMIC.some((operator) => bytes.includes(operator));
  });
}

const DYNAMIC = ['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'DynamicQuantizeLSTM'];

function missing(folder: string, graph: string): EngineError {
  return new EngineError(
    'MODEL_MISSING',
    `The folder ${folder} has no ${graph}, neither in itself nor in onnx/.`,
    'Export the model with `optimum-cli export onnx --task text2text-generation-with-past`, or have its own weights used.',
  );
}
