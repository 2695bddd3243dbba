/** Reading the JSON files of a model folder without trusting their shape. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../../engine/engine-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a file; null when there is no such file. Throws EngineError MODEL_BROKEN for anything but an object. */
export function readJsonObject(folder: string, name: string): JsonObject | null {
  let text: string;
  try {
    text = readFileSync(path.join(folder, name), 'utf8');
  } catch {
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw brokenFile(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!isObject(value)) throw brokenFile(name, 'it does not hold an object');
  return value;
}

export function brokenFile(name: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('MODEL_BROKEN', `The model's file ${name} can't be used: ${reason}.`, 'Download or copy the model folder again.', { cause });
}

export const stringIn = (object: JsonObject, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' ? value : null;
};

/** A special token as the folder's files spell it: a text, or an object with it as `content`. */
export function tokenIn(object: JsonObject, key: string): string | null {
  const value = object[key];
  if (isObject(value)) return stringIn(value, 'content');
  return typeof value === 'string' ? value : null;
}

export function stringsIn(object: JsonObject, key: string): string[] {
  const value = object[key];
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => (typeof each === 'string' ? [each] : isObject(each) && typeof each['content'] === 'string' ? [each['content']] : []));
}

/** A vocabulary: token -> id. */
export function readVocabulary(folder: string, name: string): Map<string, number> | null {
  const object = readJsonObject(folder, name);
  if (object === null) return null;
  return new Map(Object.entries(object).map(([token, id]) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw brokenFile(name, `the id of "${token}" is not a whole number`);
    return [token, id];
  }));
}

/** `model_max_length`; files without a bound hold a number that is far beyond any. */
export function maxLengthIn(config: JsonObject): number | null {
  const value = config['model_max_length'];
  return typeof value === 'number' && value > 0 && value < 1e9 ? value : null;
}
