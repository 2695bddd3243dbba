/** Model folders with weights as sources of compiled transformers. */
import type { TransformerDefinition } from '../architectures/transformer/definition.ts';
import { withInt8Weights } from '../architectures/transformer/int8-weights.ts';
import { alignmentHeadOf } from '../catalog/manifest.ts';
import type { Precision } from '../engine/engine.ts';
import { checkWeightsFolder, readWeightsFolder } from '../weights/huggingface-folder.ts';
import { inspectTeacherFolder, readMarianTeacher } from '../weights/marian-teacher-folder.ts';
import type { TransformerSource } from './cached-transformer.ts';
import { hashOfFiles } from './file-hashes.ts';
import { int8Scheme } from './int8-scheme.ts';

/** A Hugging Face folder. Errors: MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED naming the file or the setting. */
export async function weightsSource(folder: string, cacheDir: string | null, precision: Precision): Promise<TransformerSource> {
  const { files } = await checkWeightsFolder(folder);
  return {
    cacheDir, precision, head: alignmentHeadOf(folder), content: await contentOf(folder, files, cacheDir, precision),
    async read() {
      const definition = await readWeightsFolder(folder);
      // Marian trains the first head of the last layer on alignments.
      return { definition: await inPrecision(definition, precision), usualHead: { layer: definition.decoder.layers.length - 1, head: 0 } };
    },
  };
}

/** A Marian teacher's folder. Errors: as `weightsSource`. */
export async function teacherSource(folder: string, cacheDir: string | null, precision: Precision): Promise<TransformerSource> {
  return {
    cacheDir, precision, head: alignmentHeadOf(folder), content: await contentOf(folder, await inspectTeacherFolder(folder), cacheDir, precision),
    async read() {
      const { definition, alignment } = await readMarianTeacher(folder);
      return { definition: await inPrecision(definition, precision), usualHead: alignment };
    },
  };
}

/** Stands for the weights, and for how they are stored in 8 bit on this processor. */
async function contentOf(folder: string, files: readonly string[], cacheDir: string | null, precision: Precision): Promise<string> {
  if (cacheDir === null) return '';
  return `${await hashOfFiles(folder, files, cacheDir)}${precision === 'int8' ? ` ${await int8Scheme()}` : ''}`;
}

const inPrecision = async (definition: TransformerDefinition, precision: Precision): Promise<TransformerDefinition> =>
  precision === 'int8' ? withInt8Weights(definition, await int8Scheme()) : definition;
