/** Which model a translation uses, known before it begins: it is written into the origin of every segment. */
import type { Engine } from '../../../native-models/engine/engine.ts';
import { fromEngine } from './engine-errors.ts';

/**
 * The model that was asked for, or the first of the language pair: the same tags first, then the same languages (a model for
 * `pt` serves `pt-BR`). Null when there is none: the engine then says what is missing. Throws the engine's errors.
 */
export async function chooseModel(engine: Engine, { from, to, model }: { from: string; to: string; model?: string | undefined }): Promise<string | null> {
  let models;
  try {
    ({ models } = await engine.models());
  } catch (error) {
    throw fromEngine(error);
  }
  if (model !== undefined) return models.find(({ id, folder }) => id === model || folder === model)?.id ?? model;
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const language = (tag: string): string => tag.split('-')[0] ?? tag;
  const exact = models.find((candidate) => same(candidate.from, from) && same(candidate.to, to));
  const close = models.find((candidate) => same(language(candidate.from), language(from)) && same(language(candidate.to), language(to)));
  return (exact ?? close)?.id ?? null;
}
