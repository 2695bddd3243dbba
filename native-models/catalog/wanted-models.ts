/** Which models would serve a pair of languages that none serves, and how to get them. */
import type { ModelDescription } from '../engine/engine.ts';
import { languageFit, languageName } from './languages.ts';
import { pairFit } from './model-pairs.ts';

export interface WantedModel {
  readonly from: string;
  readonly to: string;
  readonly installed: boolean;
}

export interface WantedModels {
  readonly direct: WantedModel;
  /** Into English and out of it; empty where one of the two languages is English. */
  readonly chain: readonly WantedModel[];
}

/** What would serve `from` to `to`, and what of it is among `models`. */
export function wantedModels(models: readonly ModelDescription[], { from, to }: { readonly from: string; readonly to: string }): WantedModels {
  const wanted = (source: string, target: string): WantedModel => ({ from: source, to: target, installed: models.some((model) => pairFit(model, { from: source, to: target }) > 0) });
  const isEnglish = (tag: string): boolean => languageFit(tag, 'en') > 0 || languageFit(tag, 'en-GB') > 0;
  const byEnglish = !isEnglish(from) && !isEnglish(to) && languageFit(from, to) === 0;
  return { direct: wanted(from, to), chain: byEnglish ? [wanted(from, 'en'), wanted('en', to)] : [] };
}

/** The advice of PAIR_WITHOUT_MODEL: a model of the pair, else those of the chain that are missing. */
export function adviceForPair({ direct, chain }: WantedModels): string {
  const name = ({ from, to }: WantedModel): string => `${languageName(from)} to ${languageName(to)}`;
  const missing = chain.filter(({ installed }) => !installed), there = chain.filter(({ installed }) => installed);
  return [
    `Get a model for ${name(direct)} from the catalogue, or import the folder of one.`,
    ...(missing.length === 0 ? [] : [`Where none is published, English serves as a bridge: ${missing.map(name).join(' and ')}${there.length === 0 ? '' : ` (${there.map(name).join(', ')} is there)`}.`]),
  ].join(' ');
}
