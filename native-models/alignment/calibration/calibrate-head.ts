/**
 * Finds the head of a model's attention to the source by which its translations are best aligned. The model translates
 * sentences of which it is known what belongs together: names and numbers that stay what they are, and sentences of which
 * one word was changed. What each head looked at while the model said these words is compared with where they come from.
 */
import { generate } from '../../decoding/search/generate.ts';
import type { GenerationOptions } from '../../decoding/search/generation-options.ts';
import type { StepDecoder } from '../../decoding/step-decoder.ts';
import type { Tokenizer } from '../../tokenizers/tokenizer.ts';
import { type Anchor, anchorsOf } from './anchors.ts';
import { type CalibratedHead, HeadAgreement, type HeadShape, type WatchedOutput } from './head-agreement.ts';
import { anchorByVariation } from './variations.ts';

export interface CalibrationModel {
  /** Its `attention` must be that of all heads. */
  readonly decoder: StepDecoder;
  readonly source: Tokenizer;
  readonly target: Tokenizer;
  /** Tokens around those of a source text. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly shape: HeadShape;
  /** One beam, the model's own rules. */
  readonly options: GenerationOptions;
}

export interface CalibrationTexts {
  readonly sentences: readonly string[];
  /** Each a sentence with one of several words in it. */
  readonly variations: readonly (readonly [before: string, words: readonly string[], after: string])[];
}

export interface Calibration {
  /** The best first. */
  readonly heads: readonly CalibratedHead[];
  /** Tokens of the model's outputs of which it is known where they come from. */
  readonly tokens: number;
}

const PER_BATCH = 16;
/** Enough for the sentences of this room; a model that says more runs in circles. */
const MOST_TOKENS = 48;

/** Throws what the decoder throws. */
export async function calibrateHead(model: CalibrationModel, { sentences, variations }: CalibrationTexts): Promise<Calibration> {
  const agreement = new HeadAgreement(model.shape);
  for (let from = 0; from < sentences.length; from += PER_BATCH) {
    for (const output of await watched(model, sentences.slice(from, from + PER_BATCH))) agreement.add(output, anchorsOf(output.source.text, output.target.text));
  }
  for (const [before, words, after] of variations) {
    const outputs = await watched(model, words.map((word) => before + word + after));
    const varied = outputs.map(({ source, target }, i) => ({ source: source.text, varied: [before.length, before.length + (words[i]?.length ?? 0)] as const, target: target.text }));
    outputs.forEach((output, i) => {
      const text = varied[i];
      const found = text === undefined ? [] : varied.map((other) => (other === text ? null : anchorByVariation(text, other)));
      agreement.add(output, found.filter((anchor): anchor is Anchor => anchor !== null).slice(0, 1));
    });
  }
  return { heads: agreement.ranked(), tokens: agreement.tokens };
}

/** Translations of some texts, with what every head looked at while each token was said. */
async function watched(model: CalibrationModel, texts: readonly string[]): Promise<WatchedOutput[]> {
  const { decoder, options, before, after } = model;
  const encoded = texts.map((text) => model.source.encodeWithOffsets(text));
  const sources = encoded.map(({ ids }) => [...before, ...ids, ...after]);
  const found = await generate(decoder, { sources, options: { ...options, maxNewTokens: MOST_TOKENS } });
  const outputs = found.map(([best]) => best?.tokens ?? [options.decoderStartTokenId]);
  const columns = Math.max(...sources.map((source) => source.length));
  const perStep = await attentionOf(decoder, sources, outputs, options.decoderStartTokenId);
  const size = model.shape.layers * model.shape.heads * columns;
  return texts.map((text, row) => {
    const said = (outputs[row] ?? []).slice(1);
    const attention = new Float32Array(said.length * size);
    said.forEach((_, step) => attention.set(perStep[step]?.subarray(row * size, (row + 1) * size) ?? [], step * size));
    const offsets = Int32Array.from([...before.flatMap(() => [0, 0]), ...(encoded[row]?.offsets ?? [])]);
    return { source: { text, offsets }, target: model.target.decodeWithOffsets(said), attention, columns };
  });
}

/** Of each step: [texts, layers * heads, tokens of the longest source], while the outputs were said again. */
async function attentionOf(decoder: StepDecoder, sources: readonly (readonly number[])[], outputs: readonly (readonly number[])[], filler: number): Promise<Float32Array[]> {
  const perStep: Float32Array[] = [];
  const state = await decoder.start(sources, 1);
  try {
    for (let step = 0; step + 1 < Math.max(...outputs.map((output) => output.length)); step++) {
      await state.step(outputs.map((output) => output[step] ?? filler), null);
      if (state.attention instanceof Float32Array) perStep.push(state.attention);
    }
  } finally {
    state.dispose();
  }
  return perStep;
}
