import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStoredModel } from '../../weights/huggingface-folder.ts';
import { weightParts } from '../pretrained/weight-parts.ts';
import { openRunDirectory } from '../runs/run-directory.ts';
import { parameterName } from '../session/training-graph.ts';
import { sentenceAttention } from './sentence-attention.ts';

const MODELS = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data'), 'models');

describe.skipIf(!existsSync(path.join(MODELS, 'marian')))('where a fine-tuned transformer looks', () => {
  it.each(['marian', 'nllb'])('is told of %s before it was fine-tuned and at any checkpoint', async (family) => {
    const modelFolder = path.join(MODELS, family);
    const runFolder = path.join(mkdtempSync(path.join(tmpdir(), 'bitext-attention-run-')), 'run');
    const run = await openRunDirectory(runFolder, { task: 'finetune', seed: 1, corpusHash: 'ab', settings: { task: { task: 'translate', from: 'en', to: 'de' } } });
    const parts = weightParts((await readStoredModel(modelFolder)).definition);
    const saved = (change: (value: number, index: number) => number) => ({ tensors: new Map(parts.map(({ name, dims, data }) => [parameterName(name), { dims, data: data.map(change) }])), state: {} });
    await run.save(1, saved((value) => value));
    await run.save(2, saved((value, index) => (index % 40 === 0 ? -value : value)));
    const at = (checkpoint: number | null) => sentenceAttention({ modelFolder, runFolder, checkpoint, sentence: 'A man is eating.' }, { threads: 1 });
    const [before, same, changed] = [await at(null), await at(1), await at(2)];
    expect(same).toEqual(before);
    expect(changed).not.toEqual(before);
    expect(before.source.join('').replace(/^<>/u, '')).toBe(`\u2581A\u2581man\u2581is\u2581eating.${'</s>'}`);
    expect(before.target.join('').replace(/<\/s>$/u, '').replaceAll('\u2581', ' ').trim()).toBe(before.text);
    expect(before.weights).toHaveLength(before.target.length);
    for (const row of before.weights) expect([row.length, row.reduce((sum, weight) => sum + weight, 0)]).toEqual([before.source.length, expect.closeTo(1, 4)]);
  });
});
