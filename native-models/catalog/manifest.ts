/**
 * `bitext.json`, the small manifest that the set-up and the importer write beside a model's files: what the files themselves
 * do not say. Every entry is optional and may be written by hand.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineError, type ModelLanguages } from '../engine/engine.ts';

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
  /** What is put before a text, for models that are told by words what to do: `translate English to German: `. */
  readonly prefix?: string;
  /** Which head of the decoder's attention to the source tells what belongs together; layers and heads counted from 0. */
  readonly alignment?: AlignmentHead;
  readonly licence?: string;
  /** Where the model comes from, an address or a sentence. */
  readonly source?: string;
  /** File name in the folder to sha256, in hexadecimal. */
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
  if (value['languages'] !== undefined) manifest.languages = readLanguages(file, value['languages']);
  if (value['alignment'] !== undefined) manifest.alignment = readHead(file, value['alignment']);
  if (value['files'] !== undefined) manifest.files = readHashes(file, value['files']);
  return manifest;
}

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
    // A name with a separator would reach out of the folder.
    if (path.basename(name) !== name || name === '..' || name === '.') throw broken(file, `"${name}" is not a file name`);
    hashes[name] = hash.toLowerCase();
  }
  return hashes;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const broken = (file: string, reason: string, cause?: unknown): EngineError =>
  new EngineError('MODEL_BROKEN', `${file} can't be used: ${reason}.`, 'Correct or remove that file, or download the model again.', { cause });
