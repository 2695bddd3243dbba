import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { calibrateModel } from '../../catalog/calibrate-model.ts';
import { describeModel } from '../../catalog/find-models.ts';
import { generationOptions } from '../../decoding/search/generation-options.ts';
import type { StepDecoder, StepState } from '../../decoding/step-decoder.ts';
import { tinyVocabulary } from '../../engine/testing/tiny-model-folder.ts';
import { openSentencePiece } from '../../tokenizers/sentencepiece.ts';
import { anchorsOf } from './anchors.ts';
import { calibrateHead } from './calibrate-head.ts';
import { HeadAgreement } from './head-agreement.ts';
import { anchorByVariation } from './variations.ts';

describe('anchors', () => {
  it('are names, numbers and identifiers that stand once in both texts', () => {
    expect(anchorsOf('Ana paid 15 euros, not 30', 'Ana pagou 15 euros')).toEqual([{ source: [0, 3], target: [0, 3] }, { source: [9, 11], target: [10, 12] }]);
    expect(anchorsOf('5 and 5 in Rome', '5 em Rome')).toEqual([{ source: [11, 15], target: [5, 9] }]);
    expect(anchorsOf('a dog', 'a dog')).toEqual([]);
  });

  it('are what changes in a translation with one word of the source', () => {
    const text = (source: string, word: string, target: string): Parameters<typeof anchorByVariation>[0] => ({ source, varied: [source.indexOf(word), source.indexOf(word) + word.length], target });
    const red = text('a red shirt', 'red', 'ein rotes Hemd'), blue = text('a blue shirt', 'blue', 'ein blaues Hemd');
    expect(anchorByVariation(red, blue)).toEqual({ source: [2, 5], target: [4, 9] });
    // The same translation, and one of another build.
    expect([anchorByVariation(red, red), anchorByVariation(red, text('a blue shirt', 'blue', 'blau ist das'))]).toEqual([null, null]);
  });
});

describe('the agreement of heads', () => {
  it('counts the tokens at whose counterpart each looks most', () => {
    // Two layers of two heads; source "A 7", target "7 A", both of two tokens, one more column for the end.
    const agreement = new HeadAgreement({ layers: 2, heads: 2 });
    const heads = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0.6, 0.4]];
    const attention = Float32Array.from([...heads.flat(), ...[[0, 1, 0], [1, 0, 0], [0, 0, 1], [0.6, 0.4, 0]].flat()]);
    const [source, target] = [{ text: 'A 7', offsets: Int32Array.of(0, 1, 2, 3) }, { text: '7 A', offsets: Int32Array.of(0, 1, 2, 3) }];
    agreement.add({ source, target, attention, columns: 3 }, [{ source: [2, 3], target: [0, 1] }, { source: [0, 1], target: [2, 3] }]);
    expect(agreement.tokens).toBe(2);
    // The means: layer 0 looks at both alike (the first wins), layer 1 at the end.
    expect(agreement.ranked()).toEqual([
      { layer: 1, head: 1, agreement: 1 }, { layer: 0, head: 0, agreement: 0.5 }, { layer: 0, head: 1, agreement: 0.5 }, { layer: 0, head: 'mean', agreement: 0.5 },
      { layer: 1, head: 0, agreement: 0 }, { layer: 1, head: 'mean', agreement: 0 },
    ]);
  });
});

/** Says its source again; of its four heads the third looks at what it says, the others at the first token. */
class CopyingDecoder implements StepDecoder {
  readonly vocabularySize: number;
  readonly maxSourceLength = null;
  readonly batchIndependent = true;
  constructor(vocabularySize: number) {
    this.vocabularySize = vocabularySize;
  }

  start(sources: readonly (readonly number[])[]): Promise<StepState> {
    const { vocabularySize } = this;
    const columns = Math.max(...sources.map((source) => source.length));
    let rows = sources.map((_, row) => row);
    let taken = 0;
    const state: { -readonly [K in keyof StepState]: StepState[K] } = {
      encoder: { shape: [sources.length, columns, 1], data: new Float32Array() },
      attention: null,
      step: () => {
        const logits = new Float32Array(rows.length * vocabularySize);
        const attention = new Float32Array(rows.length * 4 * columns);
        rows.forEach((source, row) => {
          const at = Math.min(taken, (sources[source]?.length ?? 1) - 1);
          logits[row * vocabularySize + (sources[source]?.[at] ?? 0)] = 10;
          for (const head of [0, 1, 2, 3]) attention[(row * 4 + head) * columns + (head === 2 ? at : 0)] = 1;
        });
        state.attention = attention;
        taken++;
        return Promise.resolve(logits);
      },
      keep: (kept) => {
        rows = Array.from(kept, (row) => rows[row] ?? 0);
        return Promise.resolve();
      },
      dispose: () => {},
    };
    return Promise.resolve(state);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('calibration', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'bitext-calibration-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('finds the head that looks at what is said', async () => {
    writeFileSync(path.join(directory, 'vocab.spm'), tinyVocabulary());
    const tokenizer = openSentencePiece(path.join(directory, 'vocab.spm'));
    const options = generationOptions({ decoder_start_token_id: 0, eos_token_id: 0, pad_token_id: 0 }, { num_beams: 1 });
    const { heads, tokens } = await calibrateHead(
      { decoder: new CopyingDecoder(tokenizer.size), source: tokenizer, target: tokenizer, before: [], after: [0], shape: { layers: 2, heads: 2 }, options },
      { sentences: ['the Ana of 1987', 'in Rome 24'], variations: [['the ', ['dog', 'cat'], ' is on it']] },
    );
    expect(heads[0]).toEqual({ layer: 1, head: 0, agreement: 1 });
    // One token a letter or digit: Ana, 1987; Rome, 24; dog, cat.
    expect(tokens).toBe(3 + 4 + 4 + 2 + 3 + 3);
  });

  const models = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../../shared/data'), 'models');
  it.skipIf(!existsSync(models)).each(['marian', 'nllb', 'mbart50', 't5', 'pegasus'])('finds a head that aligns most words: %s of the shared test data', async (name) => {
    expect((await calibrateModel(await describeModel(path.join(models, name)), 1))?.agreement).toBeGreaterThan(0.6);
  });
});
