/**
 * Whole searches on WebGPU, on the software adapter: the same tokens as the cpu. Skipped where no Electron is installed
 * or the system has no Vulkan loader (libvulkan1).
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SeededTransformer, seededTransformer } from '../architectures/testing/seeded-transformer.ts';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { generationOptions } from '../decoding/search/generation-options.ts';
import type { Hypothesis } from '../decoding/search/sentence-beams.ts';
import type { EngineDevice } from '../engine/engine.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import { openMarianStudent } from '../runtime/open-marian-student.ts';
import { openTransformerSearch } from '../runtime/transformer-search.ts';
import { readWeightsFolder } from '../weights/huggingface-folder.ts';
import { SMALL_STUDENT, studentFile } from '../weights/testing/synthetic-student.ts';
import { probeDevice } from './device-probe.ts';
import { verdictOf } from './probe-note.ts';
import { softwareAdapter, useSoftwareAdapter } from './testing/software-adapter.ts';

useSoftwareAdapter();
const probe = softwareAdapter() === null ? null : await probeDevice('webgpu').catch(() => null);
const available = probe !== null;

const MARIAN = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data'), 'models/marian');
const SHAPE: SeededTransformer = {
  seed: 41, dim: 16, heads: 2, headSize: 8, encoderFfn: 16, decoderFfn: 16, encoderLayers: 1, decoderLayers: 1, sourceVocabulary: 30, targetVocabulary: 24,
  norms: 'pre', normKind: 'layer', embeddingNorm: false, activation: 'relu', gated: false, biases: true, layout: 'out-in', firstPosition: 2, uncounted: null, buckets: null,
  maxDistance: 0, zeroEmbedding: false, tied: true,
};

async function search(model: TransformerDefinition, device: EngineDevice, sources: readonly number[][], settings: Record<string, unknown>): Promise<Hypothesis[][]> {
  const opened = await openTransformerSearch(model, { threads: 1, device });
  try {
    return await opened.search({ sources, options: generationOptions(settings, undefined) });
  } finally {
    await opened.close();
  }
}

function expectSame(found: readonly Hypothesis[][], expected: readonly Hypothesis[][]): void {
  expect(found.map((hypotheses) => hypotheses.map(({ tokens }) => tokens))).toEqual(expected.map((hypotheses) => hypotheses.map(({ tokens }) => tokens)));
  for (const [source, hypotheses] of expected.entries())
    for (const [rank, { score }] of hypotheses.entries()) expect(Math.abs((found[source]?.[rank]?.score ?? NaN) - score)).toBeLessThan(1e-3);
}

describe.skipIf(!available)('WebGPU on the software adapter', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'webgpu-'));
    await writeFile(path.join(folder, 'model.xxyy.bin'), studentFile({ ...SMALL_STUDENT, dim: 16, heads: 2, ffnDim: 16, encoderLayers: 1, decoderLayers: 1, vocabulary: 40, endBias: 0 }));
    await writeFile(path.join(folder, 'vocab.xxyy.spm'), 'not read here');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function translate(device: EngineDevice, precision: 'float32' | 'float16', beam: number): Promise<readonly DecodedSentence[]> {
    const model = await openMarianStudent({ folder, cacheDir: path.join(folder, 'cache'), precision, threads: 1, device, shortlist: false });
    try {
      return (await model.run([[5, 9, 3, 0], [7, 0]], { alignment: true, scores: true, beam, maxTargetTokens: 5 })).outputs;
    } finally {
      await model.close();
    }
  }

  test('multiplies as the cpu does, and shows by its speed that it is software', () => {
    expect(probe?.float32.difference).toBeLessThan(1e-4);
    expect(probe === null ? null : verdictOf({ status: 'ran', ...probe })).toBe('software');
  });

  test('a student gives the tokens, scores and attention of the cpu', async () => {
    const [onCpu, onGpu] = [await translate('cpu', 'float32', 1), await translate('webgpu', 'float32', 1)];
    expect(onCpu.flatMap(({ ids }) => [...ids]).length).toBeGreaterThan(3);
    expect(onGpu.map(({ ids }) => [...ids])).toEqual(onCpu.map(({ ids }) => [...ids]));
    for (const [index, { score, attention }] of onCpu.entries()) {
      expect(onGpu[index]?.score).toBeCloseTo(score ?? NaN, 3);
      for (const [at, weight] of (attention ?? []).entries()) expect(onGpu[index]?.attention?.[at]).toBeCloseTo(weight, 4);
    }
  });

  test('half precision, which this adapter does not have, is refused by name', async () => {
    await expect(translate('webgpu', 'float16', 1)).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining('f16') });
  });

  test('the search graph of a transformer finds the hypotheses of the cpu', async () => {
    const model = seededTransformer(SHAPE);
    const settings = { num_beams: 2, num_return_sequences: 2, eos_token_id: 3, pad_token_id: 0, max_new_tokens: 4, decoder_start_token_id: 2 };
    const sources = [[7, 4, 9], [12]];
    expectSame(await search(model, 'webgpu', sources, settings), await search(model, 'cpu', sources, settings));
  });

  test.skipIf(!existsSync(MARIAN))('a tiny model of the shared data, from its Hugging Face folder, says what it says on the cpu', async () => {
    const model = await readWeightsFolder(MARIAN);
    const settings = { eos_token_id: 0, pad_token_id: 3140, max_new_tokens: 3, decoder_start_token_id: 3140 };
    const sources = [[5, 6, 0], [9, 0]];
    expectSame(await search(model, 'webgpu', sources, settings), await search(model, 'cpu', sources, settings));
  });
});
