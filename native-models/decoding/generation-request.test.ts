import { expect, test } from 'vitest';
import { generationRequest } from './generation-request.ts';

test('a line is read: text or ids, languages, Hugging Face\'s settings and the engine\'s own', () => {
  expect(generationRequest({ text: 'A', src_lang: 'en_XX', tgt_lang: 'de_DE', params: { num_beams: 4, prefix: 'Ein', must_contain: 'x', must_not_contain: ['y', 'z'] } })).toEqual({
    source: 'A', sourceLanguage: 'en_XX', targetLanguage: 'de_DE', params: { num_beams: 4 }, prefix: 'Ein', mustContain: ['x'], mustNotContain: ['y', 'z'],
  });
  expect(generationRequest({ ids: [3, 0], params: {} })).toEqual({ source: [3, 0], params: {}, prefix: '', mustContain: [], mustNotContain: [] });
});

test('without settings of Hugging Face\'s the folder\'s hold', () => {
  expect(generationRequest({ text: 'A' }).params).toBeUndefined();
  expect(generationRequest({ text: 'A', params: { prefix: 'B' } }).params).toBeUndefined();
});

test('settings that say nothing to a search are no mistakes', () => {
  const params = { num_beams: 2, do_sample: false, temperature: 0.7, use_cache: true, output_scores: true, forced_bos_token_id: 3 };
  expect(generationRequest({ text: 'A', params }).params).toEqual(params);
});

test.each([
  [[], 'object'], [{}, 'text'], [{ text: 'a', ids: [1] }, 'text'], [{ ids: [-1] }, 'ids'], [{ text: 'a', params: 3 }, 'params'],
  [{ text: 'a', src_lang: 3 }, 'src_lang'], [{ text: 'a', params: { must_contain: [''] } }, 'must_contain'], [{ text: 'a', params: { prefix: 3 } }, 'prefix'],
  [{ text: 'a', params: { num_beam: 4 } }, 'num_beam is not known'],
])('%j is refused', (line, named) => {
  expect(() => generationRequest(line)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(named) }));
});
