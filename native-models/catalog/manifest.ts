/**
 * `bitext.json`, the small manifest that the set-up and the importer write beside a model's files: what the files themselves
 * do not say. Every entry is optional and may be written by hand.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelLanguages, ModelTask, Precision, TunedModel } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { PrecisionLoss, TranslationScores } from '../evaluation/precision-loss.ts';

/** Not `model...`: tools that look for a model's weights by that prefix must find nothing else. */
export const MANIFEST_NAME = 'bitext.json';

export interface ModelManifest {
  readonly id?: string;
  readonly name?: string;
  /** BCP 47 */
  readonly from?: string;
  readonly to?: string;
  /** The languages of a model of many, where its own files name too many, too few or none. BCP 47. */
  readonly languages?: ModelLanguages;
  /** What it was trained to do; translation where this is absent. */
  readonly tasks?: readonly ModelTask[];
  /** What is put before a text, for models that are told by words what to do: `translate English to German: `. */
  readonly prefix?: string;
  /** Which head of the decoder's attention to the source tells what belongs together; layers and heads counted from 0. */
  readonly alignment?: AlignmentHead;
  /** What was lost by fewer bits, as measured at import. */
  readonly quality?: PrecisionLoss;
  /** The precision that the model is run in where nobody asks for another one. */
  readonly precision?: Precision;
  /** Of a model that was fine-tuned here. */
  readonly tuned?: TunedModel;
  readonly licence?: string;
  /** Where the model comes from, an address or a sentence. */
  readonly source?: string;
  /** Name of a file in the folder, or in one of its folders (`onnx/model.onnx`), to sha256 in hexadecimal. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface AlignmentHead {
  readonly layer: number;
  /** `mean`: of all heads of the layer. */
  readonly head: number | 'mean';
  /** Share of the words that are the same in both languages at which it looked when the model was imported, 0 to 1. */
  readonly agreement?: number;
}

/**
 * The manifest of a folder; an empty one when the folder has none.
 * Throws EngineError MODEL_BROKEN when it is there and can't be read as JSON of this shape.
 */
export function readManifest(folder: string): ModelManifest {
  const file = path.join(folder, MANIFEST_NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(file, cause instanceof Error ? cause.message : 'it is not JSON', cause);
  }
  if (!isRecord(value)) throw broken(file, 'it is not an object');
  const manifest: { -readonly [K in keyof ModelManifest]: ModelManifest[K] } = {};
  for (const key of ['id', 'name', 'from', 'to', 'prefix', 'licence', 'source'] as const) {
    const entry = value[key];
    if (typeof entry === 'string' && entry !== '') manifest[key] = entry;
    else if (entry !== undefined && entry !== null && entry !== '') throw broken(file, `"${key}" is not text`);
  }
  if (value['tasks'] !== undefined) manifest.tasks = readTasks(file, value['tasks']);
  if (value['languages'] !== undefined) manifest.languages = readLanguages(file, value['languages']);
  if (value['alignment'] !== undefined) manifest.alignment = readHead(file, value['alignment']);
  if (value['quality'] !== undefined) manifest.quality = readLoss(file, value['quality']);
  if (value['precision'] !== undefined) manifest.precision = readPrecision(file, value['precision']);
  if (value['tuned'] !== undefined) manifest.tuned = readTuned(file, value['tuned']);
  if (value['files'] !== undefined) manifest.files = readHashes(file, value['files']);
  return manifest;
}

const TASKS: readonly ModelTask[] = ['translate', 'summarize', 'answer'];

function readTasks(file: string, value: unknown): readonly ModelTask[] {
  const isTask = (task: unknown): task is ModelTask => TASKS.some((known) => known === task);
  if (!Array.isArray(value) || !value.every(isTask)) throw broken(file, `"tasks" is not a list of ${TASKS.join(', ')}`);
  return value;
}

function readLoss(file: string, value: unknown): PrecisionLoss {
  const scores = (entry: unknown): TranslationScores | null => {
    const bleu = isRecord(entry) ? entry['bleu'] : null, chrf = isRecord(entry) ? entry['chrf'] : null;
    return typeof bleu === 'number' && typeof chrf === 'number' ? { bleu, chrf } : null;
  };
  const precision = isRecord(value) ? value['precision'] : null, sentences = isRecord(value) ? value['sentences'] : null;
  const lower = isRecord(value) ? scores(value['scores']) : null, float32 = isRecord(value) && value['float32'] !== undefined ? scores(value['float32']) : undefined;
  if ((precision !== 'int8' && precision !== 'float16') || typeof sentences !== 'number' || lower === null || float32 === null)
    throw broken(file, '"quality" is not {"precision", "sentences", "scores": {"bleu", "chrf"}} as the import writes it');
  return { precision, sentences, scores: lower, ...(float32 === undefined ? {} : { float32 }) };
}

function readTuned(file: string, value: unknown): TunedModel {
  const basedOn = isRecord(value) ? value['basedOn'] : null, at = isRecord(value) ? value['at'] : null;
  if (typeof basedOn !== 'string' || typeof at !== 'string') throw broken(file, '"tuned" is not {"basedOn": id, "at": time}');
  return { basedOn, at, ...(isRecord(value) && value['retired'] === true ? { retired: true } : {}) };
}

function readPrecision(file: string, value: unknown): Precision {
  if (value === 'int8' || value === 'float16' || value === 'float32') return value;
  throw broken(file, '"precision" is not int8, float16 or float32');
}

/** The head that the manifest of a folder names; null where it names none. Errors: as `readManifest`. */
export const alignmentHeadOf = (folder: string): AlignmentHead | null => readManifest(folder).alignment ?? null;

/** Links may be wrong here and there; a head that is to say what a translation left out must seldom be. */
const TRUSTED = 0.8;

/** Whether a head aligns so well that what it passes over can be taken for lost. */
export const tellsWhatIsLost = (head: AlignmentHead | null): boolean => head?.agreement !== undefined && head.head !== 'mean' && head.agreement >= TRUSTED;

/** `{"from": [...], "to": [...]}`, or one list for both. */
function readLanguages(file: string, value: unknown): ModelLanguages {
  const tags = (list: unknown): string[] => {
    if (!Array.isArray(list) || list.length === 0 || !list.every((tag): tag is string => typeof tag === 'string' && TAG.test(tag))) throw broken(file, '"languages" is not {"from": [tags], "to": [tags]}');
    return list;
  };
  if (Array.isArray(value)) return { from: tags(value), to: tags(value) };
  if (!isRecord(value)) throw broken(file, '"languages" is not {"from": [tags], "to": [tags]}');
  return { from: tags(value['from']), to: tags(value['to']) };
}

const TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

function readHead(file: string, value: unknown): AlignmentHead {
  const count = (number: unknown): number | null => (typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null);
  const layer = isRecord(value) ? count(value['layer']) : null, head = isRecord(value) ? (value['head'] === 'mean' ? 'mean' : count(value['head'])) : null;
  if (layer === null || head === null) throw broken(file, '"alignment" is not {"layer": number, "head": number or "mean"}');
  const agreement = isRecord(value) ? value['agreement'] : undefined;
  return { layer, head, ...(typeof agreement === 'number' ? { agreement } : {}) };
}

function readHashes(file: string, value: unknown): Record<string, string> {
  if (!isRecord(value)) throw broken(file, '"files" is not an object');
  const hashes: Record<string, string> = {};
  for (const [name, hash] of Object.entries(value)) {
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/i.test(hash)) throw broken(file, `the sha256 of "${name}" is not 64 hexadecimal digits`);
    // It may lie in a folder of the model's, nowhere else.
    if (/[\\\0:]/.test(name) || name.split('/').some((part) => part === '' || part === '.' || part === '..')) throw broken(file, `"${name}" is not the name of a file in its folder`);
    hashes[name] = hash.toLowerCase();
  }
  return hashes;
}

/**
 * Adds entries to the manifest of a folder, or begins one; what else it says stays, also what this program does not know.
 * Throws EngineError MODEL_BROKEN when there is one that can't be read.
 */
export function addToManifest(folder: string, entries: Partial<ModelManifest>): void {
  readManifest(folder);
  const file = path.join(folder, MANIFEST_NAME);
  let known: unknown = {};
  try {
    known = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // There is none yet.
  }
  const temporary = `${file}.new`;
  writeFileSync(temporary, `${JSON.stringify({ ...(isRecord(known) ? known : {}), ...entries }, null, 2)}\n`);
  renameSync(temporary, file);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const broken = (file: string, reason: string, cause?: unknown): EngineError =>
  new EngineError('MODEL_BROKEN', `${file} can't be used: ${reason}.`, 'Correct or remove that file, or download the model again.', { cause });
