/** A tiny seeded model in all the layouts that exporters write: they must say the same, whatever rows move or leave. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '../decoding/search/generate.ts';
import { generationOptions } from '../decoding/search/generation-options.ts';
import type { StepDecoder } from '../decoding/step-decoder.ts';
import { findExportedGraphs, quantizesDynamically } from '../weights/onnx-folder/graph-files.ts';
import { openExportedModel } from './exported-step-decoder.ts';
import { isIdentity, repeatedRows, takeRows } from './row-tensors.ts';
import { writeExportedFolder, type ExportedLayout } from './testing/exported-folder.ts';

const VOCABULARY = 23, PAD = 22, LIMIT = 9;
const options = generationOptions({}, { decoder_start_token_id: PAD, eos_token_id: 0, num_beams: 3, num_return_sequences: 3, max_new_tokens: 12 });
const sources = [[3, 4, 5, 0], [7, 0], [8, 9, 10, 11, 12, 13, 0], [1, 2, 0]];

let root = '';
beforeAll(async () => { root = await mkdtemp(path.join(tmpdir(), 'bitext-exported-')); });
afterAll(() => rm(root, { recursive: true, force: true }));

async function open(layout: ExportedLayout): Promise<StepDecoder> {
  const folder = path.join(root, layout);
  writeExportedFolder(folder, layout, { vocabulary: VOCABULARY, heads: 2, headSize: 3, seed: 4 });
  return openExportedModel(findExportedGraphs(folder, 'float32'), { padTokenId: PAD, maxSourceLength: LIMIT }, { threads: 1, device: 'cpu' });
}

describe('layouts', () => {
  test('two graphs with a cache, one merged graph and one graph without a cache say the same, alone and in a batch', async () => {
    const found = new Map<ExportedLayout, unknown>();
    for (const layout of ['uncached', 'split', 'merged'] as const) {
      const decoder = await open(layout);
      const together = await generate(decoder, { sources, options });
      const alone = [];
      for (const source of sources) alone.push(...(await generate(decoder, { sources: [source], options })));
      const ids = (all: typeof together): unknown => all.map((hypotheses) => hypotheses.map(({ tokens }) => tokens));
      expect(ids(together)).toEqual(ids(alone));
      found.set(layout, ids(together));
      await decoder.close();
    }
    expect(found.get('split')).toEqual(found.get('uncached'));
    expect(found.get('merged')).toEqual(found.get('uncached'));
    // The test would be empty if all outputs were alike.
    expect(new Set((JSON.stringify(found.get('uncached')).match(/\[\d[^\]]*\]/g) ?? [])).size).toBeGreaterThan(8);
  });

  test('what the model can\'t encode is refused', async () => {
    const decoder = await open('split');
    const refused = { name: 'EngineError', code: 'INVALID_INPUT' };
    await expect(decoder.start([[1], []], 1)).rejects.toMatchObject(refused);
    await expect(decoder.start([[VOCABULARY]], 1)).rejects.toMatchObject(refused);
    await expect(decoder.start([new Array<number>(LIMIT + 1).fill(1)], 1)).rejects.toMatchObject(refused);
    await decoder.close();
  });
});

describe('which graphs of a folder', () => {
  const make = (...names: string[]): string => {
    const folder = path.join(root, names.join('+').replaceAll('/', '_'));
    mkdirSync(path.join(folder, 'onnx'), { recursive: true });
    for (const name of names) writeFileSync(path.join(folder, name), name.includes('quantized') ? 'DynamicQuantizeLinear' : '');
    return folder;
  };

  test('the number format asked for, in the folder or in onnx/, merged before split', () => {
    const folder = make('onnx/encoder_model.onnx', 'onnx/encoder_model_quantized.onnx', 'onnx/decoder_model_merged.onnx', 'onnx/decoder_model_quantized.onnx', 'onnx/decoder_with_past_model_quantized.onnx');
    const at = (name: string): string => path.join(folder, 'onnx', name);
    expect(findExportedGraphs(folder, 'float32')).toEqual({ encoder: at('encoder_model.onnx'), decoder: { kind: 'merged', graph: at('decoder_model_merged.onnx') } });
    expect(quantizesDynamically(findExportedGraphs(folder, 'float32'))).toBe(false);
    expect(findExportedGraphs(folder, 'int8')).toEqual({
      encoder: at('encoder_model_quantized.onnx'),
      decoder: { kind: 'split', first: at('decoder_model_quantized.onnx'), later: at('decoder_with_past_model_quantized.onnx') },
    });
    expect(quantizesDynamically(findExportedGraphs(folder, 'int8'))).toBe(true);
  });

  test('another number format where the one asked for is not there; a decoder without cache last', () => {
    const folder = make('encoder_model_quantized.onnx', 'decoder_model.onnx');
    expect(findExportedGraphs(folder, 'float32')).toMatchObject({ encoder: path.join(folder, 'encoder_model_quantized.onnx'), decoder: { kind: 'uncached' } });
  });

  test('a missing graph is named', () => {
    expect(() => findExportedGraphs(make('decoder_model.onnx'), 'float32')).toThrow(expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('encoder_model.onnx') }));
    expect(() => findExportedGraphs(make('encoder_model.onnx', 'decoder_with_past_model.onnx'), 'float32')).toThrow(expect.objectContaining({ code: 'MODEL_MISSING', message: expect.stringContaining('decoder_model_merged.onnx') }));
  });
});

test('rows are taken, repeated and dropped', () => {
  const tensor = { type: 'float32', dims: [3, 2], data: Float32Array.of(0, 1, 10, 11, 20, 21) } as const;
  expect(takeRows(tensor, [2, 0, 2, 1])).toEqual({ type: 'float32', dims: [4, 2], data: Float32Array.of(20, 21, 0, 1, 20, 21, 10, 11) });
  expect([...repeatedRows(2, 3)]).toEqual([0, 0, 0, 1, 1, 1]);
  expect([isIdentity([0, 1], 2), isIdentity([0, 1], 3), isIdentity([1, 0], 2)]).toEqual([true, false, false]);
});
