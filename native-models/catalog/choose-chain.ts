/** Two models that reach a pair of languages by way of a third one. */
import type { ModelDescription } from '../engine/engine.ts';
import { languageFit } from './languages.ts';
import { bestTag, pairFit, sourceLanguages, targetLanguages, translates } from './model-pairs.ts';

export interface ModelChain {
  readonly first: ModelDescription;
  readonly second: ModelDescription;
  /** The third language: the first model's target, the second one's source. */
  readonly via: string;
}

interface LanguageWish {
  readonly from: string;
  readonly to: string;
}

/** How a chain is named where a model is: in results, projects and on the screen. */
export const chainName = ({ first, second }: Pick<ModelChain, 'first' | 'second'>): string => `${first.id} + ${second.id}`;

/**
 * The best chain: by way of English before any other language, then models of one pair before those of many, then the one
 * whose languages fit best, then the largest models. Null when there is none, and for a language into itself.
 */
export function chooseChain(models: readonly ModelDescription[], wish: LanguageWish): ModelChain | null {
  if (languageFit(wish.from, wish.to) > 0) return null;
  const able = models.filter(translates);
  const seconds = able.filter((model) => bestTag(targetLanguages(model), wish.to) !== null);
  const found = able.filter((model) => bestTag(sourceLanguages(model), wish.from) !== null)
    .flatMap((first) => seconds.map((second) => chainOf(first, second, wish)).filter((chain) => chain !== null));
  const [best] = found.map((chain) => ({ chain, rank: rankOf(chain, wish) }))
    .sort((a, b) => a.rank.map((part, i) => (b.rank[i] ?? 0) - part).find((difference) => difference !== 0) ?? (chainName(a.chain) < chainName(b.chain) ? -1 : 1));
  return best?.chain ?? null;
}

/** The chain of two models with its best third language: English where both know it; null where there is none. */
export function chainOf(first: ModelDescription, second: ModelDescription, wish: LanguageWish): ModelChain | null {
  const ways = targetLanguages(first)
    // By way of one of the two languages is no way to the other.
    .filter((via) => languageFit(via, wish.from) === 0 && languageFit(via, wish.to) === 0)
    .map((via) => ({ via, english: languageFit(via, 'en') > 0 ? 1 : 0, fit: bestTag(sourceLanguages(second), via)?.fit ?? 0 }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.english - a.english || b.fit - a.fit);
  const [best] = ways;
  return best === undefined ? null : { first, second, via: best.via };
}

function rankOf({ first, second, via }: ModelChain, wish: LanguageWish): number[] {
  const single = [first, second].filter(({ languages }) => languages === undefined).length;
  const fit = pairFit(first, { from: wish.from, to: via }) + pairFit(second, { from: via, to: wish.to });
  return [languageFit(via, 'en') > 0 ? 1 : 0, single, fit, first.bytes + second.bytes];
}
