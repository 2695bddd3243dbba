/** How much memory a training takes, told before it begins: measured on models of several sizes and rounded up. */
import type { ParameterDefinition } from '../parameters.ts';
import { elementCount } from '../parameters.ts';
import type { LearningSize } from './finetune-job.ts';

/** Sizes of a transformer, and of the batches that it learns from. */
export interface LearningShape {
  readonly dim: number;
  readonly ffnDim: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  /** Rows of the output layer that a softmax is over. */
  readonly candidates: number;
  /** Target tokens of a batch. */
  readonly batchTokens: number;
}

/** More than this, and `auto` learns changes of low rank. */
export const MOST_FULL_BYTES = 2 * 2 ** 30;
export const AUTO_RANK = 16;

/** Of each number that learns: itself, its gradient, two moments, what a run takes in and gives out, and what Adam needs on its way. */
const BYTES_A_LEARNED = 60;
const BYTES_A_FLOAT = 4;
/** The program, the runtime, and graphs. */
const BYTES_OF_PROCESS = 200 * 2 ** 20;

/** `parameters` are those that a session trains with, frozen ones included. */
export function learningSize(parameters: readonly ParameterDefinition[], rank: 'full' | number, { dim, ffnDim, encoderLayers, decoderLayers, candidates, batchTokens }: LearningShape): LearningSize {
  const count = (some: readonly ParameterDefinition[]): number => some.reduce((sum, { dims }) => sum + elementCount(dims), 0);
  const [all, learned] = [count(parameters), count(parameters.filter(({ frozen }) => frozen !== true))];
  // What each layer keeps of each token for its gradients, and three times the logits.
  const activations = batchTokens * ((encoderLayers + decoderLayers) * (10 * dim + 3 * ffnDim) + 3 * candidates);
  return { parameters: all, learned, rank, bytes: BYTES_OF_PROCESS + BYTES_A_LEARNED * learned + BYTES_A_FLOAT * (all + activations) };
}
