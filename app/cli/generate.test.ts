import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeExportedFolder } from '../../native-models/runtime/testing/exported-folder.ts';
import { runCli } from './testing/run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'bitext-generate-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

// A model of seeded weights whose tokens are letters.
const LETTERS = 'abcdefghijklmnopqrs';
const vocabulary = { '</s>': 0, '<unk>': 1, '\u2581': 2, ...Object.fromEntries(Array.from(LETTERS, (letter, i) => [letter, i + 3])), '<pad>': 22 };
const special = (content: string): object => ({ id: Object.entries(vocabulary).find(([token]) => token === content)?.[1], content, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false });
const metaspace = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true };
const folder = join(root, 'letters');
writeExportedFolder(folder, 'merged', { vocabulary: 23, heads: 2, headSize: 4, seed: 11 });
const files = {
  'config.json': { model_type: 't5', pad_token_id: 22, max_position_embeddings: 12 },
  'generation_config.json': { decoder_start_token_id: 22, eos_token_id: 0, pad_token_id: 22, num_beams: 3, max_new_tokens: 10 },
  'tokenizer_config.json': { tokenizer_class: 'T5Tokenizer', eos_token: '</s>', unk_token: '<unk>', pad_token: '<pad>', clean_up_tokenization_spaces: false },
  'tokenizer.json': {
    version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: metaspace, decoder: metaspace, added_tokens: ['</s>', '<unk>', '<pad>'].map(special),
    post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }], pair: [], special_tokens: { '</s>': { id: '</s>', ids: [0], tokens: ['</s>'] } } },
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: false, vocab: vocabulary, merges: [] },
  },
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));

interface Answer { ids: number[]; output: { ids: number[]; text: string; score: number; missing?: string[] }[]; encoder?: { shape: number[] }; step0?: { ids: number[]; logprobs: number[] }; alignment?: number[][] | null; error?: { code: string } }
const generate = async (lines: readonly unknown[], ...args: string[]): Promise<{ code: number | null; answers: Answer[]; stderr: string }> => {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const { code, stdout, stderr } = await runCli(['generate', '--model', folder, ...args], { input, env: { BITEXT_HOME: join(root, 'home') } });
  return { code, stderr, answers: stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Answer) };
};

describe('bitext generate', () => {
  test('each line gives one in the same order; a line that fails does not stop the others', async () => {
    const { code, answers, stderr } = await generate([
      { text: 'abc de' }, { ids: [2, 3, 4, 5, 2, 6, 7, 0] }, 'no JSON', { text: 'abc', params: { num_beams: 2, num_return_sequences: 2, max_new_tokens: 4 } }, { text: 'a', params: { do_sample: true } },
      { text: 'abcdefghijklmnop' },
    ]);
    expect(code).toBe(1);
    expect(answers.map(({ ids, error }) => error?.code ?? ids)).toEqual([[2, 3, 4, 5, 2, 6, 7, 0], [2, 3, 4, 5, 2, 6, 7, 0], 'INVALID_INPUT', [2, 3, 4, 5, 0], 'MODEL_UNSUPPORTED', [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0]]);
    expect(answers[1]).toEqual(answers[0]);
    const two = answers[3]?.output ?? [];
    expect(two).toHaveLength(2);
    expect(two[0]?.score).toBeGreaterThanOrEqual(two[1]?.score ?? 0);
    for (const { ids } of two) expect([ids[0], ids.length <= 5]).toEqual([22, true]);
    // 16 letters and a space are 17 tokens, </s> makes 18; the model reads 12.
    expect(stderr).toContain('6 tokens more than letters can read');
  });

  test('the output begins with the prefix, contains what it must and not what it must not', async () => {
    const { code, answers } = await generate([
      { text: 'abc', params: { prefix: 'ca b' } }, { text: 'abc', params: { must_contain: ['qr', 'gab'] } }, { text: 'abc', params: { must_contain: ['9'] } },
      ...Array.from(LETTERS, (letter) => ({ text: 'abc', params: { must_not_contain: [letter] } })),
    ]);
    expect(code).toBe(0);
    const texts = answers.map(({ output }) => output[0]?.text ?? '');
    expect(texts[0]).toMatch(/^ca b/);
    expect([texts[1]?.includes('qr'), texts[1]?.includes('gab'), answers[1]?.output[0]?.missing]).toEqual([true, true, undefined]);
    expect(answers[2]?.output[0]?.missing).toEqual(['9']);
    Array.from(LETTERS).forEach((letter, i) => { expect(texts[3 + i]).not.toContain(letter); });
  });

  test('--debug adds what the encoder gave and the ten best first tokens', async () => {
    const { answers: [answer] } = await generate([{ text: 'abc' }], '--debug', '--onnx');
    expect([answer?.encoder?.shape, answer?.alignment]).toEqual([[1, 5, 8], null]);
    const { ids = [], logprobs = [] } = answer?.step0 ?? {};
    expect([ids.length, new Set(ids).size, logprobs.length]).toEqual([10, 10, 10]);
    expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
    expect(logprobs.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeLessThanOrEqual(1);
  });

  test('what is missing or makes no sense is told by the exit code', async () => {
    expect(await generate([], '--weights', '--onnx')).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
    expect(await generate([{ text: 'a' }], '--weights')).toMatchObject({ code: 3, answers: [] });
    expect((await runCli(['generate', '--model', join(root, 'nothing')])).code).toBe(3);
  });
});
