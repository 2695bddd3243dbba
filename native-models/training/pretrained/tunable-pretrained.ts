/**
 * Marian teachers and the families of Hugging Face as fine-tuning takes models. What is written is their own format in
 * float32; the engine brings it to 8 bit when it opens it, as it does with every model.
 */
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';
import { openModel } from '../../runtime/open-model.ts';
import { readStoredModel } from '../../weights/huggingface-folder.ts';
import { readMarianTeacher } from '../../weights/marian-teacher-folder.ts';
import type { InspectedFolder } from '../../weights/model-folder.ts';
import { writeChangedTeacher, writeChangedWeights, type ChangedArrays } from '../../weights/write-changed-model.ts';
import type { TransformerDefinition } from '../../architectures/transformer/definition.ts';
import { DEFAULT_FINETUNE, type FinetuneSettings } from '../finetune/finetune-settings.ts';
import { AUTO_RANK, learningSize, MOST_FULL_BYTES, type LearningShape } from '../finetune/learning-size.ts';
import { PairTranslator, type TranslatorOptions } from '../finetune/pair-translator.ts';
import type { TunableModel } from '../finetune/tunable-model.ts';
import type { ParameterStore } from '../parameters.ts';
import { changedWeights, withShare } from './changed-weights.ts';
import { pretrainedBatch } from './pretrained-batch.ts';
import { openPretrainedText } from './pretrained-text.ts';
import { parametersOf, trainablePretrained } from './trainable-pretrained.ts';
import type { LearningSize, TuningTask } from '../finetune/finetune-job.ts';

/** Formats that hold weights which can be trained, apart from students. */
export type PretrainedFormat = 'safetensors' | 'marian-npz';

/** Larger models are not written and opened in the middle of a training, only to be measured: it takes minutes and gigabytes. */
const MOST_WRITTEN_ON_THE_WAY = 2e8;

interface OpenedModel {
  readonly definition: TransformerDefinition;
  /** Of a Marian teacher, whose settings name none. */
  readonly startId: number | null;
  write(changed: ChangedArrays, into: string): Promise<void>;
}

/** Errors: those of reading the model; PAIR_WITHOUT_MODEL and MODEL_UNSUPPORTED for a task that is not its own. */
export async function openTunablePretrained(model: InspectedFolder & { readonly format: PretrainedFormat }, task: TuningTask): Promise<TunableModel> {
  const { folder, format } = model;
  const { definition, startId, write } = await openWeights(model);
  const text = await openPretrainedText(model, task, startId, definition.maxSourceLength);
  const opened = async (of: string, options: TranslatorOptions): Promise<PairTranslator> => new PairTranslator(await openModel({ ...options, folder: of, format, device: 'cpu' }, () => undefined), text);
  return {
    folder,
    targetVocabulary: definition.output.outputs,
    encode(pairs, maxTokens) {
      const [longestSource, longestTarget] = [definition.maxSourceLength, definition.maxTargetLength].map((most) => Math.min(maxTokens, most ?? Infinity));
      const fits = (length: number, most: number | undefined): boolean => length <= (most ?? maxTokens);
      // A text to summarize is cut off, not left out.
      return pairs.map(({ source, target }) => text.example(source, target)).filter(({ source, target }) => (text.most !== undefined || fits(source.length, longestSource)) && fits(target.length, longestTarget));
    },
    exampleOf: text.exampleOf,
    size: (settings) => sizeOf(definition, settings),
    learner(settings, candidates) {
      const { model: trainable, start } = trainablePretrained(definition, { ...checked(settings), rank: sizeOf(definition, settings).rank, candidates });
      return { model: trainable, start, batch: (examples) => pretrainedBatch(definition, text.start, examples), withShare: (trained, share) => withShare(start, trained, share) };
    },
    ...(sizeOf(definition, DEFAULT_FINETUNE).parameters > MOST_WRITTEN_ON_THE_WAY ? {} : {
      async openLearned(learned: ParameterStore, options: Pick<TranslatorOptions, 'threads' | 'cacheDir'>) {
        const into = path.join(options.cacheDir, 'learned');
        await write(changedWeights(definition, learned, 1), into);
        return opened(into, { ...options, precision: 'float32' });
      },
    }),
    openTranslator: opened,
    writer: () => ({ write: (learned, share, into) => write(changedWeights(definition, learned, share), into) }),
  };
}

async function openWeights({ folder, format }: { readonly folder: string; readonly format: PretrainedFormat }): Promise<OpenedModel> {
  if (format === 'marian-npz') {
    const teacher = await readMarianTeacher(folder);
    return { definition: teacher.definition, startId: teacher.search.startId, write: (changed, into) => writeChangedTeacher(folder, teacher, changed, into) };
  }
  const stored = await readStoredModel(folder);
  return { definition: stored.definition, startId: null, write: (changed, into) => writeChangedWeights(folder, stored, changed, into) };
}

/** With `auto`, changes of low rank where full ones would take too much memory. */
function sizeOf(definition: TransformerDefinition, settings: FinetuneSettings): LearningSize {
  const { dim, encoder, decoder, output } = definition;
  const shape: LearningShape = {
    dim, ffnDim: Math.max(...[...encoder.layers, ...decoder.layers].map(({ feedForward: { inner, gate } }) => inner.outputs * (gate === null ? 1 : 2))),
    encoderLayers: encoder.layers.length, decoderLayers: decoder.layers.length, candidates: Math.min(settings.candidates ?? Infinity, output.outputs), batchTokens: settings.batchTokens,
  };
  const withRank = (rank: 'full' | number): LearningSize => learningSize(parametersOf(definition, { rank, freezeEmbeddings: settings.freezeEmbeddings }), rank, shape);
  if (settings.rank !== 'auto') return withRank(settings.rank);
  const full = withRank('full');
  return full.bytes > MOST_FULL_BYTES ? withRank(AUTO_RANK) : full;
}

/** What only students know is refused. */
function checked(settings: FinetuneSettings): FinetuneSettings {
  const { dropout, pull } = settings;
  if (dropout !== 0 || pull !== 0) throw new EngineError('MODEL_UNSUPPORTED', 'Dropout and a pull towards the old weights are there for students only.', 'Leave out "dropout" and "pull".');
  return settings;
}
