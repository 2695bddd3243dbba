/** Model folders with weights as sources of compiled transformers. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { withInt8Weights } from '../architectures/transformer/int8-weights.ts';
import { alignmentHeadOf } from '../catalog/manifest.ts';
import type { Precision } from '../engine/engine.ts';
import { checkWeightsFolder, readWeightsFolder } from '../weights/huggingface-folder.ts';
import { inspectTeacherFolder, readMarianTeacher } from '../weights/marian-teacher-folder.ts';
import type { TransformerSource } from './cached-transformer.ts';
import { compileApart, type CompileTask } from './compile-apart.ts';
import { hashOfFiles } from './file-hashes.ts';
import { int8Scheme } from './int8-scheme.ts';

/** Bytes of files from which on a model is compiled in a process of its own: it costs a third of a second. */
const LARGE = 100e6;

/** A folder by its kind. Errors: MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED naming the file or the setting. */
export const sourceOf = (kind: CompileTask['kind'], folder: string, cacheDir: string | null, precision: Precision): Promise<TransformerSource> =>
  kind === 'weights' ? weightsSource(folder, cacheDir, precision) : teacherSource(folder, cacheDir, precision);

/** A Hugging Face folder. Errors: as `sourceOf`. */
export async function weightsSource(folder: string, cacheDir: string | null, precision: Precision): Promise<TransformerSource> {
  const { files } = await checkWeightsFolder(folder);
  return {
    ...(await kept('weights', folder, files, cacheDir, precision)),
    async read() {
      const definition = await readWeightsFolder(folder, precision === 'int8' ? await int8Scheme() : null);
      // Marian trains the first head of the last layer on alignments.
      return { definition, usualHead: { layer: definition.decoder.layers.length - 1, head: 0 } };
    },
  };
}

/** A Marian teacher's folder. Errors: as `sourceOf`. */
export async function teacherSource(folder: string, cacheDir: string | null, precision: Precision): Promise<TransformerSource> {
  return {
    ...(await kept('teacher', folder, await inspectTeacherFolder(folder), cacheDir, precision)),
    async read() {
      const { definition, alignment } = await readMarianTeacher(folder);
      return { definition: await inPrecision(definition, precision), usualHead: alignment };
    },
  };
}

/** All of a source but how it is read. */
async function kept(kind: CompileTask['kind'], folder: string, files: readonly string[], cacheDir: string | null, precision: Precision): Promise<Omit<TransformerSource, 'read'>> {
  const sizes = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).size));
  const isLarge = sizes.reduce((sum, size) => sum + size, 0) > LARGE;
  return {
    cacheDir, precision, head: alignmentHeadOf(folder), content: await contentOf(folder, files, cacheDir, precision),
    compileApart: cacheDir !== null && isLarge ? (parts) => compileApart({ folder, kind, cacheDir, precision, parts }) : null,
  };
}

/** Stands for the weights, and for how they are stored in 8 bit on this processor. */
async function contentOf(folder: string, files: readonly string[], cacheDir: string | null, precision: Precision): Promise<string> {
  if (cacheDir === null) return '';
  return `${await hashOfFiles(folder, files, cacheDir)}${precision === 'int8' ? ` ${await int8Scheme()}` : ''}`;
}

const inPrecision = async (definition: TransformerDefinition, precision: Precision): Promise<TransformerDefinition> =>
  precision === 'int8' ? withInt8Weights(definition, await int8Scheme()) : definition;
