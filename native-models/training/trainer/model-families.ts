/** The families that can be trained from scratch, as the trainer sees them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readRecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
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
  open(parameters: ParameterStore, threads: number): CompiledModel;
  /** The files of a model folder, vocabularies aside. */
  write(folder: string, parameters: ParameterStore): Promise<void>;
  /** Names of the vocabularies in the folder; the same twice for a joint one. */
  readonly vocabularies: readonly [source: string, target: string];
}

export function modelFamily({ model, smoothing }: Pick<TrainSettings, 'model' | 'smoothing'>, sizes: VocabularySizes): ModelFamily {
  return model.kind === 'recurrent' ? recurrentFamily(model, smoothing, sizes) : transformerFamily(model, smoothing, sizes);
}

function recurrentFamily({ kind: _, ...given }: Extract<TrainSettings['model'], { kind: 'recurrent' }>, smoothing: number, { source, target, joint }: VocabularySizes): ModelFamily {
  const configuration = readRecurrentConfiguration({ ...given, sourceVocabulary: source, targetVocabulary: target });
  return {
    architecture: 'recurrent',
    trainable: trainableRecurrent(configuration, smoothing),
    batch: recurrentBatch,
    open: (parameters, threads) => openRecurrent(configuration, parameters, { threads, device: 'cpu' }),
    async write(folder, parameters) {
      await writeFile(path.join(folder, RECURRENT_CONFIGURATION), `${JSON.stringify(configuration, null, 2)}\n`);
      await writeCheckpoint(path.join(folder, RECURRENT_WEIGHTS), { tensors: parameters, state: {} });
    },
    vocabularies: joint ? [JOINT_VOCABULARY, JOINT_VOCABULARY] : [SOURCE_VOCABULARY, TARGET_VOCABULARY],
  };
}

function transformerFamily(model: Extract<TrainSettings['model'], { kind: 'transformer' }>, smoothing: number, sizes: VocabularySizes): ModelFamily {
  const architecture = studentArchitecture(model, sizes);
  return {
    architecture: 'marian-student',
    trainable: trainableTransformer(architecture, { smoothing, dropout: model.dropout }),
    batch: (examples) => studentBatch(examples, architecture.dim).tensors,
    open: (parameters, threads) => openTransformerTensors(architecture, transformerTensors(architecture, parameters), threads),
    write: (folder, parameters) => writeFile(path.join(folder, 'model.bin'), writeMarianBinary(transformerTensors(architecture, parameters))),
    vocabularies: sizes.joint ? ['vocab.spm', 'vocab.spm'] : ['srcvocab.spm', 'trgvocab.spm'],
  };
}
