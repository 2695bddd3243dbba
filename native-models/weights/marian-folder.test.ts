import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectMarianFolder } from './marian-folder.ts';
import { SMALL_STUDENT, configTensor, studentConfig, studentFile, writeMarianBinary } from './testing/synthetic-student.ts';

let folder = '';
const model = studentFile(SMALL_STUDENT);

async function fill(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'student-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('inspectMarianFolder', () => {
  test('names the parts of a student with one vocabulary', async () => {
    await fill({
      'model.xxyy.intgemm.alphas.bin': model,
      'vocab.xxyy.spm': new Uint8Array(10),
      'lex.50.50.xxyy.s2t.bin': new Uint8Array(5),
      'README.txt': new Uint8Array(99),
    });
    expect(await inspectMarianFolder(folder)).toEqual({
      folder,
      architecture: 'marian-student',
      files: {
        model: 'model.xxyy.intgemm.alphas.bin',
        sourceVocabulary: 'vocab.xxyy.spm',
        targetVocabulary: 'vocab.xxyy.spm',
        shortlist: 'lex.50.50.xxyy.s2t.bin',
      },
      bytes: model.length + 15,
    });
  });

  test('names two vocabularies and does without a shortlist', async () => {
    await fill({ 'model.xxyy.bin': model, 'srcvocab.xxyy.spm': new Uint8Array(1), 'trgvocab.xxyy.spm': new Uint8Array(1) });
    expect((await inspectMarianFolder(folder)).files).toEqual({
      model: 'model.xxyy.bin',
      sourceVocabulary: 'srcvocab.xxyy.spm',
      targetVocabulary: 'trgvocab.xxyy.spm',
      shortlist: null,
    });
  });

  test('says which file is missing', async () => {
    await expect(inspectMarianFolder(folder)).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('lacks a model file (model.*.bin)'),
    });
    await fill({ 'model.xxyy.bin': model });
    await expect(inspectMarianFolder(folder)).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('lacks a vocabulary') });
    await fill({ 'srcvocab.xxyy.spm': new Uint8Array(1) });
    await expect(inspectMarianFolder(folder)).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('lacks the target vocabulary') });
    await expect(inspectMarianFolder(path.join(folder, 'absent'))).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  test('refuses a cut model and an architecture that it can not run', async () => {
    await fill({ 'vocab.xxyy.spm': new Uint8Array(1), 'model.xxyy.bin': model.subarray(0, model.length - 1) });
    await expect(inspectMarianFolder(folder)).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
    await fill({ 'model.xxyy.bin': writeMarianBinary([configTensor({ ...studentConfig(SMALL_STUDENT), 'dec-cell': 'lstm' })]) });
    await expect(inspectMarianFolder(folder)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('"dec-cell: "lstm""') });
  });
});
