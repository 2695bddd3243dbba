/** Words as Tercom's Normalizer makes them, in sacreBLEU's reading of it. */
import { unescape } from './bleu-tokenizers.ts';
import { splitWords } from './white-space.ts';

export interface TercomOptions {
  /** Set punctuation apart and undo entities. */
  readonly normalized?: boolean;
  /** Remove punctuation. */
  readonly noPunctuation?: boolean;
  /** With `normalized` or `noPunctuation`: treat Chinese and Japanese characters and full-width punctuation, too. */
  readonly asianSupport?: boolean;
  /** Lower case when absent. */
  readonly caseSensitive?: boolean;
}

export function tercomWords(text: string, { normalized = false, noPunctuation = false, asianSupport = false, caseSensitive = false }: TercomOptions): string[] {
  let words = caseSensitive ? text : text.toLowerCase();
  if (text === '') return [];
  if (normalized) words = asianSupport ? separateAsian(normalize(words)) : normalize(words);
  if (noPunctuation) {
    words = words.replace(/[.,?:;!"()]/g, '');
    if (asianSupport) words = words.replace(ASIAN_MARKS, '').replace(FULL_WIDTH_MARKS, '');
  }
  return splitWords(words);
}

const ASIAN_MARKS = /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/g;
const FULL_WIDTH_MARKS = /[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;

function normalize(text: string): string {
  return ` ${unescape(text.replace(/\n-/g, '').replace(/\n/g, ' '))} `
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    .replace(/'s(?= |$)/g, " 's")
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
}

/** Ideographs and signs one by one. Tercom's rules for kana match whole texts only, and never one with blanks around it. */
function separateAsian(text: string): string {
  return text
    .replace(/[\u4e00-\u9fff\u3400-\u4dbf]/g, ' $& ')
    .replace(/[\u31c0-\u31ef\u2e80-\u2eff]/g, ' $& ')
    .replace(/[\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]/g, ' $& ')
    .replace(/[\u3200-\u3f22]/g, ' $& ')
    .replace(ASIAN_MARKS, ' $& ')
    .replace(FULL_WIDTH_MARKS, ' $& ');
}
