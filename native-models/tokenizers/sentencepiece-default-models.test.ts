/** The vocabularies of the default students against Google's library; they are not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultStudentFiles, type StudentPair } from '../weights/testing/default-students.ts';
import { openSentencePiece } from './sentencepiece.ts';
/** Rows of text, ids and decoded text: what sentencepiece 0.2.3 gives with the vocabulary of the English-Portuguese student. */
import hostile from './testing/hostile-unicode.json' with { type: 'json' };

const data = path.join(process.env.BITEXT_TEST_DATA ?? path.resolve(import.meta.dirname, '../../../shared/data'), 'models/default');
const vocabulary = (pair: StudentPair): string | null => defaultStudentFiles(new RegExp(`^vocab\\.${pair}\\.spm$`))[0] ?? null;

for (const [pair, golden] of [['enpt', 'en-pt.jsonl'], ['pten', 'pt-en.jsonl']] as const) {
  const file = vocabulary(pair);
  const lines = path.join(data, golden);
  describe.skipIf(file === null || !existsSync(lines))(`default student ${pair} (needs its vocabulary and the shared golden file)`, () => {
    it('gives the ids and the text of every golden line', () => {
      const tokenizer = openSentencePiece(file ?? '');
      for (const line of readFileSync(lines, 'utf8').trimEnd().split('\n')) {
        const expected: unknown = JSON.parse(line);
        if (typeof expected !== 'object' || expected === null || !('text' in expected) || !('ids' in expected) || !('out' in expected) || !('target' in expected)) throw new Error('unexpected golden line');
        const { text, out } = expected;
        if (typeof text !== 'string' || !Array.isArray(out)) throw new Error('unexpected golden line');
        expect([...tokenizer.encode(text), tokenizer.eosId], text).toEqual(expected.ids);
        expect(tokenizer.decode(Int32Array.from(out)), text).toBe(expected.target);
      }
    });
  });
}

const english = vocabulary('enpt');
describe.skipIf(english === null)('hostile Unicode (needs the vocabulary of the English-Portuguese student)', () => {
  it('gives the ids and the text of Google\'s library', () => {
    const tokenizer = openSentencePiece(english ?? '');
    const actual = hostile.map(([text]) => {
      if (typeof text !== 'string') throw new Error('unexpected row');
      const ids = tokenizer.encode(text);
      return [text, ids, tokenizer.decode(ids)];
    });
    expect(actual).toEqual(hostile);
  });
});
