/** What a run goes by while it learns: losses of pairs and general text that it does not learn from, as a whole and with a share. */
import { batchesOf, type BatchRule, type TrainingExample } from '../corpus/batches.ts';
import type { Parameter } from '../parameters.ts';
import { parameterName } from '../session/training-graph.ts';
import type { TrainingSession } from '../session/training-session.ts';
import type { Batch } from '../trainable-model.ts';
import { chooseShare } from './choose-share.ts';
import type { FinetuneSettings } from './finetune-settings.ts';
import type { Learner } from './tunable-model.ts';

export interface RunMeasuresInput {
  readonly session: TrainingSession;
  readonly learner: Learner;
  /** The same position gives the same candidates. */
  batch(examples: readonly TrainingExample[], position: number): Batch;
  readonly validation: readonly TrainingExample[];
  /** General sentences with what the old model makes of them. */
  readonly general: readonly TrainingExample[];
  readonly settings: FinetuneSettings;
}

export interface ShareFound {
  readonly share: number;
  /** What was measured to find it; null where it was not. */
  readonly tried: readonly { readonly share: number; readonly heldOutLoss: number | null; readonly generalLoss: number | null }[];
}

const MOST_ROWS = 128;
/** Source tokens of a batch for each target token that it may have: texts to summarize are long. */
const SOURCES_A_TARGET = 4;

/** How batches are packed, those that are learned and those that are measured. */
export function batchRuleOf({ batchTokens, seed }: Pick<FinetuneSettings, 'batchTokens' | 'seed'>): BatchRule {
  return { targetTokens: batchTokens, sourceTokens: SOURCES_A_TARGET * batchTokens, maxRows: MOST_ROWS, seed };
}

export class RunMeasures {
  readonly #input: RunMeasuresInput;
  /** Loss of the general text at the beginning: the old model's own doubt. */
  #doubt: number | null = null;

  constructor(input: RunMeasuresInput) {
    this.#input = input;
  }

  /** Of a target token; null without validation pairs. */
  validationLoss(): Promise<number | null> {
    return this.#lossOf(this.#input.validation);
  }

  /** How far general text has moved from what the old model made of it, nats a token: 0 at the beginning. Null without such text. */
  async generalLoss(): Promise<number | null> {
    const loss = await this.#lossOf(this.#input.general);
    if (loss === null) return null;
    this.#doubt ??= await this.#with(0, () => this.#lossOf(this.#input.general));
    return loss - (this.#doubt ?? 0);
  }

  /** See `chooseShare`; all where shares can't be measured. The session is as before when it is done. */
  async bestShare(): Promise<ShareFound> {
    const { learner, validation, general, settings } = this.#input;
    if (learner.withShare === undefined || (validation.length === 0 && general.length === 0)) return { share: 1, tried: [] };
    const tried = new Map<number, { heldOutLoss: number | null; generalLoss: number | null }>();
    const measured = async (share: number, loss: () => Promise<number | null>, name: 'heldOutLoss' | 'generalLoss'): Promise<number> => {
      const value = await this.#with(share, loss);
      tried.set(share, { ...(tried.get(share) ?? { heldOutLoss: null, generalLoss: null }), [name]: value });
      return value ?? 0;
    };
    const share = await chooseShare({
      validation: (each) => measured(each, () => this.validationLoss(), 'heldOutLoss'),
      general: general.length === 0 ? null : (each) => measured(each, () => this.generalLoss(), 'generalLoss'),
    }, settings.mostMoved);
    return { share, tried: [...tried].map(([each, losses]) => ({ share: each, ...losses })) };
  }

  async #lossOf(examples: readonly TrainingExample[]): Promise<number | null> {
    if (examples.length === 0) return null;
    const { session, batch, settings } = this.#input;
    const batches = batchesOf(examples, batchRuleOf(settings), 0);
    return (await session.evaluate(batches.map((indices, index) => batch(indices.flatMap((each) => examples[each] ?? []), index)))).loss;
  }

  /** What `measure` says while the session holds a share of what was learned. */
  async #with<T>(share: number, measure: () => Promise<T>): Promise<T> {
    const { session, learner } = this.#input;
    if (learner.withShare === undefined || share === 1) return measure();
    const whole = session.snapshot();
    const reduced = learner.withShare(session.parameters(), share);
    const tensors = new Map<string, Parameter>(whole.tensors);
    for (const [name, parameter] of reduced) if (tensors.has(parameterName(name))) tensors.set(parameterName(name), parameter);
    try {
      session.restore({ step: whole.step, tensors });
      return await measure();
    } finally {
      session.restore(whole);
    }
  }
}
