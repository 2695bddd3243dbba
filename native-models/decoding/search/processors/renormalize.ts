import { logSoftmax } from '../log-softmax.ts';
import type { LogitsProcessor } from './logits-processor.ts';

/** Makes probabilities that sum to 1 of what the other rules left; always the last one. */
export const renormalize: LogitsProcessor = { process: logSoftmax };
