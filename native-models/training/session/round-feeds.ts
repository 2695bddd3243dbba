/** Batches as the feeds of a training graph: all rounds of an input one after the other, with their places and shapes. */
import { EngineError } from '../../engine/engine-error.ts';
import type { FeedTensor } from '../../runtime/session.ts';
import { elementCount } from '../parameters.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Batch, BatchInput, BatchTensor } from '../trainable-model.ts';
import type { MaskInput } from './training-graph.ts';

/** The tensor of one input in each batch. Errors: INVALID_INPUT for a tensor that is missing or of another type or shape. */
export function inputFeeds(input: BatchInput, batches: readonly Batch[]): Record<string, FeedTensor> {
  return feeds(input, batches.map((batch) => checked(input, batch)));
}

/** Which mask a round draws. */
export interface MaskDraw {
  /** Updates made before. */
  readonly update: number;
  /** Of the batch among those whose gradients make one update. */
  readonly place: number;
}

/** Masks of the rounds; the same draw of a seed is always the same. `order` is the mask's own among those of the model. */
export function maskFeeds(mask: MaskInput, order: number, inputs: readonly BatchInput[], batches: readonly Batch[], seed: number, draws: readonly MaskDraw[]): Record<string, FeedTensor> {
  const tensors = batches.map((batch, round): BatchTensor => {
    const sizes = sizesOf(inputs, batch);
    const dims = mask.dims.map((dim) => (typeof dim === 'number' ? dim : (sizes.get(dim) ?? unknownSize(mask.name, dim))));
    const { update, place } = draws[round] ?? { update: round, place: 0 };
    const random = seededRandom((seed + Math.imul(place, SEED_STRIDE)) | 0, update * MOST_MASKS + order);
    const factor = 1 / (1 - mask.rate);
    const data = new Float32Array(elementCount(dims));
    for (let index = 0; index < data.length; index++) data[index] = random.next() < mask.rate ? 0 : factor;
    return { type: 'float32', dims, data };
  });
  return feeds(mask, tensors);
}

const MOST_MASKS = 1024;
/** Odd, and far from the seeds that people choose. */
const SEED_STRIDE = 0x3c6ef35f;

function unknownSize(name: string, dim: string): never {
  throw new EngineError('MODEL_UNSUPPORTED', `The size ${dim} of ${name} is none of the batch's`, 'Name the sizes of a mask as the inputs of the model do.');
}

function checked(input: BatchInput, batch: Batch): BatchTensor {
  const tensor = batch[input.name];
  if (tensor === undefined) throw new EngineError('INVALID_INPUT', `The batch has no ${input.name}`, 'Give all inputs of the model.');
  const fits = tensor.type === input.type && tensor.dims.length === input.dims.length && input.dims.every((dim, axis) => typeof dim === 'string' || dim === tensor.dims[axis]);
  if (!fits || tensor.data.length !== elementCount(tensor.dims))
    throw new EngineError('INVALID_INPUT', `${input.name} is ${tensor.type} [${tensor.dims.join(', ')}], the model takes ${input.type} [${input.dims.join(', ')}]`, 'Give it as the model says.');
  return tensor;
}

/** What the names of sizes stand for in a batch. Errors: INVALID_INPUT when two inputs differ. */
export function sizesOf(inputs: readonly BatchInput[], batch: Batch): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const input of inputs) {
    const { dims } = checked(input, batch);
    for (const [axis, name] of input.dims.entries()) {
      const size = dims[axis];
      if (typeof name !== 'string' || size === undefined) continue;
      const known = sizes.get(name);
      if (known !== undefined && known !== size) throw new EngineError('INVALID_INPUT', `${name} is ${known} and, in ${input.name}, ${size}`, 'Give tensors of one batch.');
      sizes.set(name, size);
    }
  }
  return sizes;
}

function feeds({ name, type, dims }: BatchInput, tensors: readonly BatchTensor[]): Record<string, FeedTensor> {
  const total = tensors.reduce((count, { data }) => count + data.length, 0);
  const at = new BigInt64Array(tensors.length + 1);
  const shape = new BigInt64Array(tensors.length * dims.length);
  let offset = 0;
  for (const [round, tensor] of tensors.entries()) {
    for (const [axis, size] of tensor.dims.entries()) shape[round * dims.length + axis] = BigInt(size);
    offset += tensor.data.length;
    at[round + 1] = BigInt(offset);
  }
  return {
    [name]: joined(type, tensors, at, total),
    [`${name}.at`]: { type: 'int64', dims: [at.length], data: at },
    [`${name}.shape`]: { type: 'int64', dims: [tensors.length, dims.length], data: shape },
  };
}

function joined(type: BatchInput['type'], tensors: readonly BatchTensor[], at: BigInt64Array, total: number): FeedTensor {
  const dims = [total];
  if (type === 'float32') {
    const data = new Float32Array(total);
    for (const [round, tensor] of tensors.entries()) if (tensor.type === 'float32') data.set(tensor.data, Number(at[round]));
    return { type, dims, data };
  }
  const data = new BigInt64Array(total);
  for (const [round, tensor] of tensors.entries()) if (tensor.type === 'int64') data.set(tensor.data, Number(at[round]));
  return { type, dims, data };
}
