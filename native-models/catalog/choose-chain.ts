/** Two models that reach a pair of languages by way of a third one. */
import type { ModelDescription } from '../engine/engine.ts';
import { languageFit } from './languages.ts';

export type ModelChain = readonly [first: ModelDescription, second: ModelDescription];

/** How a chain is named where a model is: in results, projects and on the screen. */
export const chainName = ([first, second]: ModelChain): string => `${first.id} + ${second.id}`;

/**
 * The best chain: by way of English before any other language, then the one whose languages fit best, then the largest
 * models. Null when there is none, and for a language into itself.
 */
export function chooseChain(models: readonly ModelDescription[], wish: { readonly from: string; readonly to: string }): ModelChain | null {
  if (languageFit(wish.from, wish.to) > 0) return null;
  const chains = models.filter(({ from }) => languageFit(from, wish.from) > 0).flatMap((first) =>
    models.filter(({ from, to }) => languageFit(to, wish.to) > 0 && languageFit(from, first.to) > 0)
      // By way of one of the two languages is no way to the other.
      .filter(() => languageFit(first.to, wish.from) === 0 && languageFit(first.to, wish.to) === 0)
      .map((second) => ({ chain: [first, second] as const, rank: [languageFit(first.to, 'en') > 0 ? 1 : 0, languageFit(first.from, wish.from) + languageFit(first.to, second.from) + languageFit(second.to, wish.to), first.bytes + second.bytes] })));
  const [best] = chains.sort((a, b) => a.rank.map((part, i) => (b.rank[i] ?? 0) - part).find((difference) => difference !== 0) ?? (chainName(a.chain) < chainName(b.chain) ? -1 : 1));
  return best?.chain ?? null;
}
