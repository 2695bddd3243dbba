/** Looks at a folder that should hold a model of any kind: which kind it is, which files make it up, whether it can be run. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../engine/engine-error.ts';
import { readJsonObject, stringIn } from '../tokenizers/huggingface/json-values.ts';
import { checkWeightsFolder } from './huggingface-folder.ts';
import { inspectMarianFolder } from './marian-folder.ts';
import { inspectTeacherFolder } from './marian-teacher-folder.ts';
import type { InspectedFolder, ModelFormat } from './model-folder.ts';
import { filesOf, findExportedGraphs } from './onnx-folder/graph-files.ts';
import { inspectRecurrentFolder, RECURRENT_CONFIGURATION } from './recurrent-folder.ts';

/** Beside the weights: settings and vocabularies of Hugging Face folders. */
const BESIDE = /^(?:config|generation_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|target_vocab)\.json$|^merges\.txt$|\.spm$|\.model$/;

/**
 * Of a folder with weights and exported graphs the weights count. Errors: MODEL_MISSING naming what is absent,
 * MODEL_BROKEN, MODEL_UNSUPPORTED naming the setting that can't be run.
 */
export async function inspectModelFolder(folder: string): Promise<InspectedFolder> {
  const format = formatOf(folder);
  switch (format) {
    case 'marian-npz':
      return described(folder, format, 'marian-teacher', await inspectTeacherFolder(folder));
    case 'safetensors': {
      const { architecture, files } = await checkWeightsFolder(folder);
      return described(folder, format, architecture, [...files, ...besideWeights(folder)]);
    }
    case 'onnx': {
      const config = readJsonObject(folder, 'config.json');
      const architecture = config === null ? null : stringIn(config, 'model_type');
      if (architecture === null) throw new EngineError('MODEL_MISSING', `The model folder ${folder} lacks a config.json that names its model_type.`, 'Copy config.json and the tokenizer files of the model beside its graphs.');
      const graphs = filesOf(findExportedGraphs(folder, 'int8')).map((file) => path.relative(folder, file));
      return described(folder, format, architecture, [...graphs, ...besideWeights(folder)]);
    }
    case 'recurrent':
      return inspectRecurrentFolder(folder);
    case 'marian-bin': {
      const { architecture, files, bytes } = await inspectMarianFolder(folder);
      const names = Object.values(files).filter((name) => name !== null);
      return { folder, format, architecture, files: [...new Set(names)], bytes };
    }
  }
}

/** By what lies in the folder; a folder with nothing else is taken for a Marian student's, which then says what it lacks. */
export function formatOf(folder: string): ModelFormat {
  const has = (name: string): boolean => existsSync(path.join(folder, name));
  if (has(RECURRENT_CONFIGURATION)) return 'recurrent';
  if (has('decoder.yml')) return 'marian-npz';
  if (has('model.safetensors') || has('model.safetensors.index.json')) return 'safetensors';
  if (has('onnx') || namesIn(folder).some((name) => /^(?:en|de)coder_.*\.onnx$/.test(name))) return 'onnx';
  return 'marian-bin';
}

const besideWeights = (folder: string): string[] => namesIn(folder).filter((name) => BESIDE.test(name));

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw new EngineError('MODEL_MISSING', `The model folder ${folder} can't be opened.`, 'Download the model, or import a folder that holds one.', { cause });
  }
}

function described(folder: string, format: ModelFormat, architecture: string, names: readonly string[]): InspectedFolder {
  const files = [...new Set(names)];
  return { folder, format, architecture, files, bytes: files.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0) };
}
