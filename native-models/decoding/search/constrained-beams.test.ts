import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { hashingDecoder, sayingDecoder } from '../testing/hashing-step-decoder.ts';
import { generate } from './generate.ts';
import { generationOptions } from './generation-options.ts';
import { forbiddenText } from './processors/forbidden-text.ts';
import { TokenSurfaces } from './processors/text-state.ts';
import { RequiredTexts } from './required-texts.ts';

// EOS, start, then letters and pairs of letters: 'ab' can be said as one token or as two.
const SPELLED = ['', '', 'a', 'b', 'c', 'd', 'ab', 'cd', 'é'];
const surfaces = new TokenSurfaces(SPELLED.map((text) => Buffer.from(text)));
const byLetters = (text: string): number[] => Array.from(text, (letter) => SPELLED.indexOf(letter)).filter((id) => id > 0);
const textOf = (tokens: readonly number[]): string => tokens.map((id) => SPELLED[id]).join('');
const settings = (params: Record<string, unknown> = {}): ReturnType<typeof generationOptions> => generationOptions({}, { decoder_start_token_id: 1, eos_token_id: 0, num_beams: 6, max_new_tokens: 14, ...params });

describe('outputs that must contain texts', () => {
  test('every output contains all of them, ends and keeps to the maximum length', async () => {
    const term = fc.stringMatching(/^[abcdé]{1,4}$/);
    await fc.assert(fc.asyncProperty(fc.nat(1e6), fc.uniqueArray(term, { minLength: 1, maxLength: 3 }), async (seed, texts) => {
      const required = new RequiredTexts(texts, surfaces, byLetters);
      const sources = [[3], [4, 5]];
      const found = await generate(hashingDecoder(SPELLED.length, seed), { sources, options: settings({ num_beams: 8, num_return_sequences: 2 }), required });
      for (const hypotheses of found) {
        expect(hypotheses.length).toBeGreaterThan(0);
        for (const { tokens } of hypotheses) {
          for (const text of texts) expect(textOf(tokens)).toContain(text);
          expect(tokens.length).toBeLessThanOrEqual(15);
        }
      }
    }), { seed: 5, numRuns: 200 });
  });

  test('the score is that of the tokens', async () => {
    const decoder = hashingDecoder(SPELLED.length, 9);
    const [[best] = []] = await generate(decoder, { sources: [[3]], options: settings(), required: new RequiredTexts(['dada'], surfaces, byLetters) });
    const tokens = best?.tokens ?? [];
    const sum = tokens.slice(1).reduce((total, id, i) => {
      const logits = decoder.logits([3], tokens.slice(0, i + 1));
      return total + (logits[id] ?? 0) - Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
    }, 0);
    expect(best?.score).toBeCloseTo(sum / (tokens.length - 1), 4);
  });

  test('a text that the prompt holds already costs nothing; one that no tokens spell is not asked for', () => {
    const required = new RequiredTexts(['ab', 'x', 'cd'], surfaces, byLetters);
    expect(required.count).toBe(2);
    expect(required.missingTokens(required.start([1, 6]))).toBe(2);
    expect(required.nextTokens(required.start([1, 6]))).toEqual([4]);
  });

  test('where there is just room for a text and an end, nothing is said before it', async () => {
    // The decoder would rather begin with 'é', and does not care how it ends.
    const decoder = sayingDecoder(SPELLED.length, (_, tokens) => Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, tokens.length < 5 ? 9 : 0));
    const [[best] = []] = await generate(decoder, { sources: [[3]], options: settings({ num_beams: 2, max_new_tokens: 5 }), required: new RequiredTexts(['abcd'], surfaces, byLetters) });
    expect(textOf(best?.tokens.slice(0, 5) ?? [])).toBe('abcd');
  });
  test('there is no output when the rules leave none, or when the maximum length has no room', async () => {
    const required = new RequiredTexts(['ab'], surfaces, byLetters);
    const decoder = hashingDecoder(SPELLED.length, 2);
    expect(await generate(decoder, { sources: [[3]], options: settings(), required, rules: [forbiddenText(['b'], surfaces, 1)] })).toEqual([[]]);
    expect(await generate(decoder, { sources: [[3]], options: settings({ max_new_tokens: 1 }), required: new RequiredTexts(['abcd'], surfaces, byLetters) })).toEqual([[]]);
  });
});
