/** A model of floating-point weights with other numbers in some of its arrays, as a new folder of the same format. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { writeWholeFile } from '../runtime/whole-file.ts';
import type { FloatTensors, StoredTensor } from './float-tensors.ts';
import type { StoredModel } from './huggingface-folder.ts';
import type { StoredTeacher } from './marian-teacher-folder.ts';
import { inspectModelFolder } from './inspect-folder.ts';
import { writeMarianNpz } from './write-marian-npz.ts';
import { safetensorsParts, type FloatTensor } from './write-safetensors.ts';

/** By an array of the model's definition, what stands in its place. */
export type ChangedArrays = ReadonlyMap<Float32Array, Float32Array>;

const WEIGHTS = 'model.safetensors';
const IS_WEIGHTS = /\.safetensors(?:\.index\.json)?$|\.npz$/;
/** Not part of what is run, and part of what is given away. */
const PAPERS = /^(?:licen[cs]e|readme|copying|notice)(?:\.\w+)?$/i;

/** A Hugging Face folder: all weights in one float32 file, whatever they were stored as. Rejects with the file system's error. */
export async function writeChangedWeights(folder: string, model: StoredModel, changed: ChangedArrays, into: string): Promise<void> {
  await copyBeside(folder, into);
  const parts = safetensorsParts(changedTensors(model, changed), { format: 'pt' });
  await writeWholeFile(path.join(into, WEIGHTS), async (handle) => {
    for (const part of parts) await handle.writeFile(part);
  });
}

/** A Marian teacher's folder. Rejects with the file system's error. */
export async function writeChangedTeacher(folder: string, model: StoredTeacher, changed: ChangedArrays, into: string): Promise<void> {
  await copyBeside(folder, into);
  await writeMarianNpz(path.join(into, model.modelFile), changedTensors(model, changed), model.config);
}

/** All tensors of the file. Copies of a changed tensor under other names, which many files have of their embeddings, change with it. */
function changedTensors({ tensors, stored }: { readonly tensors: FloatTensors; readonly stored: ReadonlyMap<string, StoredTensor> }, changed: ChangedArrays): Map<string, FloatTensor> {
  return new Map([...stored].map(([name, tensor]) => {
    const taken = tensors.taken.get(name);
    const own = taken ?? tensor.values();
    const data = changed.get(own) ?? (taken === undefined ? copyOf(own, changed) : undefined) ?? own;
    return [name, { dims: tensor.dims, data }];
  }));
}

function copyOf(values: Float32Array, changed: ChangedArrays): Float32Array | undefined {
  for (const [before, after] of changed) if (before.length === values.length && before.every((value, index) => value === values[index])) return after;
  return undefined;
}

async function copyBeside(folder: string, into: string): Promise<void> {
  const { files } = await inspectModelFolder(folder);
  await mkdir(into, { recursive: true });
  const papers = (await readdir(folder)).filter((name) => PAPERS.test(name));
  for (const name of new Set([...files.filter((file) => !IS_WEIGHTS.test(file)), ...papers])) await copyFile(path.join(folder, name), path.join(into, name));
}
