/** What a memory has for a segment. */
import type { Origin } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import { tagsForModel } from '../jobs/model-text.ts';
import { placeTranslation } from '../jobs/place-translation.ts';
import type { TranslationTask } from '../jobs/translation-tasks.ts';
import type { TranslationMemory } from './translation-memory.ts';

/**
 * The best match of at least `least` percent as a target with all tags of the source; null when there is none. Memories are
 * searched by text alone and nobody knows where tags belong in an old translation: a text with tags matches by 99 at most.
 */
export function memoryTarget(memory: TranslationMemory, { text, segments: [{ source, tags }] }: TranslationTask, least: number): { target: Runs; origin: Extract<Origin, { kind: 'memory' }> } | null {
  const [best] = memory.find(text, { least, most: 1 });
  if (best === undefined) return null;
  const match = source.some((run) => typeof run !== 'string') ? Math.min(99, best.match) : best.match;
  if (match < least) return null;
  return { target: placeTranslation(source, tagsForModel(tags), { text: best.target, links: [] }), origin: { kind: 'memory', corpus: best.corpus, match } };
}
