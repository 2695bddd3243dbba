/** The families that can be trained from scratch, as the trainer sees them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readRecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { EngineError } from '../../engine/engine-error.ts';
import type { CompiledModel } from '../../runtime/compiled-model.ts';
import { openRecurrent } from '../../runtime/open-recurrent.ts';
import { openTransformerTensors } from '../../runtime/open-transformer-parameters.ts';
import { JOINT_VOCABULARY, RECURRENT_CONFIGURATION, RECURRENT_WEIGHTS, SOURCE_VOCABULARY, TARGET_VOCABULARY } from '../../weights/recurrent-folder.ts';
import { writeMarianBinary } from '../../weights/write-marian-binary.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { ParameterStore } from '../parameters.ts';
import { recurrentBatch, trainableRecurrent } from '../recurrent/trainable-recurrent.ts';
import { writeCheckpoint } from '../runs/checkpoint-file.ts';
import { studentBatch } from '../student/student-batch.ts';
import type { Batch, TrainableModel } from '../trainable-model.ts';
import { AttentionTransformer } from '../transformer/attention-transformer.ts';
import { studentArchitecture, trainableTransformer } from '../transformer/trainable-transformer.ts';
import { transformerTensors } from '../transformer/transformer-file.ts';
import type { TrainSettings } from './train-settings.ts';

export interface VocabularySizes {
  readonly source: number;
  readonly target: number;
  /** Both sides share one. */
  readonly joint: boolean;
}

export interface ModelFamily {
  /** As the engine calls it. */
  readonly architecture: string;
  readonly trainable: TrainableModel;
  batch(examples: readonly TrainingExample[]): Batch;
  /** Ready to translate with these parameters. */
  open(parameters: ParameterStore, threads: number): Promise<CompiledModel>;
  /** The files of a model folder, vocabularies aside; `pieces` of the target's, by their ids. */
  write(folder: string, parameters: ParameterStore, pieces: readonly string[]): Promise<void>;
  /** Names of the vocabularies in the folder; the same twice for a joint one. */
  readonly vocabularies: readonly [source: string, target: string];
}

/** Errors: INVALID_INPUT for two vocabularies where the model has one table. */
export function modelFamily({ model, smoothing }: Pick<TrainSettings, 'model' | 'smoothing'>, sizes: VocabularySizes): ModelFamily {
  if (model.kind === 'recurrent') return recurrentFamily(model, smoothing, sizes);
  return model.decoder === 'ssru' ? studentFamily(model, smoothing, sizes) : attentionFamily(model, smoothing, sizes);
}

function recurrentFamily({ kind: _, ...given }: Extract<TrainSettings['model'], { kind: 'recurrent' }>, smoothing: number, { source, target, joint }: VocabularySizes): ModelFamily {
  const configuration = readRecurrentConfiguration({ ...given, sourceVocabulary: source, targetVocabulary: target });
  return {
    architecture: 'recurrent',
    trainable: trainableRecurrent(configuration, smoothing),
    batch: recurrentBatch,
    open: (parameters, threads) => Promise.resolve(openRecurrent(configuration, parameters, { threads, device: 'cpu' })),
    async write(folder, parameters) {
      await writeFile(path.join(folder, RECURRENT_CONFIGURATION), `${JSON.stringify(configuration, null, 2)}\n`);
      await writeCheckpoint(path.join(folder, RECURRENT_WEIGHTS), { tensors: parameters, state: {} });
    },
    vocabularies: joint ? [JOINT_VOCABULARY, JOINT_VOCABULARY] : [SOURCE_VOCABULARY, TARGET_VOCABULARY],
  };
}

type TransformerSettings = Extract<TrainSettings['model'], { kind: 'transformer' }>;

function studentFamily(model: TransformerSettings, smoothing: number, sizes: VocabularySizes): ModelFamily {
  const architecture = studentArchitecture(model, sizes);
  return {
    architecture: 'marian-student',
    trainable: trainableTransformer(architecture, { smoothing, dropout: model.dropout }),
    batch: (examples) => studentBatch(examples, architecture.dim).tensors,
    open: (parameters, threads) => Promise.resolve(openTransformerTensors(architecture, transformerTensors(architecture, parameters), threads)),
    write: (folder, parameters) => writeFile(path.join(folder, 'model.bin'), writeMarianBinary(transformerTensors(architecture, parameters))),
    vocabularies: sizes.joint ? ['vocab.spm', 'vocab.spm'] : ['srcvocab.spm', 'trgvocab.spm'],
  };
}

function attentionFamily(model: TransformerSettings, smoothing: number, { source, joint }: VocabularySizes): ModelFamily {
  if (!joint) throw new EngineError('INVALID_INPUT', 'A transformer with self-attention in its decoder has one table of embeddings for both sides.', 'Set "joint" of the vocabulary to true, or give one vocabulary.');
  const transformer = new AttentionTransformer(model, source, smoothing);
  return {
    architecture: 'marian',
    trainable: transformer.trainable,
    batch: (examples) => transformer.batch(examples),
    open: (parameters, threads) => transformer.open(parameters, threads),
    write: (folder, parameters, pieces) => transformer.write(folder, parameters, pieces),
    vocabularies: ['source.spm', 'target.spm'],
  };
}
