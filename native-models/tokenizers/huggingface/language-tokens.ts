/** The tokens by which multilingual models are told languages, read from a folder's small files without opening its tokenizer. */
import { isObject, readJsonObject, readVocabulary, stringIn, stringsIn } from './json-values.ts';

/** NLLB `deu_Latn`, mBART `de_DE`, M2M100 `__de__`, in any file that lists special tokens. */
const CODE = /^(?:__([a-z]{2,3})__|([a-z]{2,3}_[A-Z]{2})|([a-z]{3}_[A-Z][a-z]{3}))$/;
/** Marian, in its vocabulary. */
const LEADING_CODE = /^>>([A-Za-z_]+)<<$/;

export interface LanguageCodes {
  /** As the tokenizer's `languageId` takes them, or, where `leading`, without the signs around them. */
  readonly codes: readonly string[];
  /** A code stands before the source as `>>deu<<`. */
  readonly leading: boolean;
}

export function languageCodesOf(folder: string): LanguageCodes {
  const config = readJsonObject(folder, 'tokenizer_config.json') ?? {};
  const added = isObject(config['added_tokens_decoder']) ? Object.values(config['added_tokens_decoder']).filter(isObject).map((token) => stringIn(token, 'content') ?? '') : [];
  const listed = [config, readJsonObject(folder, 'special_tokens_map.json') ?? {}].flatMap((file) => stringsIn(file, 'additional_special_tokens'));
  const codes = [...new Set([...listed, ...added])].flatMap((token) => CODE.exec(token)?.slice(1).filter((code) => code !== undefined) ?? []);
  if (codes.length > 0) return { codes, leading: false };
  const leading = [...(readVocabulary(folder, 'vocab.json')?.keys() ?? [])].flatMap((token) => LEADING_CODE.exec(token)?.[1] ?? []);
  return { codes: leading, leading: leading.length > 0 };
}
