import { describe, expect, it } from 'vitest';
import { ReferenceStudent } from '../../architectures/testing/reference-student.ts';
import { readMarianBinary } from '../../weights/marian-binary.ts';
import { readStudentArchitecture } from '../../weights/marian-config.ts';
import { MarianWeights } from '../../weights/marian-weights.ts';
import { SMALL_STUDENT, studentFile } from '../../weights/testing/synthetic-student.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { sgd } from '../optimizers/sgd.ts';
import { initialParameters } from '../parameters.ts';
import { openTrainingSession } from '../session/training-session.ts';
import { withDistributions } from './old-distribution.ts';
import { studentBatch } from './student-batch.ts';
import { readStudentParameters } from './student-parameters.ts';
import { trainableStudent } from './trainable-student.ts';

const SOURCES = [[5, 9, 31, 0], [7, 7, 7, 7, 7, 90, 12, 0], [44, 0]];
const COUNT = 3;

describe('the old model\u2019s distributions', () => {
  const tensors = readMarianBinary(studentFile(SMALL_STUDENT), 'model.bin');
  const architecture = readStudentArchitecture(tensors, 'model.bin');
  const weights = new MarianWeights(tensors, 'model.bin');
  const parameters = readStudentParameters(weights, architecture);
  const reference = new ReferenceStudent(weights, architecture, false);
  const expected = SOURCES.map((source) => reference.translate(source, 9, null));
  const examples = SOURCES.map((source, row): TrainingExample => ({ source, target: expected[row]?.ids ?? [] }));

  it('are in the order of the examples, the token that decoding chose first, with shares that sum to one', async () => {
    const found = await withDistributions(architecture, parameters, examples, COUNT, 1);
    expect(found.map(({ distributions }) => distributions?.map(({ tokens }) => tokens[0]))).toEqual(examples.map(({ target }) => target));
    for (const { distributions } of found)
      for (const { tokens, shares } of distributions ?? []) {
        expect([new Set(tokens).size, shares.toSorted((a, b) => b - a)]).toEqual([COUNT, shares]);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      }
  });

  it('are the probabilities that decoding gives its choices, where all tokens are asked for', async () => {
    const [first] = await withDistributions(architecture, parameters, examples.slice(0, 1), architecture.targetVocabulary, 1);
    expected[0]?.logProbabilities.slice(0, 9).forEach((value, at) => expect(Math.log(first?.distributions?.[at]?.shares[0] ?? 0)).toBeCloseTo(value, 4));
  });

  it('leave a model where it is: its gradient is nothing beside that of hard targets', async () => {
    const all = architecture.targetVocabulary;
    const soft = await withDistributions(architecture, parameters, examples, all, 1);
    const model = trainableStudent(architecture, { rank: 'full', freezeEmbeddings: false, candidates: null, labelSmoothing: 0, dropout: 0, targetsAToken: all });
    const session = await openTrainingSession(model, { parameters: new Map([...initialParameters(model, 1), ...parameters]), optimizer: sgd(), seed: 1, threads: 1 });
    const [hardStep, softStep] = await session.steps([examples, soft].map((each) => ({ batch: studentBatch(each, architecture.dim, all).tensors, rate: 0 })));
    await session.close();
    expect(softStep?.gradientNorm).toBeLessThan((hardStep?.gradientNorm ?? 0) / 1000);
  });
});
