/** Opens a student from parameters that are being trained, in float32. */
import { MOST_POSITIONS, studentGraph } from '../architectures/student-graph.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import type { MarianTensor } from '../weights/marian-binary.ts';
import type { StudentArchitecture } from '../weights/marian-config.ts';
import { MarianWeights } from '../weights/marian-weights.ts';
import type { CompiledModel } from './compiled-model.ts';
import { openSession } from './session.ts';
import { StudentModel } from './student-model.ts';

const MOST_SOURCE_TOKENS = 256;

export function openTransformerTensors(architecture: StudentArchitecture, tensors: ReadonlyMap<string, MarianTensor>, threads: number): CompiledModel {
  const weights = new MarianWeights(tensors, 'the model in training');
  return new StudentModel({
    architecture,
    openVariant: (variant) => openSession(encodeModel(studentGraph(weights, architecture, { precision: 'float32', shortlist: false, encoded: false, ...variant })), { threads, device: 'cpu', memoryPlans: false }),
    finder: null,
    maxSourceTokens: MOST_SOURCE_TOKENS,
    maxTargetTokens: MOST_POSITIONS,
  });
}
