import { describe, expect, test } from 'vitest';
import { readMarianBinary } from './marian-binary.ts';
import { readStudentArchitecture } from './marian-config.ts';
import { SMALL_STUDENT, configTensor, studentConfig, writeMarianBinary } from './testing/synthetic-student.ts';

function architectureOf(change: Readonly<Record<string, unknown>>) {
  const tensors = readMarianBinary(writeMarianBinary([configTensor({ ...studentConfig(SMALL_STUDENT), ...change })]), 'model.bin');
  return readStudentArchitecture(tensors, 'model.bin');
}

describe('readStudentArchitecture', () => {
  test('reads every size from the configuration', () => {
    expect(architectureOf({})).toEqual({
      dim: 32,
      heads: 4,
      ffnDim: 48,
      encoderLayers: 2,
      decoderLayers: 2,
      sourceVocabulary: 96,
      targetVocabulary: 96,
      sharedEmbeddings: true,
      alignmentLayer: 2,
    });
  });

  test('a base student with two vocabularies and its alignment in the first layer', () => {
    const base = {
      'dim-emb': 512,
      'transformer-heads': 8,
      'transformer-dim-ffn': 2048,
      'enc-depth': 6,
      'dim-vocabs': [32000, 24000],
      'tied-embeddings-all': false,
      'tied-embeddings': true,
      'transformer-guided-alignment-layer': 1,
    };
    expect(architectureOf(base)).toEqual({
      dim: 512,
      heads: 8,
      ffnDim: 2048,
      encoderLayers: 6,
      decoderLayers: 2,
      sourceVocabulary: 32000,
      targetVocabulary: 24000,
      sharedEmbeddings: false,
      alignmentLayer: 1,
    });
  });

  test.each([
    ['type', 'amun'],
    ['dec-cell', 'gru'],
    ['transformer-decoder-autoreg', 'self-attention'],
    ['transformer-ffn-activation', 'swish'],
    ['transformer-preprocess', 'n'],
    ['transformer-postprocess-top', 'n'],
    ['transformer-train-position-embeddings', true],
    ['transformer-tied-layers', [1, 1]],
    ['input-types', ['class']],
  ])('refuses "%s: %j" by name', (key, value) => {
    expect(() => architectureOf({ [key]: value })).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining(`model.bin sets "${key}: ${JSON.stringify(value)}"`) }),
    );
  });

  test('a setting whose default would be another architecture must be there', () => {
    expect(() => architectureOf({ 'dec-cell': undefined })).toThrow('"dec-cell: (nothing)"');
  });

  test('heads must divide the dimension', () => {
    expect(() => architectureOf({ 'transformer-heads': 5 })).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });

  test('a model that does not describe itself is broken', () => {
    const bytes = new TextEncoder().encode('{unreadable: [');
    const file = writeMarianBinary([{ name: 'special:model.yml', type: 'int8', shape: [bytes.length], bytes }]);
    expect(() => readStudentArchitecture(readMarianBinary(file, 'm'), 'm')).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
    expect(() => readStudentArchitecture(new Map(), 'm')).toThrow(expect.objectContaining({ code: 'MODEL_BROKEN' }));
  });
});
