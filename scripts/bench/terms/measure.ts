/**
 * What terms cost and whether they bind: sentences with one to three terms each, translated without and with them.
 *
 *   npm run bench:terms [-- --sentences 500 --rounds 3 --show 0]
 *
 * Presence is counted here, by a plain search for whole words, not by the engine. BLEU outside of the terms: in reference and
 * translation the words that stand for a term are put under one mask; only sentences where reference and free
 * translation both say the usual word take part, so that the mask hides the same on all sides. The limit is for terms of
 * the usual word's gender. Around the others articles and adjectives must change, and the reference, written for another word,
 * then has the wrong ones: that BLEU is shown beside it, and says nothing of quality.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCache } from '../../../app/cli/workspace.ts';
import type { TermEntry, Translation } from '../../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { corpusBleu } from '../../../native-models/evaluation/bleu.ts';
import { TermBook } from '../../../native-models/terms/term-book.ts';
import { checkout, modelsFolder } from '../../setup/places.mjs';
import { DETERMINERS, lexicon, namesToKeep } from './lexicon.ts';

const { values: options } = parseArgs({ options: { sentences: { type: 'string', default: '500' }, rounds: { type: 'string', default: '3' }, show: { type: 'string', default: '0' } } });
const file = join(process.env['BITEXT_TEST_DATA'] ?? join(checkout, '..', 'shared', 'data'), 'parallel', 'flores-dev.en-pt.tsv');
const folder = join(modelsFolder(), 'enpt-1693087644');
for (const needed of [file, folder]) if (!existsSync(needed)) throw new Error(`${needed} is not there: the measure needs FLORES dev and the default model ("npm run setup").`);

interface Planted { readonly usual: readonly string[]; readonly wanted: readonly string[]; readonly matchCase: boolean; readonly sameGender: boolean; readonly feminine: boolean | null }
interface Sentence { readonly source: string; readonly reference: string; readonly planted: readonly Planted[] }

const entries: readonly (TermEntry & { readonly usual: readonly string[]; readonly sameGender: boolean; readonly feminine: boolean | null })[] = [
  ...lexicon,
  ...namesToKeep.map(({ name, usual }) => ({ sources: [name], targets: [], doNotTranslate: true, caseSensitive: true, usual: [usual], sameGender: true, feminine: null })),
];
const book = new TermBook(entries);

/** Sentences with one to three terms; a term that comes twice counts once. */
function plant(source: string, reference: string): Sentence[] {
  const planted = new Map<string, Planted>();
  for (const { start, end, verbatim } of book.occurrencesIn(source)) {
    const said = source.slice(start, end);
    const entry = entries.find(({ sources }) => sources.some((form) => form.toLowerCase() === said.toLowerCase()));
    if (entry !== undefined) planted.set(entry.sources[0] ?? '', { usual: entry.usual, wanted: verbatim ? [said] : entry.targets, matchCase: verbatim, sameGender: entry.sameGender, feminine: entry.feminine });
  }
  return planted.size >= 1 && planted.size <= 3 ? [{ source, reference, planted: [...planted.values()] }] : [];
}

const sentences = readFileSync(file, 'utf8').trim().split('\n').flatMap((line) => {
  const [source = '', reference = ''] = line.split('\t');
  return plant(source, reference);
}).slice(0, Number(options.sentences));
const texts = sentences.map(({ source }) => source);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const anyOf = (words: readonly string[], matchCase = false): RegExp => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${[...words].sort((a, b) => b.length - a.length).map(escaped).join('|')})(?![\p{L}\p{N}])`, matchCase ? 'gu' : 'giu');
const says = (text: string, words: readonly string[], matchCase = false): boolean => anyOf(words, matchCase).test(text);
const masked = (text: string, planted: readonly Planted[], words: (term: Planted) => readonly string[]): string => planted.reduce((rest, term) => rest.replace(anyOf(words(term)), 'TERM'), text);

const engine = createOnnxEngine({ modelDirs: [folder], cacheDir: join(defaultCache(), 'graphs'), threads: 1 });
async function translate(terms: readonly TermEntry[]): Promise<{ translations: Translation[]; cpuSeconds: number }> {
  const translations: Translation[] = [];
  const before = process.cpuUsage();
  await engine.translate({ from: 'en', to: 'pt', model: folder, texts, priority: 'batch', alignment: false, ...(terms.length > 0 ? { terms } : {}) }, {
    onBatch: (batch) => batch.indices.forEach((index, i) => {
      const translation = batch.translations[i];
      if (translation !== undefined) translations[index] = translation;
    }),
  });
  const used = process.cpuUsage(before);
  return { translations, cpuSeconds: (used.user + used.system) / 1e6 };
}

await translate(entries);
const free: number[] = [], bound: number[] = [];
let without: Translation[] = [], withTerms: Translation[] = [];
for (let round = 0; round < Number(options.rounds); round++) {
  const one = await translate([]), other = await translate(entries);
  free.push(one.cpuSeconds);
  bound.push(other.cpuSeconds);
  [without, withTerms] = [one.translations, other.translations];
}
await engine.close();

const freeText = (i: number): string => without[i]?.text ?? '';
const boundText = (i: number): string => withTerms[i]?.text ?? '';
const count = (test: (sentence: Sentence, i: number, term: Planted) => boolean): number => sentences.reduce((sum, sentence, i) => sum + sentence.planted.filter((term) => test(sentence, i, term)).length, 0);
const all = count(() => true);
const present = count((_, i, { wanted, matchCase }) => says(boundText(i), wanted, matchCase));
const already = count((_, i, { wanted, matchCase }) => says(freeText(i), wanted, matchCase));
const comparable = sentences.flatMap((sentence, i) => (sentence.planted.every(({ usual }) => says(sentence.reference, usual) && says(freeText(i), usual)) ? [i] : []));
const [alike, other] = [true, false].map((same) => {
  const rows = comparable.filter((i) => sentences[i]?.planted.every(({ sameGender }) => sameGender) === same);
  const bleu = (text: (i: number) => string, words: (term: Planted) => readonly string[]): number =>
    corpusBleu(rows.map((i) => masked(text(i), sentences[i]?.planted ?? [], words)), [rows.map((i) => masked(sentences[i]?.reference ?? '', sentences[i]?.planted ?? [], ({ usual }) => usual))]).score;
  return { sentences: rows.length, before: bleu(freeText, ({ usual }) => usual), after: bleu(boundText, ({ wanted }) => wanted) };
});
if (alike === undefined || other === undefined) throw new Error('there are two kinds of terms');
/** Determiners directly before terms of another gender than the usual word's: those that agree, and all. */
const determiners = { right: 0, all: 0 };
sentences.forEach(({ planted }, i) => planted.forEach(({ wanted, feminine, sameGender }) => {
  if (feminine === null || sameGender) return;
  for (const [before] of boundText(i).matchAll(new RegExp(String.raw`[\p{L}]+(?= ${anyOf(wanted).source})`, 'giu'))) {
    const word = before.toLowerCase();
    const agrees = (feminine ? DETERMINERS.feminine : DETERMINERS.masculine).includes(word);
    if (agrees) determiners.right++;
    if (agrees || (feminine ? DETERMINERS.masculine : DETERMINERS.feminine).includes(word)) determiners.all++;
  }
}));
const ratio = Math.min(...bound) / Math.min(...free);
const flagged = withTerms.filter(({ flags }) => flags.includes('term-missing')).length;

for (let i = 0; i < Number(options.show); i++) console.log(`${texts[i]}\n  ${freeText(i)}\n  ${boundText(i)}\n`);
console.log(`${sentences.length} sentences of FLORES-101 dev with ${all} terms, English to Portuguese, tiny student, one thread, best of ${free.length} rounds`);
console.log(`terms present: ${present} of ${all} = ${(100 * present / all).toFixed(1)} % (limit 98; without terms ${(100 * already / all).toFixed(1)} %); sentences flagged term-missing: ${flagged}`);
for (const [kind, limit, { sentences: rows, before, after }] of [['of the same gender', ' (limit -1)', alike], ['of another gender', ' against references with the articles of the usual word', other]] as const)
  console.log(`BLEU outside of terms ${kind}, ${rows} sentences: ${after.toFixed(2)} with, ${before.toFixed(2)} without: ${(after - before).toFixed(2)}${limit}`);
console.log(`determiners before terms of another gender that agree with them: ${determiners.right} of ${determiners.all} = ${(100 * determiners.right / determiners.all).toFixed(1)} %`);
console.log(`time: ${Math.min(...bound).toFixed(2)} s with, ${Math.min(...free).toFixed(2)} s without: ${ratio.toFixed(2)}x (limit 2)`);
process.exitCode = present / all >= 0.98 && alike.before - alike.after <= 1 && ratio <= 2 && sentences.length >= Number(options.sentences) ? 0 : 1;
