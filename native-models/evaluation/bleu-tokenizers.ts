/**
 * The tokenizers that BLEU is counted with. `13a` is that of mteval-v13a.pl (NIST), `intl` that of mteval-v14.pl with
 * international tokenization, `zh` sets Chinese characters apart and tokenizes the rest as 13a does, `char` takes characters
 * for words, `none` takes what white space separates.
 */
import { splitWords } from './white-space.ts';

export const BLEU_TOKENIZERS = ['13a', 'intl', 'zh', 'char', 'none'] as const;
export type BleuTokenizer = (typeof BLEU_TOKENIZERS)[number];

const TOKENIZE: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  '13a': (text) => splitWords(separateMarks(` ${unescape(text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' '))} `)),
  intl: (text) => splitWords(text.replace(/(\P{N})(\p{P})/gu, '$1 $2 ').replace(/(\p{P})(\P{N})/gu, ' $1 $2').replace(/\p{S}/gu, ' $& ')),
  zh: (text) => splitWords(separateMarks(text.replace(CHINESE, ' $& '))),
  char: (text) => [...text].flatMap(splitWords),
  none: splitWords,
};

/** The tokens of one line. */
export const tokenizeForBleu = (text: string, tokenizer: BleuTokenizer): string[] => TOKENIZE[tokenizer](text);

/** The five entities that mteval knows, in its order: `&amp;lt;` becomes `<`. */
export const unescape = (text: string): string => (text.includes('&') ? text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>') : text);

/** ASCII punctuation by blanks; full stop and comma unless between digits; a dash after a digit. */
function separateMarks(text: string): string {
  return text.replace(/[{-~[-` -&(-+:-@/]/g, ' $& ').replace(/([^0-9])([.,])/g, '$1 $2 ').replace(/([.,])([^0-9])/g, ' $1 $2').replace(/([0-9])(-)/g, '$1 $2 ');
}

/**
 * The characters that sacreBLEU's zh tokenizer sets apart. One of its ranges was meant for the second plane and takes in
 * U+2001 to U+2A6D instead: kept, since scores are compared with those of sacreBLEU.
 */
const CHINESE = /[\u2001-\u2a6d\u2e80-\u2eff\u2f00-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g;
