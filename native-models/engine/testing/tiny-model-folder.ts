/** A complete model folder with a seeded student of a few kilobytes: it translates into nonsense, and always the same. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeSentencePieceModel } from '../../tokenizers/testing/write-sentencepiece-model.ts';
import { SMALL_STUDENT, studentFile } from '../../weights/testing/synthetic-student.ts';

/** Letters, digits and some signs of ASCII; neither braces nor backticks. */
const CHARACTERS = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?()"-%/@');

/** Writes `directory`/`name` and returns its path. `pair`: like `enpt`. */
export function writeTinyModel(directory: string, name: string, pair: string, manifest?: Readonly<Record<string, unknown>>): string {
  const folder = path.join(directory, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `model.${pair}.intgemm.alphas.bin`), studentFile(SMALL_STUDENT));
  writeFileSync(path.join(folder, `vocab.${pair}.spm`), tinyVocabulary());
  if (manifest !== undefined) writeFileSync(path.join(folder, 'bitext.json'), JSON.stringify(manifest));
  return folder;
}

export function tinyVocabulary(): Uint8Array {
  const words = ['▁the', '▁a', '▁of', '▁and', '▁to', '▁is', '▁in', '▁on', 'ing', 'er', 'es', 'ed', '▁th', '▁w', '▁s', '▁c', '▁b', '▁d'];
  const pieces = ['▁', ...CHARACTERS, ...words].slice(0, SMALL_STUDENT.vocabulary - 2);
  return writeSentencePieceModel({
    pieces: [['</s>', 0, 'control'], ['<unk>', 0, 'unknown'], ...pieces.map((piece, i) => [piece, -3 - i / 100] as const)],
    rules: { '\t': ' ', '\n': ' ', '\r': ' ', '\u00a0': ' ' },
  });
}
