import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyModel } from '../../native-models/engine/testing/tiny-model-folder.ts';
import { SMALL_STUDENT } from '../../native-models/weights/testing/synthetic-student.ts';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-inspect-'));
const env = { BITEXT_HOME: join(root, 'home'), BITEXT_MODELS: join(root, 'models') };
beforeAll(() => { writeTinyModel(join(root, 'models'), 'deen', 'deen', { id: 'de-en-tiny', licence: 'CC0-1.0', alignment: { layer: 1, head: 2 } }); });
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

test('what a model is: for people, and with every number as JSON', async () => {
  const { code, stdout } = await runCli(['models', 'inspect', 'de-en-tiny'], { env });
  expect(code).toBe(0);
  for (const line of [/^family +marian-student {2}\(Marian's binary\)$/m, /^languages +de to en$/m, /^stored as +int8, float32$/m, /^alignment +layer 2, head 3$/m, /^licence +CC0-1\.0$/m, /^file +vocab\.deen\.spm {2}\d+ kB$/m]) expect(stdout).toMatch(line);
  const sheet: unknown = JSON.parse((await runCli(['models', 'inspect', 'de-en-tiny', '--json'], { env })).stdout);
  expect(sheet).toMatchObject({
    id: 'de-en-tiny', from: 'de', to: 'en', architecture: 'marian-student', format: 'marian-bin', licence: 'CC0-1.0', alignment: { layer: 1, head: 2 },
    sizes: { dim: SMALL_STUDENT.dim, heads: SMALL_STUDENT.heads, encoderLayers: SMALL_STUDENT.encoderLayers, decoderLayers: SMALL_STUDENT.decoderLayers, sourceVocabulary: SMALL_STUDENT.vocabulary, targetVocabulary: SMALL_STUDENT.vocabulary },
    storedAs: ['int8', 'float32'], parameters: expect.any(Number),
  });
  expect(await runCli(['models', 'inspect', 'nobody'], { env })).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no model nobody.') });
});

test('how fast a model is here', async () => {
  writeFileSync(join(root, 'sentences.txt'), 'the a of and b\n\nthe b of a\n');
  const { code, stdout } = await runCli(['models', 'bench', 'de-en-tiny', '--json', '--threads', '1', '--seconds', '0.1', '--text', join(root, 'sentences.txt')], { env });
  expect(code).toBe(0);
  const result = JSON.parse(stdout) as Record<string, unknown>;
  expect(result).toMatchObject({ model: 'de-en-tiny', from: 'de', to: 'en', device: 'cpu', precision: 'int8', threads: 1 });
  for (const key of ['wordsPerSecond', 'millisecondsPerSegment', 'residentBytes']) expect(result[key]).toBeGreaterThan(0);
  expect(result['loadMilliseconds']).toBeGreaterThanOrEqual(0);
  const wrong = await runCli(['models', 'bench', 'de-en-tiny', '--text', join(root, 'nothing.txt')], { env });
  expect([wrong.code, wrong.stderr]).toEqual([expect.any(Number), expect.stringContaining("nothing.txt can't be read")]);
  expect(wrong.code).not.toBe(0);
});
