/**
 * Looks at a folder that should hold a Marian student: which files make up the model, and whether they can be used.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../engine/engine-error.ts';
import { readMarianIndex } from './marian-binary.ts';
import { CONFIG_TENSOR, readStudentArchitecture, type StudentArchitecture } from './marian-config.ts';
import type { ModelFolder } from './model-folder.ts';

/** File names of Firefox Translations, Bergamot and translateLocally. */
const MODEL = /^model\..*\.bin$|^model\.bin$/;
const SHARED_VOCABULARY = /^vocab\..*spm$/;
const SOURCE_VOCABULARY = /^srcvocab\..*spm$/;
const TARGET_VOCABULARY = /^trgvocab\..*spm$/;
const SHORTLIST = /^lex\..*\.bin$/;
/** Names and shapes of a student's tensors take 16 KiB. */
const USUAL_INDEX = 1 << 16;

/**
 * The files of a student and its size. Errors: MODEL_MISSING naming the file that is absent, MODEL_BROKEN for a cut or
 * altered model file, MODEL_UNSUPPORTED naming the setting of an architecture that can't be run.
 */
export async function inspectMarianFolder(folder: string): Promise<ModelFolder> {
  const names = await listFolder(folder);
  const find = (pattern: RegExp): string | null => names.find((name) => pattern.test(name)) ?? null;
  const model = find(MODEL);
  if (model === null) throw missing(folder, 'a model file (model.*.bin)');
  const shared = find(SHARED_VOCABULARY);
  const sourceVocabulary = find(SOURCE_VOCABULARY) ?? shared;
  const targetVocabulary = find(TARGET_VOCABULARY) ?? shared;
  if (sourceVocabulary === null) throw missing(folder, 'a vocabulary (vocab.*.spm, or srcvocab.*.spm and trgvocab.*.spm)');
  if (targetVocabulary === null) throw missing(folder, 'the target vocabulary (trgvocab.*.spm)');
  const shortlist = find(SHORTLIST);
  const files = { model, sourceVocabulary, targetVocabulary, shortlist };
  await readArchitecture(folder, model);
  let bytes = 0;
  for (const file of new Set(Object.values(files))) if (file !== null) bytes += (await stat(path.join(folder, file))).size;
  return { folder, architecture: 'marian-student', files, bytes };
}

/** What a student is, from the ends of its file that say so; the weights are left unread. Errors: as `inspectMarianFolder`. */
export async function readArchitecture(folder: string, model: string): Promise<StudentArchitecture> {
  const handle = await open(path.join(folder, model)).catch((cause: unknown) => Promise.reject(unreadable(folder, model, cause)));
  try {
    const { size } = await handle.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const index = readMarianIndex(await read(0, Math.min(size, USUAL_INDEX)), size, model) ?? readMarianIndex(await read(0, size), size, model) ?? [];
    const config = index.find(({ name }) => name === CONFIG_TENSOR);
    const found = config === undefined ? [] : [[CONFIG_TENSOR, { bytes: await read(config.offset, config.length) }] as const];
    return readStudentArchitecture(new Map(found), model);
  } finally {
    await handle.close();
  }
}

/** The bytes of a file of a model. Errors: MODEL_MISSING, MODEL_BROKEN when it can't be read. */
export async function readModelFile(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(folder, name));
  } catch (cause) {
    throw unreadable(folder, name, cause);
  }
}

function unreadable(folder: string, name: string, cause: unknown): EngineError {
  if (isNodeError(cause) && cause.code === 'ENOENT') return missing(folder, name);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('MODEL_BROKEN', `${path.join(folder, name)} can't be read: ${reason}.`, 'Check the permissions of the file.', { cause });
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw new EngineError('MODEL_MISSING', `The model folder ${folder} can't be opened.`, 'Download the model, or import a folder that holds one.', { cause });
  }
}

function missing(folder: string, what: string): EngineError {
  return new EngineError('MODEL_MISSING', `The model folder ${folder} lacks ${what}.`, 'Download the model again, or import a complete folder.');
}

function isNodeError(value: unknown): value is NodeJS.ErrnoException {
  return value instanceof Error && 'code' in value;
}
