/** Which pairs of languages a model serves, and how well. */
import type { ModelDescription } from '../engine/engine.ts';
import { languageFit } from './languages.ts';

/** Of a side with several languages. */
export const SEVERAL = 'mul';

type Described = Pick<ModelDescription, 'from' | 'to' | 'languages' | 'tasks'>;

export const sourceLanguages = ({ from, languages }: Described): readonly string[] => languages?.from ?? [from];
export const targetLanguages = ({ to, languages }: Described): readonly string[] => languages?.to ?? [to];

/** The tag of a list that fits a wanted one best, and how well (`languageFit`); null when none does. */
export function bestTag(tags: readonly string[], wanted: string): { readonly tag: string; readonly fit: number } | null {
  let best: { tag: string; fit: number } | null = null;
  for (const tag of tags) {
    const fit = languageFit(tag, wanted);
    if (fit > (best?.fit ?? 0)) best = { tag, fit };
  }
  return best;
}

/** Whether a model translates at all. */
export const translates = ({ tasks }: Described): boolean => tasks === undefined || tasks.includes('translate');

/** How well a model serves a pair: 2 to 6, the fits of both sides together; 0 when it does not. */
export function pairFit(model: Described, wish: { readonly from: string; readonly to: string }): number {
  if (!translates(model)) return 0;
  const from = bestTag(sourceLanguages(model), wish.from);
  const to = bestTag(targetLanguages(model), wish.to);
  if (from === null || to === null) return 0;
  // Many languages into many: none into itself.
  return model.languages !== undefined && from.tag === to.tag ? 0 : from.fit + to.fit;
}

/**
 * The models that serve a pair, the best first: whose languages fit best; one of this pair alone before one of many, which
 * divides its size among them; one that was fine-tuned here, the newest, before what it is based on; the largest (better,
 * and slower); the first id. One that the user went back from is left out.
 */
export function modelsOfPair<Model extends ModelDescription>(models: readonly Model[], wish: { readonly from: string; readonly to: string }): Model[] {
  return models
    .map((model) => ({ model, fit: pairFit(model, wish), many: model.languages === undefined ? 0 : 1 }))
    .filter(({ model, fit }) => fit > 0 && model.tuned?.retired !== true)
    .sort((a, b) => b.fit - a.fit || a.many - b.many || newer(a.model, b.model) || b.model.bytes - a.model.bytes || (a.model.id < b.model.id ? -1 : 1))
    .map(({ model }) => model);
}

/** ISO 8601 times sort as texts. */
function newer(a: ModelDescription, b: ModelDescription): number {
  const [left, right] = [a.tuned?.at ?? '', b.tuned?.at ?? ''];
  return left === right ? 0 : left > right ? -1 : 1;
}

/** `en to pt`, `en to 3 languages`: a model's languages in a few words. */
export function describeLanguages(model: Described): string {
  const side = (tags: readonly string[]): string => (tags.length > 3 ? `${tags.length} languages` : tags.join(', '));
  const from = sourceLanguages(model), to = targetLanguages(model);
  if (from.length === 1 && from[0] === 'und') return 'no language named';
  return from.length > 1 && from.join() === to.join() ? `${from.length > 6 ? `${from.length} languages` : from.join(', ')}, each into each` : `${side(from)} to ${side(to)}`;
}
