import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { hashingDecoder, type HashingDecoder, sayingDecoder } from '../testing/hashing-step-decoder.ts';
import { generate } from './generate.ts';
import { generationOptions } from './generation-options.ts';

const EOS = 0, START = 1;
const options = (params: Record<string, unknown>): ReturnType<typeof generationOptions> => generationOptions({}, { decoder_start_token_id: START, eos_token_id: EOS, ...params });

function logProbability(decoder: HashingDecoder, source: readonly number[], tokens: readonly number[], next: number): number {
  const logits = decoder.logits(source, tokens);
  return (logits[next] ?? 0) - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
}

/** Every output of up to `most` new tokens with its sum of log-probabilities. */
function everyOutput(decoder: HashingDecoder, source: readonly number[], most: number, tokens: readonly number[] = [START], sum = 0): { tokens: readonly number[]; sum: number }[] {
  const last = tokens.at(-1);
  if (tokens.length > 1 && (last === EOS || tokens.length === most + 1)) return [{ tokens, sum }];
  return Array.from({ length: decoder.vocabularySize }, (_, id) => everyOutput(decoder, source, most, [...tokens, id], sum + logProbability(decoder, source, tokens, id))).flat();
}

describe('greedy', () => {
  test('takes the best token each time, until EOS or the maximum length', async () => {
    const decoder = hashingDecoder(7, 5);
    const [hypotheses] = await generate(decoder, { sources: [[3, 4]], options: options({ max_new_tokens: 12 }) });
    const expected = [START];
    let sum = 0;
    while (expected.length < 13 && !(expected.length > 1 && expected.at(-1) === EOS)) {
      const logits = decoder.logits([3, 4], expected);
      const best = logits.indexOf(Math.max(...logits));
      sum += logProbability(decoder, [3, 4], expected, best);
      expected.push(best);
    }
    expect(hypotheses?.map(({ tokens }) => tokens)).toEqual([expected]);
    expect(hypotheses?.[0]?.score).toBeCloseTo(sum / (expected.length - 1), 5);
  });
});

test('of equal tokens greedy takes the first', async () => {
  const [[best] = []] = await generate(sayingDecoder(5, () => Float32Array.of(0, 0, 0, 2, 2)), { sources: [[2]], options: options({ max_new_tokens: 2 }) });
  expect(best?.tokens).toEqual([START, 3, 3]);
});
describe('beam search', () => {
  test('finds the best outputs of all, when it has beams for all', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0.6, 1, 2), async (seed, penalty) => {
      const decoder = hashingDecoder(3, seed);
      const all = everyOutput(decoder, [9], 4).map(({ tokens, sum }) => ({ tokens, score: sum / (tokens.length - 1) ** penalty })).sort((a, b) => b.score - a.score);
      const [hypotheses = []] = await generate(decoder, { sources: [[9]], options: options({ num_beams: 48, num_return_sequences: 5, length_penalty: penalty, early_stopping: 'never', max_new_tokens: 4 }) });
      expect(hypotheses.map(({ tokens }) => tokens)).toEqual(all.slice(0, 5).map(({ tokens }) => tokens));
      hypotheses.forEach(({ score }, i) => { expect(score).toBeCloseTo(all[i]?.score ?? NaN, 4); });
    }), { numRuns: 40 });
  });

  test('a sentence gets the same in any batch as alone, and finished sentences leave the batch', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(1e6), fc.constantFrom(1, 3), fc.array(fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 7 }), async (seed, beams, sources) => {
      const decoder = hashingDecoder(6, seed);
      const settings = options({ num_beams: beams, num_return_sequences: beams, max_new_tokens: 15, no_repeat_ngram_size: 2 });
      const together = await generate(decoder, { sources, options: settings });
      expect(decoder.rowsTaken).toEqual([...decoder.rowsTaken].sort((a, b) => b - a));
      const alone = [];
      for (const source of sources) alone.push(...(await generate(decoder, { sources: [source], options: settings })));
      expect(together).toEqual(alone);
    }), { seed: 2, numRuns: 40 });
  });

  test('a model whose sentences depend on their batch is given one at a time', async () => {
    const decoder = hashingDecoder(6, 3, false);
    await generate(decoder, { sources: [[2], [3], [4]], options: options({ num_beams: 2, max_new_tokens: 5 }) });
    expect(Math.max(...decoder.rowsTaken)).toBe(2);
  });

  test('stops early once enough hypotheses are finished', async () => {
    const found = async (early: boolean | 'never'): Promise<number> => {
      const decoder = hashingDecoder(4, 77);
      await generate(decoder, { sources: [[5]], options: options({ num_beams: 3, early_stopping: early, length_penalty: 2, max_new_tokens: 60 }) });
      return decoder.rowsTaken.length;
    };
    const steps = { true: await found(true), false: await found(false), never: await found('never') };
    expect(steps.true).toBeLessThanOrEqual(steps.false);
    expect(steps.false).toBeLessThan(steps.never);
    // A longer output could still win up to the maximum length.
    expect(steps.never).toBe(60);
  });

  test('looks at so many candidates that beams go on where all ends come first', async () => {
    // Three ends are the best tokens everywhere, the words 3 and 4 come behind them.
    const decoder = sayingDecoder(7, () => Float32Array.of(5, -9, 5, 1, 0, 5, -9));
    await generate(decoder, { sources: [[6]], options: options({ eos_token_id: [0, 2, 5], num_beams: 2, early_stopping: 'never', length_penalty: 2, max_new_tokens: 9 }) });
    expect(decoder.rowsTaken).toHaveLength(9);
  });
  test('with a length penalty below 0 no longer output can win: "never" stops where false does', async () => {
    const steps = async (seed: number, early: false | 'never'): Promise<number> => {
      const decoder = hashingDecoder(5, seed);
      await generate(decoder, { sources: [[5]], options: options({ num_beams: 2, early_stopping: early, length_penalty: -1, max_new_tokens: 30 }) });
      return decoder.rowsTaken.length;
    };
    for (let seed = 1; seed <= 30; seed++) expect([seed, await steps(seed, 'never')]).toEqual([seed, await steps(seed, false)]);
  });
  test('begins with the prefix, which does not count for the score', async () => {
    const decoder = hashingDecoder(5, 21);
    const [[best] = []] = await generate(decoder, { sources: [[5]], options: options({ num_beams: 4, max_new_tokens: 6 }), prefix: [3, 2] });
    expect(best?.tokens.slice(0, 3)).toEqual([START, 3, 2]);
    const tokens = best?.tokens ?? [];
    const sum = tokens.slice(3).reduce((total, id, i) => total + logProbability(decoder, [5], tokens.slice(0, 3 + i), id), 0);
    expect(best?.score).toBeCloseTo(sum / (tokens.length - 3), 4);
  });
});

test('an aborted signal ends the search with its reason', async () => {
  const reason = new Error('enough');
  await expect(generate(hashingDecoder(5, 1), { sources: [[2]], options: options({}), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('a maximum length that the prefix has used up is refused', async () => {
  await expect(generate(hashingDecoder(5, 1), { sources: [[2]], options: options({ max_length: 3 }), prefix: [2, 3] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

describe('settings', () => {
  test('without params the folder\'s own hold; params replace all of them but the ids', () => {
    const folder = { decoder_start_token_id: 5, eos_token_id: [2, 3], pad_token_id: 1, num_beams: 4, no_repeat_ngram_size: 3, max_length: 56, early_stopping: true };
    expect(generationOptions(folder, undefined)).toMatchObject({ numBeams: 4, noRepeatNgramSize: 3, maxLength: 56, earlyStopping: true, decoderStartTokenId: 5 });
    expect(generationOptions(folder, { max_new_tokens: 9 })).toEqual({
      numBeams: 1, numReturnSequences: 1, lengthPenalty: 1, earlyStopping: false, maxLength: null, maxNewTokens: 9, minLength: 0, minNewTokens: 0, repetitionPenalty: 1,
      noRepeatNgramSize: 0, badWordsIds: [], forcedBosTokenId: null, forcedEosTokenIds: [], suppressTokens: [], beginSuppressTokens: [], renormalizeLogits: false,
      decoderStartTokenId: 5, eosTokenIds: [2, 3], padTokenId: 1,
    });
  });

  test.each([
    [{ num_beams: 0 }, 'INVALID_INPUT', 'num_beams'],
    [{ num_beams: 2, num_return_sequences: 3 }, 'INVALID_INPUT', 'num_return_sequences'],
    [{ num_beams: 100000 }, 'INVALID_INPUT', 'num_beams'],
    [{ early_stopping: 'always' }, 'INVALID_INPUT', 'early_stopping'],
    [{ bad_words_ids: [[]] }, 'INVALID_INPUT', 'bad_words_ids'],
    [{ repetition_penalty: 0 }, 'INVALID_INPUT', 'repetition_penalty'],
    [{ length_penalty: 'long' }, 'INVALID_INPUT', 'length_penalty'],
    [{ do_sample: true }, 'MODEL_UNSUPPORTED', 'do_sample'],
    [{ num_beam_groups: 2 }, 'MODEL_UNSUPPORTED', 'num_beam_groups'],
  ])('%j is refused as %s, naming %s', (params, code, key) => {
    expect(() => options(params)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(key) }));
  });
});
