import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { linear } from '../../architectures/transformer/layers.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { openSession } from '../../runtime/session.ts';
import { readWeightsFolder } from '../../weights/huggingface-folder.ts';
import { readMarianTeacher } from '../../weights/marian-teacher-folder.ts';
import { goldenParameters, readGolden } from '../../weights/testing/golden-model.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { pretrainedBatch, pretrainedInputs } from './pretrained-batch.ts';
import { pretrainedForward } from './trainable-pretrained.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data'), 'models');
const FAMILIES = existsSync(ROOT) ? readdirSync(ROOT).filter((name) => existsSync(path.join(ROOT, name, 'golden.json'))) : [];

/** Of each example log-probabilities [target token][vocabulary], all examples in one padded batch. */
async function forcedLogProbabilities(model: TransformerDefinition, start: number, examples: readonly TrainingExample[]): Promise<Float32Array[][]> {
  const g = new GraphBuilder('forced');
  for (const { name, type, dims } of pretrainedInputs(model)) g.input(name, type, dims);
  const hidden = pretrainedForward(g, model, (name) => name);
  g.namedOutput('logits', g.node('LogSoftmax', [linear(g, hidden, model.output)]), 'float32');
  const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
  try {
    const batch = pretrainedBatch(model, start, examples);
    const feeds = Object.fromEntries(session.inputs.map(({ name }) => [name, batch[name] ?? missing(name)]));
    const data = (await session.run(feeds, ['logits']))['logits']?.data;
    if (!(data instanceof Float32Array)) throw new TypeError('The output is not float32');
    const longest = Math.max(...examples.map(({ target }) => target.length));
    const size = model.output.outputs;
    return examples.map(({ target }, row) => target.map((_, at) => data.subarray((row * longest + at) * size, (row * longest + at + 1) * size)));
  } finally {
    await session.close();
  }
}

function missing(name: string): never {
  throw new RangeError(`The batch lacks ${name}`);
}

function best(row: Float32Array, forbidden: ReadonlySet<number>): number {
  return row.reduce((found, value, id) => (!forbidden.has(id) && value > (row[found] ?? -Infinity) ? id : found), row.findIndex((_, id) => !forbidden.has(id)));
}

describe.skipIf(FAMILIES.length === 0)('a text that is forced upon a golden model of the shared test data', () => {
  test.each(FAMILIES)('%s: has the reference’s probabilities, token by token, and the likeliest tokens are those of its greedy search', async (family) => {
    const golden = readGolden(readFileSync(path.join(ROOT, family, 'golden.json'), 'utf8'));
    const model = await readWeightsFolder(path.join(ROOT, family));
    const start = golden.cases[0]?.greedy.ids[0] ?? -1;
    const examples = golden.cases.map(({ input_ids, greedy }) => ({ source: input_ids, target: greedy.ids.slice(1) }));
    const found = await forcedLogProbabilities(model, start, examples);
    let worst = 0;
    const wrong: string[] = [];
    for (const [index, one] of golden.cases.entries()) {
      const { forced_bos_token_id: first, forced_eos_token_id: last, bad_words_ids: bad, max_new_tokens: most } = goldenParameters(golden, one, {});
      const forbidden = new Set(Array.isArray(bad) ? bad.flat().map(Number) : []);
      const target = examples[index]?.target ?? [];
      for (const [at, row] of (found[index] ?? []).entries()) {
        const token = target[at] ?? -1;
        worst = Math.max(worst, Math.abs((row[token] ?? NaN) - (one.greedy.logprobs[at] ?? NaN)));
        const forced = (at === 0 && first !== undefined) || (at + 1 === most && last !== undefined);
        if (!forced && best(row, forbidden) !== token) wrong.push(`case ${index}, token ${at}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(worst).toBeLessThan(1e-4);
  });

  test('a Marian teacher: native Marian’s greedy pieces are the likeliest', async () => {
    const folder = path.join(ROOT, 'marian-npz');
    const { definition, source, target, search } = await readMarianTeacher(folder);
    const lines = (name: string): string[] => readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n');
    const ids = (vocabulary: typeof source, line: string): number[] => [...line.split(' ').map((piece) => vocabulary.ids.get(piece) ?? vocabulary.unkId), vocabulary.eosId];
    const outputs = lines('beam1.txt');
    const examples = lines('pieces.txt').map((line, index) => {
      const [from, to] = [ids(source, line), ids(target, outputs[index] ?? '')];
      // What was cut off at the longest length has no end.
      return { source: from, target: to.length > search.maxLengthFactor * from.length ? to.slice(0, -1) : to };
    });
    const found = await forcedLogProbabilities(definition, search.startId, examples);
    expect(found.map((rows) => rows.map((row) => best(row, new Set([search.unkId]))))).toEqual(examples.map((example) => example.target));
  });
});
