/** What work a project is: how much of it repeats itself, and how much a memory has. */
import { setImmediate as turn } from 'node:timers/promises';
import { countWords } from '../segments/words.ts';
import type { TranslationMemory } from './translation-memory.ts';

export type MatchBand = 'repetition' | '100' | '95-99' | '85-94' | '75-84' | '50-74' | 'new';
/** In the order of tables. */
export const MATCH_BANDS: readonly MatchBand[] = ['repetition', '100', '95-99', '85-94', '75-84', '50-74', 'new'];

export interface BandCount { readonly segments: number; readonly words: number; readonly characters: number }
export type Analysis = Readonly<Record<MatchBand, BandCount>>;

const LOWEST: readonly (readonly [number, MatchBand])[] = [[100, '100'], [95, '95-99'], [85, '85-94'], [75, '75-84'], [50, '50-74']];

/**
 * Every text in one band: a repetition where the same text came before (`seen`, which grows by those of this call), else by
 * its best match. Characters are UTF-16 code units without white space. Others have their turn after each text; throws what
 * aborted the signal.
 */
export async function analyseSegments(texts: Iterable<string>, memory: TranslationMemory, seen: Set<string>, signal: AbortSignal): Promise<Analysis> {
  const counts = new Map<MatchBand, { segments: number; words: number; characters: number }>(MATCH_BANDS.map((band) => [band, { segments: 0, words: 0, characters: 0 }]));
  for (const text of texts) {
    await turn();
    signal.throwIfAborted();
    const count = counts.get(seen.has(text) ? 'repetition' : bandOf(text, memory));
    seen.add(text);
    if (count === undefined) continue;
    count.segments++;
    count.words += countWords(text);
    count.characters += text.replace(/\s+/g, '').length;
  }
  const of = (band: MatchBand): BandCount => counts.get(band) ?? { segments: 0, words: 0, characters: 0 };
  return { repetition: of('repetition'), '100': of('100'), '95-99': of('95-99'), '85-94': of('85-94'), '75-84': of('75-84'), '50-74': of('50-74'), new: of('new') };
}

function bandOf(text: string, memory: TranslationMemory): MatchBand {
  const [best] = memory.find(text, { least: 50, most: 1 });
  return LOWEST.find(([least]) => (best?.match ?? 0) >= least)?.[1] ?? 'new';
}
