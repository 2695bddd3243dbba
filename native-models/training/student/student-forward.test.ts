import { describe, expect, it } from 'vitest';
import { ReferenceStudent } from '../../architectures/testing/reference-student.ts';
import { GraphBuilder, int, ints } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { openSession } from '../../runtime/session.ts';
import { readMarianBinary } from '../../weights/marian-binary.ts';
import { readStudentArchitecture } from '../../weights/marian-config.ts';
import { MarianWeights } from '../../weights/marian-weights.ts';
import { SMALL_STUDENT, studentFile } from '../../weights/testing/synthetic-student.ts';
import { studentBatch } from './student-batch.ts';
import { embeddingOf, studentForward, studentInputs } from './student-forward.ts';
import { readStudentParameters } from './student-parameters.ts';

const STUDENTS = [
  ['one vocabulary', SMALL_STUDENT],
  ['a vocabulary a side', { ...SMALL_STUDENT, seed: 11, sharedEmbeddings: false, decoderLayers: 1, heads: 2, endBias: 1 }],
] as const;
const SOURCES = [[5, 9, 31, 0], [0], [7, 7, 7, 7, 7, 7, 7, 7, 90, 12, 0], [44, 0]];

describe.each(STUDENTS)('the training graph of a student with %s', (_, student) => {
  const tensors = readMarianBinary(studentFile(student), 'model.bin');
  const architecture = readStudentArchitecture(tensors, 'model.bin');
  const weights = new MarianWeights(tensors, 'model.bin');
  const parameters = readStudentParameters(weights, architecture);

  it('gives every token the probability that decoding gives it, in one batch of unequal lengths', async () => {
    const g = new GraphBuilder('student');
    for (const { name, type, dims } of studentInputs(architecture)) g.input(name, type, dims);
    const parameter = (name: string): string => {
      const { dims, data } = parameters.get(name) ?? { dims: [], data: new Float32Array() };
      return g.constant(float32(dims, data), name);
    };
    const { hidden, attention } = studentForward(g, architecture, { parameter, input: (name) => name });
    const table = g.node('Transpose', [parameter(embeddingOf(architecture, 'target'))], { attributes: { perm: ints(1, 0) } });
    const logits = g.node('Add', [g.node('MatMul', [hidden, table]), parameter('decoder_ff_logit_out_b')]);
    const chosen = g.node('GatherElements', [g.node('LogSoftmax', [logits], { attributes: { axis: int(-1) } }), g.node('Unsqueeze', ['labels', g.constant(int64([1], [2]))])], { attributes: { axis: int(2) } });
    g.namedOutput('chosen', chosen, 'float32');
    g.namedOutput('attention', attention, 'float32');
    const session = await openSession(encodeModel(g.model('test')), { threads: 1, device: 'cpu' });
    const reference = new ReferenceStudent(weights, architecture, false);
    const expected = SOURCES.map((source) => reference.translate(source, 12, null));
    const batch = studentBatch(SOURCES.map((source, row) => ({ source, target: [...(expected[row]?.ids ?? []), ...(expected[row]?.truncated === true ? [] : [0])] })), architecture.dim);
  
    const result = await session.run(batch.tensors, ['chosen', 'attention']);
    await session.close();
    const [probabilities, looked] = [result['chosen'], result['attention']];
    for (const [row, { logProbabilities, attention: rows }] of expected.entries()) {
      const [length = 0, width = 0] = [logProbabilities.length, looked?.dims[2] ?? 0];
      const steps = looked?.dims[1] ?? 0;
      logProbabilities.forEach((value, at) => expect(Number(probabilities?.data[at * SOURCES.length + row])).toBeCloseTo(value, 4));
      for (let at = 0; at < length; at++) rows[at]?.forEach((value, column) => expect(Number(looked?.data[(row * steps + at) * width + column])).toBeCloseTo(value, 4));
    }
    expect(batch.targetTokens).toBe(SOURCES.map((_, row) => expected[row]?.logProbabilities.length ?? 0).reduce((sum, length) => sum + length, 0));
  });
});
