/**
 * Which special tokens stand around a source, and the language codes of multilingual models:
 * NLLB and M2M100 `[lang] text </s>` (NLLB with `legacy_behaviour`: `text </s> [lang]`), mBART-50 `[lang] text </s>`,
 * mBART-25 `text </s> [lang]`; all others as their post-processor says.
 */
import { EngineError } from '../../engine/engine-error.ts';
import { brokenFile, isObject, stringIn, stringsIn, tokenIn, type JsonObject } from './json-values.ts';

export interface SpecialTokenLayout {
  readonly languages: readonly string[];
  languageId(code: string): number | null;
  /** Throws EngineError INVALID_INPUT for a language that the model does not know. */
  around(language: string | undefined): { readonly before: readonly number[]; readonly after: readonly number[] };
}

const MULTILINGUAL = /^(Nllb|M2M100|MBart50|MBart)Tokenizer(Fast)?$/;
const CODE = /^(__[a-z]{2,3}__|[a-z]{2,3}_[A-Z]{2}|[a-z]{3}_[A-Z][a-z]{3})$/;

/** `idOf` throws for a token that the vocabulary lacks. */
export function specialTokenLayout(postProcessor: unknown, config: JsonObject, idOf: (token: string) => number): SpecialTokenLayout {
  const family = MULTILINGUAL.exec(stringIn(config, 'tokenizer_class') ?? '')?.[1];
  if (family === undefined) {
    const fixed = aroundOf(postProcessor, idOf);
    return {
      languages: [],
      languageId: () => null,
      around(language) {
        if (language !== undefined) throw new EngineError('INVALID_INPUT', `The model has no language codes, ${language} can't be its source language.`, 'Leave src_lang and tgt_lang out.');
        return fixed;
      },
    };
  }
  const ids = new Map(languageTokens(postProcessor, config).map((token) => [token.replace(/^__(.+)__$/, '$1'), idOf(token)]));
  const eos = idOf(tokenIn(config, 'eos_token') ?? '</s>');
  const languageLast = family === 'MBart' || (family === 'Nllb' && config['legacy_behaviour'] === true);
  const usual = stringIn(config, 'src_lang')?.replace(/^__(.+)__$/, '$1');
  return {
    languages: [...ids.keys()],
    languageId: (code) => ids.get(code) ?? null,
    around(language = usual) {
      const id = language === undefined ? undefined : ids.get(language);
      if (id === undefined) throw new EngineError('INVALID_INPUT', language === undefined ? 'The model needs to know the source language.' : `The model does not know the language ${language}.`, `Give src_lang as one of ${[...ids.keys()].slice(0, 300).join(', ')}.`);
      return languageLast ? { before: [], after: [eos, id] } : { before: [id], after: [eos] };
    },
  };
}

function languageTokens(postProcessor: unknown, config: JsonObject): string[] {
  const decoder = isObject(config['added_tokens_decoder']) ? Object.values(config['added_tokens_decoder']).filter(isObject).map((token) => stringIn(token, 'content') ?? '') : [];
  const templated = isObject(postProcessor) && isObject(postProcessor['special_tokens']) ? Object.keys(postProcessor['special_tokens']) : [];
  return [...new Set([...stringsIn(config, 'additional_special_tokens'), ...decoder, ...templated])].filter((token) => CODE.test(token));
}

/** What a post-processor puts around one text. */
function aroundOf(part: unknown, idOf: (token: string) => number): { before: number[]; after: number[] } {
  if (!isObject(part)) return { before: [], after: [] };
  switch (part['type']) {
    case 'ByteLevel': return { before: [], after: [] };
    case 'Sequence': {
      const all = (Array.isArray(part['processors']) ? part['processors'] : []).map((each: unknown) => aroundOf(each, idOf));
      return { before: all.flatMap(({ before }) => before), after: all.flatMap(({ after }) => after) };
    }
    case 'RobertaProcessing': case 'BertProcessing': return { before: [pairId(part['cls'])], after: [pairId(part['sep'])] };
    case 'TemplateProcessing': return templateAround(part['single'], idOf);
    default: throw new EngineError('MODEL_UNSUPPORTED', `The model's tokenizer.json has a post_processor of the type ${String(part['type'])}, which is not supported.`, 'Use a model of one of the families that the studio supports.');
  }
}

function pairId(pair: unknown): number {
  const id: unknown = Array.isArray(pair) ? pair[1] : undefined;
  if (typeof id !== 'number') throw brokenFile('tokenizer.json', 'its post_processor names a special token without an id');
  return id;
}

function templateAround(template: unknown, idOf: (token: string) => number): { before: number[]; after: number[] } {
  const before: number[] = [], after: number[] = [];
  let seen = false;
  for (const item of Array.isArray(template) ? template.filter(isObject) : []) {
    const special = item['SpecialToken'];
    if (!isObject(special)) seen = true;
    else (seen ? after : before).push(idOf(stringIn(special, 'id') ?? ''));
  }
  return { before, after };
}
