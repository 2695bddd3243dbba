/** What a student itself holds likely at each token of some translations: its teacher's view while it learns something new. */
import { GraphBuilder, int } from '../../onnx/graph-builder.ts';
import { encodeModel } from '../../onnx/model-proto.ts';
import { float32, int64 } from '../../onnx/tensors.ts';
import { openSession } from '../../runtime/session.ts';
import type { StudentArchitecture } from '../../weights/marian-config.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { batchesOf } from '../corpus/batches.ts';
import type { ParameterStore } from '../parameters.ts';
import { studentBatch } from './student-batch.ts';
import { embeddingOf, studentForward, studentInputs } from './student-forward.ts';

/** Logits of a batch are the largest array: so many times the vocabulary. */
const TOKENS_A_BATCH = 600;
const MOST_ROWS = 64;

/**
 * The examples with the `count` likeliest tokens at each place and their probabilities, scaled to a sum of 1. Rejects with
 * the signal's reason.
 */
export async function withDistributions(architecture: StudentArchitecture, parameters: ParameterStore, examples: readonly TrainingExample[], count: number, threads: number, signal?: AbortSignal): Promise<TrainingExample[]> {
  const session = await openSession(encodeModel(likeliestGraph(architecture, parameters, count)), { threads, device: 'cpu' });
  const out: TrainingExample[] = [...examples];
  try {
    for (const batch of batchesOf(examples, { targetTokens: TOKENS_A_BATCH, maxRows: MOST_ROWS, seed: 1 }, 0)) {
      signal?.throwIfAborted();
      const { tensors } = studentBatch(batch.flatMap((index) => examples[index] ?? []), architecture.dim);
      const feeds = Object.fromEntries(session.inputs.flatMap(({ name }) => { const tensor = tensors[name]; return tensor === undefined ? [] : [[name, tensor] as const]; }));
      const { tokens, probabilities } = await session.run(feeds, ['tokens', 'probabilities']);
      for (const [row, index] of batch.entries()) {
        const example = examples[index];
        if (example === undefined) continue;
        const distributions = example.target.map((_, at) => {
          const start = (at * batch.length + row) * count;
          const places = Array.from({ length: count }, (__, k) => start + k);
          return { tokens: places.map((place) => Number(tokens?.data[place])), shares: places.map((place) => Number(probabilities?.data[place])) };
        });
        out[index] = { ...example, distributions };
      }
    }
  } finally {
    await session.close();
  }
  return out;
}

/** `tokens` and `probabilities` [T * B, count], the likeliest first. */
function likeliestGraph(architecture: StudentArchitecture, parameters: ParameterStore, count: number) {
  const g = new GraphBuilder('likeliest');
  for (const { name, type, dims } of studentInputs(architecture)) if (!name.startsWith('label')) g.input(name, type, dims);
  const made = new Map<string, string>();
  const parameter = (name: string): string => {
    const known = parameters.get(name);
    if (known === undefined) throw new RangeError(`The parameter ${name} is missing`);
    const value = made.get(name) ?? g.constant(float32(known.dims, known.data), name);
    made.set(name, value);
    return value;
  };
  const { hidden } = studentForward(g, architecture, { parameter, input: (name) => name });
  const flat = g.node('Reshape', [hidden, g.constant(int64([2], [-1, architecture.dim]))]);
  const logits = g.node('Gemm', [flat, parameter(embeddingOf(architecture, 'target')), parameter('decoder_ff_logit_out_b')], { attributes: { transB: int(1) } });
  const [best = '', tokens = ''] = g.nodes('TopK', [logits, g.constant(int64([1], [count]))], 2, { attributes: { axis: int(-1) } });
  // A softmax over the likeliest alone is that over all, scaled to a sum of 1.
  g.namedOutput('probabilities', g.node('Softmax', [best], { attributes: { axis: int(-1) } }), 'float32');
  g.namedOutput('tokens', tokens, 'int64');
  return g.model('bitext-studio');
}
