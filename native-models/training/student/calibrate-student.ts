/** Measures what the activations of a student are like on a corpus: what int8 has to hold, and how they go together. */
import { GraphBuilder, int, ints, type Value } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { openSession } from '../../runtime/session.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import type { ParameterStore } from '../parameters.ts';
import { runsOf } from './compensated-rounding.ts';
import type { StudentCalibration } from './quantize-student.ts';
import { studentBatch } from './student-batch.ts';
import { studentForward, studentInputs } from './student-forward.ts';
import { studentParameterShapes } from './student-parameters.ts';

/** As Marian's students are calibrated: batches as they are translated. */
const ROWS_A_BATCH = 16;

/** A few hundred examples are enough. Rejects with the signal's reason. */
export async function calibrateStudent(architecture: StudentArchitecture, parameters: ParameterStore, examples: readonly TrainingExample[], threads: number, signal?: AbortSignal): Promise<StudentCalibration> {
  const { model, watched } = watchingGraph(architecture, parameters);
  const session = await openSession(encodeModel(model), { threads, device: 'cpu' });
  const largest = watched.map((): number[] => []);
  const grams = watched.map(({ rows, output }) => (output ? [] : runsOf(rows).map((size) => new Float64Array(size * size))));
  try {
    const order = examples.toSorted((a, b) => a.source.length - b.source.length);
    for (let from = 0; from < order.length; from += ROWS_A_BATCH) {
      signal?.throwIfAborted();
      const { tensors } = studentBatch(order.slice(from, from + ROWS_A_BATCH), architecture.dim);
      const result = await session.run(Object.fromEntries(session.inputs.map(({ name }) => [name, tensors[name] ?? missing(name)])), session.outputs.map(({ name }) => name));
      for (const index of watched.keys()) {
        largest[index]?.push(Number(result[`largest.${index}`]?.data[0]));
        for (const [run, gram] of (grams[index] ?? []).entries()) {
          const seen = result[`gram.${index}.${run}`]?.data;
          for (let at = 0; at < gram.length; at++) gram[at] = (gram[at] ?? 0) + Number(seen?.[at]);
        }
      }
    }
  } finally {
    await session.close();
  }
  return {
    ranges: new Map(watched.flatMap(({ matrices }, index) => matrices.map((matrix) => [matrix, largest[index] ?? []] as const))),
    grams: new Map(watched.flatMap(({ matrices, output }, index) => (output ? [] : matrices.map((matrix) => [matrix, grams[index] ?? []] as const)))),
  };
}

/** Activations that one or more matrices are multiplied with. */
interface Watched {
  readonly matrices: string[];
  readonly rows: number;
  readonly output: boolean;
}

function watchingGraph(architecture: StudentArchitecture, parameters: ParameterStore) {
  const g = new GraphBuilder('calibration');
  const declared = studentInputs(architecture).filter(({ name }) => name !== 'labels' && name !== 'labelWeights');
  for (const { name, type, dims } of declared) g.input(name, type, dims);
  const shapes = studentParameterShapes(architecture);
  const byActivation = new Map<Value, Watched>();
  const watch = (x: Value, matrix: string, rows: number, output: boolean): void => {
    const known = byActivation.get(x);
    if (known !== undefined) known.matrices.push(matrix);
    else byActivation.set(x, { matrices: [matrix], rows, output });
  };
  const { hidden } = studentForward(g, architecture, {
    parameter(name) {
      const parameter = parameters.get(name);
      if (parameter === undefined) throw new RangeError(`The parameter ${name} is missing`);
      return g.constant(float32(parameter.dims, parameter.data), name);
    },
    input: (name) => name,
    product(_, x, matrix) {
      watch(x, matrix, shapes.get(matrix)?.[0] ?? 0, false);
      return null;
    },
  });
  watch(hidden, 'none', architecture.dim, true);
  const watched = [...byActivation.entries()];
  for (const [index, [x, { rows, output }]] of watched.entries()) {
    g.namedOutput(`largest.${index}`, g.node('ReduceMax', [g.node('Abs', [x])], { attributes: { keepdims: int(0) } }), 'float32');
    if (output) continue;
    const flat = g.node('Reshape', [x, g.constant(int64([2], [-1, rows]))]);
    let from = 0;
    for (const [run, size] of runsOf(rows).entries()) {
      const part = g.node('Slice', [flat, ...[from, from + size, 1].map((value) => g.constant(int64([1], [value])))]);
      g.namedOutput(`gram.${index}.${run}`, g.node('MatMul', [g.node('Transpose', [part], { attributes: { perm: ints(1, 0) } }), part]), 'float32');
      from += size;
    }
  }
  return { model: g.model('bitext-studio'), watched: watched.map(([, each]) => each) };
}

function missing(name: string): never {
  throw new RangeError(`The batch lacks ${name}`);
}
