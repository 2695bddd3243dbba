/**
 * Confirmed pairs become steps: some are held out, the others are learned a few at a time, each time together with some that
 * were learned before them (experience replay: Rolnick et al. 2019), and a step is kept while the guard lets it be. Ends with
 * new int8 weights for the engine. It may be killed at any moment, and goes on where it was.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { addToManifest, readManifest } from '../../catalog/manifest.ts';
import { fixedSentences } from '../../devices/fixed-sentences.ts';
import { GRAPHS_FOLDER } from '../../runtime/graph-folder.ts';
import type { TrainingExample } from '../../training/corpus/batches.ts';
import type { TunableModel } from '../../training/finetune/tunable-model.ts';
import { openTunableStudent } from '../../training/finetune/tunable-student.ts';
import { writeWhole } from '../../training/runs/checkpoint-file.ts';
import { seededRandom } from '../../training/seeded-random.ts';
import { LearnedState } from './learned-state.ts';
import { planSteps, type PlannedStep } from './plan-steps.ts';
import { whyNotMade, whyTakenBack } from './step-guard.ts';
import { appendEntry, readJournal, type JournalEntry, type JournalPair, type MadeStep } from './step-journal.ts';
import { StepLearner } from './step-learner.ts';
import type { LearnOutcome, LearnProgress, LearnRequest } from './step-learning.ts';
import { DEFAULT_STEPS, type StepSettings } from './step-settings.ts';
import { adaptedId, newestCheckpoint, newestWeights, storeCheckpoint, storeWeights } from './step-store.ts';

export interface LearnOptions {
  /** Rejects with its reason between two steps; what was made stays. */
  readonly signal?: AbortSignal;
  readonly report?: (progress: LearnProgress) => void;
  /** Resolves when nobody else needs the processor; asked before each step. */
  readonly mayGoOn?: () => Promise<void>;
}

/** Longer examples are not learned: a step must stay short. */
const MOST_TOKENS = 120;
/** A checkpoint is some 100 MB; as many steps as lie between two are made again in a few seconds. */
const STEPS_A_CHECKPOINT = 4;
/** Held-out pairs that a step is measured with, the newest. */
const MOST_MEASURED = 48;
/** Learned pairs that the calibration of int8 sees, the newest. */
const MOST_CALIBRATED = 200;

/** Errors: those of reading the model, MODEL_UNSUPPORTED for one that can't be trained; the file system's. */
export async function learnConfirmed(request: LearnRequest, options: LearnOptions = {}): Promise<LearnOutcome> {
  const { folder, confirmed, rest } = request;
  const settings = { ...DEFAULT_STEPS, ...request.settings };
  await mkdir(folder, { recursive: true });
  const state = LearnedState.of(await readJournal(folder));
  const waiting = state.waiting(confirmed);
  const known = await newestWeights(folder, state.kept.map(({ step }) => step));
  const isWritten = (known?.step ?? 0) === state.head;
  if (waiting.length < (rest ? 1 : settings.fresh) && isWritten) return { head: state.head, weights: known?.folder ?? null };
  options.report?.({ stage: 'opening', made: 0, steps: 0 });
  const round = await Round.open(request, state, settings, options);
  try {
    await round.learn(waiting);
    return await round.write();
  } finally {
    await round.close();
  }
}

class Round {
  readonly #request: LearnRequest;
  readonly #model: TunableModel;
  readonly #learner: StepLearner;
  readonly #state: LearnedState;
  readonly #settings: StepSettings;
  readonly #options: LearnOptions;
  readonly #general: readonly TrainingExample[];
  readonly #generalAtFirst: number;
  #checkpoint = 0;
  /** Of held-out pairs, when they were first met. */
  readonly #losses = new Map<JournalPair, number>();

  private constructor(request: LearnRequest, model: TunableModel, learner: StepLearner, { state, settings, options, general, generalAtFirst }: { state: LearnedState; settings: StepSettings; options: LearnOptions; general: readonly TrainingExample[]; generalAtFirst: number }) {
    this.#request = request;
    this.#model = model;
    this.#learner = learner;
    this.#state = state;
    this.#settings = settings;
    this.#options = options;
    this.#general = general;
    this.#generalAtFirst = generalAtFirst;
  }

  static async open(request: LearnRequest, state: LearnedState, settings: StepSettings, options: LearnOptions): Promise<Round> {
    const model = await openTunableStudent(request.modelFolder);
    const general = await generalExamples(model, request);
    const learner = await StepLearner.open(model, settings);
    try {
      const generalAtFirst = (await learner.loss(general)) ?? 0;
      const round = new Round(request, model, learner, { state, settings, options, general, generalAtFirst });
      await round.#goOn();
      return round;
    } catch (error) {
      await learner.close();
      throw error;
    }
  }

  /** Makes steps of the pairs, and holds some of them out. */
  async learn(waiting: readonly JournalPair[]): Promise<void> {
    const tooLong = waiting.filter((pair) => this.#encode([pair]).length === 0);
    if (tooLong.length > 0) await this.#note({ kind: 'passed-over', pairs: tooLong });
    const { steps, left } = planSteps(this.#state, waiting.filter((pair) => !tooLong.includes(pair)), this.#settings, this.#request.rest);
    for (const [made, planned] of steps.entries()) {
      this.#options.report?.({ stage: 'learning', made, steps: steps.length });
      await this.#pause();
      await this.#note(await this.#step(planned));
      if (this.#behind(this.#checkpoint) >= STEPS_A_CHECKPOINT) await this.#store(this.#state.head);
    }
    if (left.length > 0) await this.#note({ kind: 'held-out', pairs: left });
  }

  /** Weights for the engine, unless they are there. */
  async write(): Promise<LearnOutcome> {
    const { head, kept } = this.#state;
    const { folder, modelFolder, model } = this.#request;
    if (head === 0) return { head, weights: null };
    const steps = kept.map(({ step }) => step);
    const known = await newestWeights(folder, steps);
    if (known?.step === head) return { head, weights: known.folder };
    this.#options.report?.({ stage: 'writing', made: 0, steps: 0 });
    await this.#pause();
    const corpus = [...this.#encode(this.#state.learned().slice(-MOST_CALIBRATED)), ...this.#general];
    // On finer grids a step keeps what single pairs taught, and other texts pay for it: docs/engine-adaptation.md.
    const writer = this.#model.writer(corpus, { threads: 1, grids: 'matrix', ...(this.#options.signal === undefined ? {} : { signal: this.#options.signal }) });
    const weights = await storeWeights(folder, head, steps, async (into) => {
      await writer.write(this.#learner.parameters(), 1, into);
      const { licence, alignment } = readManifest(modelFolder);
      addToManifest(into, { id: adaptedId(model.id, head), name: `${model.name}, adapted`, from: model.from, to: model.to, source: `Adapted in this studio from ${model.id}`, ...(licence === undefined ? {} : { licence }), ...(alignment === undefined ? {} : { alignment }) });
    });
    return { head, weights };
  }

  close(): Promise<void> {
    return this.#learner.close();
  }

  /** From the newest checkpoint on, the steps behind it are made once more. */
  async #goOn(): Promise<void> {
    const { kept } = this.#state;
    const stored = await newestCheckpoint(this.#request.folder, kept.map(({ step }) => step));
    if (stored !== null) this.#learner.restore(stored.snapshot);
    this.#checkpoint = stored?.step ?? 0;
    for (const { step, pairs } of kept) {
      if (step <= this.#checkpoint) continue;
      await this.#pause();
      await this.#learner.learn(this.#examplesOf(step, pairs));
    }
  }

  async #step({ pairs, holdsOut }: PlannedStep): Promise<MadeStep> {
    const learner = this.#learner, step = this.#state.nextStep;
    const measured = this.#encode(await this.#probable([...this.#state.heldOut.values(), ...holdsOut].slice(-MOST_MEASURED)));
    const snapshot = learner.snapshot();
    const before = { heldOut: await learner.loss(measured), general: (await learner.loss(this.#general)) ?? 0 };
    const improbable = whyNotMade(await this.#lossesOf(pairs), this.#settings);
    const since = performance.now();
    const applied = improbable === null && (await learner.learn(this.#examplesOf(step, pairs)));
    const milliseconds = performance.now() - since;
    const after = { heldOut: await learner.loss(measured), general: (await learner.loss(this.#general)) ?? 0 };
    const heldOut = before.heldOut === null || after.heldOut === null ? null : { before: before.heldOut, after: after.heldOut };
    const general = { before: before.general, after: after.general };
    const reason = improbable ?? (applied ? whyTakenBack({ heldOut, general, generalAtFirst: this.#generalAtFirst }, this.#settings) : 'The loss was no number.');
    if (reason !== null) learner.restore(snapshot);
    return { kind: 'step', step, at: new Date().toISOString(), outcome: reason === null ? 'kept' : 'taken-back', reason, pairs, holdsOut, heldOut, general, milliseconds };
  }

  /** A pair that is wrong would say that right steps are, and hide that wrong ones are. */
  async #probable(pairs: readonly JournalPair[]): Promise<JournalPair[]> {
    const probable: JournalPair[] = [];
    for (const pair of pairs) {
      const loss = this.#losses.get(pair) ?? (await this.#lossOf(pair));
      this.#losses.set(pair, loss);
      if (loss <= this.#settings.improbable) probable.push(pair);
    }
    return probable;
  }

  async #lossesOf(pairs: readonly JournalPair[]): Promise<number[]> {
    const losses: number[] = [];
    for (const pair of pairs) losses.push(await this.#lossOf(pair));
    return losses;
  }

  async #lossOf(pair: JournalPair): Promise<number> {
    return (await this.#learner.loss(this.#encode([pair]))) ?? 0;
  }

  /** Its own pairs, and some that the steps before it learned: the same ones each time. */
  #examplesOf(step: number, pairs: readonly JournalPair[]): readonly TrainingExample[] {
    const before = this.#state.learned(step - 1);
    const random = seededRandom(this.#settings.seed, step);
    const replayed = Array.from({ length: Math.min(this.#settings.replayed, before.length) }, () => before[random.below(before.length)]).flatMap((pair) => pair ?? []);
    return this.#encode([...pairs, ...replayed]);
  }

  #behind(checkpoint: number): number {
    return this.#state.kept.filter(({ step }) => step > checkpoint).length;
  }

  async #store(step: number): Promise<void> {
    await storeCheckpoint(this.#request.folder, step, this.#state.kept.map((each) => each.step), this.#learner.snapshot());
    this.#checkpoint = step;
  }

  async #note(entry: JournalEntry): Promise<void> {
    await appendEntry(this.#request.folder, entry);
    this.#state.add(entry);
  }

  async #pause(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    await this.#options.mayGoOn?.();
    this.#options.signal?.throwIfAborted();
  }

  #encode(pairs: readonly JournalPair[]): readonly TrainingExample[] {
    return this.#model.encode(pairs, MOST_TOKENS);
  }
}

/** The fixed sentences with the model's own translations, which it is to go on making; translated once. */
async function generalExamples(model: TunableModel, { folder, modelFolder, model: { from } }: LearnRequest): Promise<readonly TrainingExample[]> {
  const file = path.join(folder, 'general.json');
  const stored = await readFile(file, 'utf8').then(pairsIn).catch(() => null);
  if (stored !== null) return model.encode(stored, MOST_TOKENS);
  const translator = await model.openTranslator(modelFolder, { precision: 'int8', threads: 1, cacheDir: path.join(folder, GRAPHS_FOLDER) });
  try {
    const sentences = fixedSentences(from);
    const pairs = (await translator.translate(sentences)).flatMap(({ text, truncated }, index) => (truncated ? [] : [{ source: sentences[index] ?? '', target: text }]));
    await writeWhole(file, [Buffer.from(JSON.stringify(pairs))]);
    return model.encode(pairs, MOST_TOKENS);
  } finally {
    await translator.close();
  }
}

function pairsIn(text: string): { source: string; target: string }[] | null {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return null;
  return value.flatMap((each: unknown) => (typeof each === 'object' && each !== null && 'source' in each && 'target' in each && typeof each.source === 'string' && typeof each.target === 'string' ? [{ source: each.source, target: each.target }] : []));
}
