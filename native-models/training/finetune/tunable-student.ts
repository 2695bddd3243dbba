/** A Marian student as fine-tuning takes models: what is learned lies beside its weights, and is written back into int8. */
import path from 'node:path';
import { openMarianStudent } from '../../runtime/open-marian-student.ts';
import { extendShortlist } from '../../weights/write-lexical-shortlist.ts';
import { encodePairs } from '../corpus/batches.ts';
import { initialParameters } from '../parameters.ts';
import { calibrateStudent } from '../student/calibrate-student.ts';
import { withDistributions } from '../student/old-distribution.ts';
import { quantizeStudent } from '../student/quantize-student.ts';
import { studentBatch } from '../student/student-batch.ts';
import { trainableStudent, weightsWithChange, withShare } from '../student/trainable-student.ts';
import type { FinetuneSettings } from './finetune-settings.ts';
import { learningSize } from './learning-size.ts';
import { PairTranslator, type TranslatorOptions } from './pair-translator.ts';
import { openStudentFolder, writeFloatStudent, writeStudentFolder, type StudentFolder } from './student-folder.ts';
import type { TunableModel } from './tunable-model.ts';

/** What int8 is fitted to: the more, the less it is fitted to chance. */
const CALIBRATION = { corpus: 1500, general: 600 } as const;

/** Errors: those of reading a student. */
export async function openTunableStudent(folder: string): Promise<TunableModel> {
  const student = await openStudentFolder(folder);
  const { architecture, source, target, parameters } = student;
  return {
    folder,
    targetVocabulary: architecture.targetVocabulary,
    encode: (pairs, maxTokens) => encodePairs(pairs, source, target, maxTokens).examples,
    exampleOf: (text, translation) => ({ source: [...source.encode(text), source.eosId], target: [...translation, target.eosId] }),
    size(settings) {
      const { dim, ffnDim, encoderLayers, decoderLayers, targetVocabulary } = architecture;
      const candidates = Math.min(settings.candidates ?? Infinity, targetVocabulary);
      return learningSize(learning(student, settings, null).parameters, rankOf(settings), { dim, ffnDim, encoderLayers, decoderLayers, candidates, batchTokens: settings.batchTokens });
    },
    learner(settings, candidates) {
      const model = learning(student, settings, candidates);
      return { model, start: new Map([...initialParameters(model, settings.seed), ...parameters]), batch: (examples) => studentBatch(examples, architecture.dim, settings.distilled).tensors, withShare };
    },
    withDistributions: (examples, count, { threads, signal }) => withDistributions(architecture, parameters, examples, count, threads, signal),
    async openLearned(learned, options) {
      const folder = path.join(options.cacheDir, 'learned');
      await writeFloatStudent(student, folder, weightsWithChange(learned, architecture, 1));
      return openStudentTranslator(student, folder, { ...options, precision: 'float32' });
    },
    openTranslator: (of, options) => openStudentTranslator(student, of, options),
    writer(corpus, options) {
      const shortlist = student.shortlist === null ? null : extendShortlist(student.shortlist, corpus);
      const examples = [...corpus.slice(0, CALIBRATION.corpus), ...(options.general ?? []).slice(0, CALIBRATION.general)];
      return {
        async write(learned, share, into) {
          const weights = weightsWithChange(learned, architecture, share);
          const calibration = await calibrateStudent(architecture, weights, examples, options.threads, options.signal);
          await writeStudentFolder(student, into, quantizeStudent(student.tensors, parameters, weights, calibration, options.grids ?? 'columns'), shortlist);
        },
      };
    },
  };
}

/** Students are small enough to learn fully. */
const rankOf = ({ rank }: FinetuneSettings): 'full' | number => (rank === 'auto' ? 'full' : rank);

const learning = ({ architecture }: StudentFolder, settings: FinetuneSettings, candidates: number | null) => trainableStudent(architecture, { ...settings, rank: rankOf(settings), candidates, targetsAToken: settings.distilled });

/** `student` says the vocabularies; the weights are those of `folder`. In int8 with its shortlist, in float32 without. */
export async function openStudentTranslator(student: StudentFolder, folder: string, options: TranslatorOptions): Promise<PairTranslator> {
  const { source, target } = student;
  const shortlist = options.precision === 'int8' && student.shortlist !== null;
  const model = await openMarianStudent({ folder: path.resolve(folder), device: 'cpu', shortlist, ...options });
  return new PairTranslator(model, { source, target, frame: { before: [], after: [source.eosId], firstToken: null } });
}
