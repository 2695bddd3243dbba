/** One line of `bitext generate`: what to generate from, and how. */
import { EngineError } from '../engine/engine-error.ts';
import { unknownSetting } from './search/generation-options.ts';

export interface GenerationRequest {
  /** A text, or the ids of one with special tokens. */
  readonly source: string | readonly number[];
  readonly sourceLanguage?: string;
  readonly targetLanguage?: string;
  /** Hugging Face's generation config; undefined: the folder's own. */
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** Text that the output begins with; its last word may be completed. */
  readonly prefix: string;
  readonly mustContain: readonly string[];
  readonly mustNotContain: readonly string[];
}

const OWN = ['prefix', 'must_contain', 'must_not_contain'];

/** Reads a parsed line. Throws EngineError INVALID_INPUT naming the key that makes no sense. */
export function generationRequest(line: unknown): GenerationRequest {
  if (!isRecord(line)) throw invalid('A line must hold a JSON object');
  const { text, ids, src_lang: sourceLanguage, tgt_lang: targetLanguage, params } = line;
  if (params !== undefined && !isRecord(params)) throw invalid('"params" must be an object');
  const known = Object.entries(params ?? {});
  const own: Record<string, unknown> = Object.fromEntries(known.filter(([key]) => OWN.includes(key)));
  const rest = known.filter(([key]) => !OWN.includes(key));
  const unknown = unknownSetting(Object.fromEntries(rest));
  if (unknown !== null) throw invalid(`The generation setting ${unknown} is not known; the names are those of Hugging Face's generation config, and ${OWN.join(', ')}`);
  return {
    source: sourceOf(text, ids),
    ...(hasLanguage('src_lang', sourceLanguage) ? { sourceLanguage } : {}),
    ...(hasLanguage('tgt_lang', targetLanguage) ? { targetLanguage } : {}),
    // The engine's own settings alone leave the folder's generation config in force.
    params: params === undefined || (rest.length === 0 && known.length > 0) ? undefined : Object.fromEntries(rest),
    prefix: textsIn('prefix', own['prefix'] ?? [])[0] ?? '',
    mustContain: textsIn('must_contain', own['must_contain'] ?? []),
    mustNotContain: textsIn('must_not_contain', own['must_not_contain'] ?? []),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function sourceOf(text: unknown, ids: unknown): string | number[] {
  if (typeof text === 'string' && ids === undefined) return text;
  if (text !== undefined || !Array.isArray(ids)) throw invalid('A line must have either "text" or "ids"');
  return ids.map((id: unknown) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw invalid('"ids" must be token ids: whole numbers, at least 0');
    return id;
  });
}

function hasLanguage(name: string, value: unknown): value is string {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'string') throw invalid(`"${name}" must be a language code`);
  return true;
}

function textsIn(name: string, value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((each) => {
    if (typeof each !== 'string' || (name !== 'prefix' && each.trim() === '')) throw invalid(`"${name}" must be a text${name === 'prefix' ? '' : ' or a list of texts, none of them empty'}`);
    return each;
  });
}

function invalid(what: string): EngineError {
  return new EngineError('INVALID_INPUT', `${what}.`, 'A line looks like {"text": "Good morning.", "params": {"num_beams": 4}}.');
}
