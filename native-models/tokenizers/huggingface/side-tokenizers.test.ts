/** Offsets and ids of the engine's view of tokenizers, on the golden cases of the shared test data (`models/*`). */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openModelTokenizer } from './open-model-tokenizer.ts';
import { sourceSide, targetSide } from './side-tokenizers.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data'), 'models');
const FAMILIES = ['bart', 'marian', 'mbart50', 'nllb', 'pegasus', 't5', 't5v10'];

interface Golden {
  readonly cases: readonly { text: string; input_ids: number[]; untruncated_length: number; src_lang?: string; greedy: { ids: number[]; text: string } }[];
}

describe.each(FAMILIES)('%s', (family) => {
  const folder = path.join(ROOT, family);
  describe.skipIf(!existsSync(path.join(folder, 'golden.json')))('(needs models of the shared test data)', () => {
    const golden = (): Golden => JSON.parse(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
    const tokenizer = existsSync(folder) ? openModelTokenizer(folder) : null;

    test('the source side gives the same ids between the special tokens', () => {
      if (tokenizer === null) return;
      const source = sourceSide(tokenizer);
      const cases = golden().cases.filter(({ input_ids, untruncated_length, text }) => input_ids.length === untruncated_length && !/[<>]/.test(text));
      expect(cases.length).toBeGreaterThan(30);
      for (const { text, input_ids, src_lang } of cases) {
        const { before, after } = tokenizer.around(src_lang);
        expect([...before, ...source.encodeWithOffsets(text).ids, ...after]).toEqual(input_ids);
      }
    });

    test('places of tokens cover every word of the source, in order, and spell it', () => {
      if (tokenizer === null) return;
      const source = sourceSide(tokenizer);
      for (const { text } of golden().cases) {
        const { ids, offsets } = source.encodeWithOffsets(text);
        expect(offsets.length).toBe(2 * ids.length);
        const covered = new Uint8Array(text.length);
        offsets.forEach((offset, i) => { if (i > 0) expect(offset).toBeGreaterThanOrEqual(offsets[i - 1] ?? 0); });
        ids.forEach((_, i) => covered.fill(1, offsets[2 * i], offsets[2 * i + 1]));
        const bare = Array.from(text.matchAll(/[A-Za-z]+/g)).filter(({ index, 0: word }) => covered.subarray(index, index + word.length).includes(0));
        expect(bare.map(([word]) => word)).toEqual([]);
      }
    });

    test('places of output tokens spell the words of the output', () => {
      if (tokenizer === null) return;
      const target = targetSide(tokenizer);
      for (const { greedy } of golden().cases.slice(0, 30)) {
        const { text, offsets } = target.decodeWithOffsets(greedy.ids);
        expect(text).toBe(greedy.text);
        const spelled = greedy.ids.map((_, i) => text.slice(offsets[2 * i], offsets[2 * i + 1])).join('');
        expect(spelled).toBe(text.replaceAll(' ', ''));
      }
    });

    test('a special token that a text spells out is unknown', () => {
      if (tokenizer === null) return;
      const source = sourceSide(tokenizer);
      expect(source.encode('A </s> B').filter((id) => tokenizer.isSpecial(id))).toEqual([]);
    });
  });
});
