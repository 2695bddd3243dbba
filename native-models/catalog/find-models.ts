/** Looks through the model folders and says which models can be used, and why the others can't. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ModelDescription } from '../engine/engine.ts';
import { EngineError, type EngineErrorCode } from '../engine/engine-error.ts';
import { inspectModelFolder } from '../weights/inspect-folder.ts';
import { languageName } from './languages.ts';
import { MANIFEST_NAME, readManifest } from './manifest.ts';
import { languagesOf } from './model-languages.ts';

export interface UnusableModel {
  readonly folder: string;
  readonly code: EngineErrorCode;
  readonly reason: string;
}

export interface FoundModels {
  /** In the order of the folders, then of the names. */
  readonly models: readonly ModelDescription[];
  readonly unusable: readonly UnusableModel[];
}

/**
 * `modelDirs`: folders that are a model or hold models. One that does not exist holds none; a folder in them without any
 * file of a model is passed over. Of two models with one id the first counts.
 */
export async function findModels(modelDirs: readonly string[]): Promise<FoundModels> {
  const models: ModelDescription[] = [];
  const unusable: UnusableModel[] = [];
  for (const folder of modelDirs.flatMap(modelFolders)) {
    try {
      const model = await describeModel(folder);
      if (!models.some((other) => other.folder === model.folder || other.id === model.id)) models.push(model);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      unusable.push({ folder, code: error.code, reason: `${error.message} ${error.advice}`.trim() });
    }
  }
  return { models, unusable };
}

function modelFolders(directory: string): string[] {
  const absolute = path.resolve(directory);
  if (looksLikeModel(absolute)) return [absolute];
  let entries;
  try {
    entries = readdirSync(absolute, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
    .map((entry) => path.join(absolute, entry.name))
    .filter(looksLikeModel)
    .sort();
}

function looksLikeModel(folder: string): boolean {
  let names;
  try {
    names = readdirSync(folder);
  } catch {
    return false;
  }
  return names.some((name) => name === MANIFEST_NAME || /^model\..*bin$|\.npz$|\.spm$|^lex\..*\.bin$|^recurrent\.json$|^model\.safetensors(\.index\.json)?$|^(en|de)coder_.*\.onnx$|^onnx$/.test(name));
}

/**
 * Describes one model folder. The languages come from its manifest, else from what its files say, else from their names.
 * Throws EngineError MODEL_MISSING (a file, by name), MODEL_BROKEN or MODEL_UNSUPPORTED.
 */
export async function describeModel(folder: string): Promise<ModelDescription> {
  const manifest = readManifest(folder);
  const model = await inspectModelFolder(folder);
  const languages = languagesOf(model, manifest);
  if (languages === null)
    throw new EngineError('MODEL_UNSUPPORTED', `The languages of the model in ${folder} are unknown.`,
      `Write a ${MANIFEST_NAME} in that folder, e.g. {"from": "en", "to": "pt"}.`);
  return {
    id: manifest.id ?? path.basename(folder),
    name: manifest.name ?? nameOf(languages, path.basename(folder)),
    ...languages,
    architecture: model.architecture,
    folder,
    bytes: model.bytes,
    licence: manifest.licence ?? null,
    source: manifest.source ?? null,
    ...(manifest.tuned === undefined ? {} : { tuned: manifest.tuned }),
  };
}

const nameOf = ({ from, to, languages }: Pick<ModelDescription, 'from' | 'to' | 'languages'>, folder: string): string =>
  languages !== undefined || from === 'und' ? folder : `${languageName(from)} to ${languageName(to)}`;
