/**
 * Fine-tunes a model on a corpus: part of it is held out, general sentences are mixed in, and what comes out is a new
 * folder in int8 that is accepted only where the held-out pairs got better and the general text did not get worse.
 */
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TrainingExample } from '../corpus/batches.ts';
import type { SentencePair } from '../corpus/read-corpus.ts';
import { writeWholeFolder } from '../../runtime/whole-folder.ts';
import type { ParameterStore } from '../parameters.ts';
import { hashOfWeights } from '../runs/model-identity.ts';
import { openRunBeside, openRunDirectory, type RunDirectory } from '../runs/run-directory.ts';
import { generalCount, type FinetuneSettings } from './finetune-settings.ts';
import { generalExamples, readGeneralText, type GeneralExamples } from './general-text.ts';
import { learn } from './learning-run.ts';
import type { FinetuneInput, FinetuneOutcome, FinetuneProgress, MeasuredModel, TuningTask } from './finetune-job.ts';
import { openTunableModel } from './open-tunable-model.ts';
import type { PairTranslator } from './pair-translator.ts';
import type { TunableModel } from './tunable-model.ts';
import { readTuningCorpus, type TuningCorpus } from './tuning-corpus.ts';

/** Tried in turn while a general text loses too much. */
const SMALLER_SHARES = [0.85, 0.7, 0.5];
const SAMPLES = 5;

/**
 * Errors: INVALID_INPUT for a corpus that can't be used, with what was wrong with it; those of reading the model. When the
 * signal is aborted the outcome is `cancelled`, and the same call goes on later.
 */
export async function finetuneModel(input: FinetuneInput, { signal, report }: { signal?: AbortSignal; report?: (progress: FinetuneProgress) => void } = {}): Promise<FinetuneOutcome> {
  const since = performance.now();
  report?.({ stage: 'reading' });
  const task = input.task ?? TRANSLATION;
  const model = await openTunableModel(input.modelFolder, task);
  const corpus = await readTuningCorpus(input.corpusFile, task, model, input.settings.maxTokens, signal);
  const { training, validation, heldOut } = corpus;
  const general = input.generalFile === null ? { sentences: [], measured: [], hash: null } : await readGeneralText(input.generalFile);
  const open = input.ifOtherRun === 'beside' ? openRunBeside : openRunDirectory;
  const run = await open(input.runFolder, {
    task: 'finetune', seed: input.settings.seed, corpusHash: corpus.hash, model: await hashOfWeights(model.folder), general: general.hash, settings: { ...input.settings, ...(input.task === undefined ? {} : { task }) },
  });
  const work = path.join(run.folder, 'work');
  const tuning = new Finetuning(input, model, run, work, corpus, general.measured, signal);
  const done = (outcome: FinetuneOutcome['outcome'], rest: Partial<Pick<FinetuneOutcome, 'before' | 'after' | 'share' | 'curve'>> = {}): FinetuneOutcome => ({
    outcome, runFolder: run.folder, report: corpus.report, pairs: { training: training.length, validation: validation.examples.length, heldOut: heldOut.length, general: tuning.generalCount }, before: null, after: null, share: null, curve: [], seconds: (performance.now() - since) / 1000, ...rest,
  });
  let before: MeasuredModel | null = null;
  try {
    report?.({ stage: 'sized', ...model.size(input.settings) });
    report?.({ stage: 'measuring' });
    before = await tuning.measure(model.folder, 'before');
    report?.({ stage: 'general' });
    const { mixed, kept } = await tuning.generalExamples(general.sentences);
    const learned = await learn({
      model, training: [...training, ...mixed], validation: validation.examples, general: kept, settings: input.settings, run, threads: input.threads,
      translate: (parameters, update) => tuning.scoresOnTheWay(parameters, update),
    }, {
      ...(signal === undefined ? {} : { signal }), report: (progress) => report?.({ stage: 'learning', ...progress }),
    });
    if (learned.outcome !== 'learned') return done(learned.outcome, { before });
    report?.({ stage: 'quantizing' });
    const { after, share, folder } = await tuning.bestShare(learned, before, mixed);
    const accepted = isBetter(before, after, { ...input.settings, byBleu: hasFourWords(heldOut) });
    await run.writeEvaluation({ before, after, share, accepted, updates: learned.updates, curve: learned.curve });
    if (accepted) await tuning.keep(folder, input.into);
    return done(accepted ? 'accepted' : 'rejected', { before, after, share, curve: learned.curve });
  } catch (error) {
    if (signal?.aborted === true) return done('cancelled', { before });
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
    await run.close();
  }
}

const TRANSLATION: TuningTask = { task: 'translate', from: 'und', to: 'und' };

/**
 * Both measures of the held-out pairs rise, and general text loses no more than it may. `byBleu`: whether BLEU can tell
 * anything of these pairs; it counts runs of four words.
 */
export function isBetter(before: MeasuredModel, after: MeasuredModel, { mostForgotten, byBleu }: Pick<FinetuneSettings, 'mostForgotten'> & { readonly byBleu: boolean }): boolean {
  return (!byBleu || after.heldOut.bleu > before.heldOut.bleu) && after.heldOut.chrf > before.heldOut.chrf && !forgotTooMuch(before, after, mostForgotten);
}

/** Answers and terms may be shorter than what BLEU counts. */
const hasFourWords = (pairs: readonly SentencePair[]): boolean => pairs.some(({ target }) => target.split(/\s+/).length >= 4);

const forgotTooMuch = (before: MeasuredModel, after: MeasuredModel, most: number): boolean => before.general !== null && after.general !== null && before.general.bleu - after.general.bleu > most;

class Finetuning {
  generalCount = 0;
  readonly #input: FinetuneInput;
  readonly #model: TunableModel;
  readonly #run: RunDirectory;
  readonly #work: string;
  readonly #corpus: TuningCorpus;
  /** General pairs with references. */
  readonly #measured: readonly SentencePair[];
  readonly #signal: AbortSignal | undefined;

  constructor(input: FinetuneInput, model: TunableModel, run: RunDirectory, work: string, corpus: TuningCorpus, measured: readonly SentencePair[], signal: AbortSignal | undefined) {
    this.#input = input;
    this.#model = model;
    this.#run = run;
    this.#work = work;
    this.#corpus = corpus;
    this.#measured = measured;
    this.#signal = signal;
  }

  async measure(folder: string, name: string, samples = false): Promise<MeasuredModel> {
    const translator = await this.#open(folder, name);
    try {
      const heldOut = await translator.measure(this.#corpus.heldOut, this.#signal);
      const general = this.#measured.length === 0 ? null : await translator.measure(this.#measured, this.#signal);
      if (samples) await this.#logSamples(translator, this.#corpus.heldOut, -1);
      return { heldOut, general };
    } finally {
      await translator.close();
    }
  }

  async generalExamples(sentences: readonly string[]): Promise<GeneralExamples> {
    const { settings, threads } = this.#input;
    const count = generalCount(settings, this.#corpus.training.length);
    if (sentences.length === 0 || count === 0) return { mixed: [], kept: [] };
    // Without rounding and shortlist: what is learned again should be the model's best.
    const translator = await this.#open(this.#model.folder, 'general', 'float32');
    try {
      const examples = await generalExamples(sentences, count, settings, this.#model, translator, { threads, ...this.#stopping() });
      this.generalCount = examples.mixed.length;
      return examples;
    } finally {
      await translator.close();
    }
  }

  /** BLEU and chrF of the validation pairs with what was learned so far, in float32; some of the translations go into the log. */
  async scoresOnTheWay(learned: ParameterStore, update: number): Promise<Readonly<Record<string, number>>> {
    const { pairs: validation } = this.#corpus.validation;
    if (validation.length === 0 || this.#model.openLearned === undefined) return {};
    const translator = await this.#model.openLearned(learned, { threads: this.#input.threads, cacheDir: path.join(this.#work, 'graphs', `update-${update}`) });
    try {
      const { bleu, chrf } = await translator.measure(validation, this.#signal);
      await this.#logSamples(translator, validation, update);
      return { bleu, chrf };
    } finally {
      await translator.close();
    }
  }

  /** The model with the share that was chosen, or less of it while a general text with references loses too much. */
  async bestShare({ parameters, share: chosen }: { readonly parameters: ParameterStore; readonly share: number }, before: MeasuredModel, general: readonly TrainingExample[]): Promise<{ after: MeasuredModel; share: number; folder: string }> {
    const { settings, threads } = this.#input;
    const writer = this.#model.writer(this.#corpus.training, { threads, general, ...this.#stopping() });
    const shares = [chosen, ...SMALLER_SHARES.filter((share) => share < chosen)];
    let last: { after: MeasuredModel; share: number; folder: string } | null = null;
    for (const share of shares) {
      const folder = path.join(this.#work, `share-${share}`);
      await writer.write(parameters, share, folder);
      const after = await this.measure(folder, `share-${share}`, true);
      await this.#run.append({ kind: 'measured', step: -1, scores: { share, bleu: after.heldOut.bleu, chrf: after.heldOut.chrf, ...(after.general === null ? {} : { generalBleu: after.general.bleu }) } });
      last = { after, share, folder };
      if (!forgotTooMuch(before, after, settings.mostForgotten)) break;
    }
    if (last === null) throw new RangeError('There is no share to try');
    return last;
  }

  /** Moves an accepted model to its place. */
  keep(folder: string, into: string): Promise<void> {
    // The run may lie on another disk.
    return writeWholeFolder(into, (part) => rename(folder, part).catch(() => cp(folder, part, { recursive: true })));
  }

  #open(folder: string, name: string, precision: 'int8' | 'float32' = 'int8'): Promise<PairTranslator> {
    return this.#model.openTranslator(folder, { precision, threads: this.#input.threads, cacheDir: path.join(this.#work, 'graphs', name) });
  }

  #stopping(): { readonly signal?: AbortSignal } {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }

  async #logSamples(translator: PairTranslator, of: readonly SentencePair[], step: number): Promise<void> {
    const pairs = of.slice(0, SAMPLES);
    const translated = await translator.translate(pairs.map(({ source }) => source), this.#signal);
    for (const [index, { source, target }] of pairs.entries()) await this.#run.append({ kind: 'sample', step, source, output: translated[index]?.text ?? '', reference: target });
  }
}
