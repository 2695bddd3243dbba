/** A student of a few kilobytes that knows nothing yet, and a corpus that it can learn in seconds: eight words, translated one by one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SMALL_STUDENT, studentFile } from '../../../weights/testing/synthetic-student.ts';
import { seededRandom } from '../../seeded-random.ts';
import { trainVocabulary } from '../../vocabulary/train-vocabulary.ts';

const WORDS = new Map([['red', 'vermelho'], ['blue', 'azul'], ['cat', 'gato'], ['dog', 'cachorro'], ['sees', 'v\u00ea'], ['eats', 'come'], ['two', 'dois'], ['birds', 'p\u00e1ssaros']]);
const SENTENCES = 500;

/** Settings with which the toy is learned. */
export const TOY_SETTINGS = { epochs: 16, rate: 6e-3, warmUp: 5, batchTokens: 300, freezeEmbeddings: false } as const;

/** Sentences of two to four words, tab-separated from their translations. */
export function toyCorpus(): string {
  const random = seededRandom(2);
  const english = [...WORDS.keys()];
  const lines = Array.from({ length: SENTENCES }, () => {
    const sentence = Array.from({ length: 2 + random.below(3) }, () => english[random.below(english.length)] ?? '');
    return `${sentence.join(' ')}\t${sentence.map((word) => WORDS.get(word)).join(' ')}`;
  });
  return lines.join('\n');
}

/** Writes the model `enpt` and `corpus.tsv` into a folder that exists. */
export async function writeToyStudent(home: string): Promise<{ readonly model: string; readonly corpus: string }> {
  const text = toyCorpus();
  const corpus = path.join(home, 'corpus.tsv');
  writeFileSync(corpus, text);
  const vocabulary = await trainVocabulary(text.split(/[\t\n]/), { algorithm: 'unigram', size: SMALL_STUDENT.vocabulary, characterCoverage: 1, byteFallback: false, userDefined: [] });
  const model = path.join(home, 'enpt');
  mkdirSync(model, { recursive: true });
  writeFileSync(path.join(model, 'model.enpt.bin'), studentFile({ ...SMALL_STUDENT, vocabulary: vocabulary.pieces }));
  writeFileSync(path.join(model, 'vocab.enpt.spm'), vocabulary.bytes);
  return { model, corpus };
}
