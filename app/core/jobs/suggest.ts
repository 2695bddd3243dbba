/** A fresh machine translation of one segment, ahead of any batch; nothing is stored. */
import type { Leading } from '../adaptation/leading.ts';
import type { Output } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Engine, Translation } from '../../../native-models/engine/engine.ts';
import type { ReadDb } from '../db/connection.ts';
import { projectMeta } from '../projects/project-table.ts';
import { segmentById } from '../segments/segment-table.ts';
import { plainText } from '../segments/runs.ts';
import { loadTerms } from '../terms/load-terms.ts';
import { projectTerms } from '../terms/project-terms.ts';
import { chooseModel } from './choose-model.ts';
import { fromEngine } from './engine-errors.ts';
import { modelText, tagsForModel } from './model-text.ts';
import { placeTranslation } from './place-translation.ts';
import { unsureWords } from './unsure-words.ts';

/** The project's terms bind, and those of the files `termbases`. `leading`: what it is led by where the project adapts. Throws NOT_FOUND, what `loadTerms` throws and the engine's errors. */
export async function suggest(db: ReadDb, segmentId: number, engine: Engine, leading: (segmentId: number, text: string, model: string | null) => Leading, termbases: readonly string[] = []): Promise<Output<'segment.suggest'>> {
  const segment = segmentById(db, segmentId);
  const { source } = segment, tags = tagsForModel(segment.tags);
  const { from, to } = projectMeta(db);
  const begun = performance.now();
  const translations: Translation[] = [];
  const { entries: others } = await loadTerms(termbases, { from, to });
  const model = await chooseModel(engine, { from, to });
  const text = modelText(source, tags), { adapted, similar } = leading(segmentId, text, model);
  const used = adapted?.folder ?? model;
  const entries = [...projectTerms(db).rules.bindingIn([text]), ...others];
  const summary = await engine.translate(
    { from, to, ...(used === null ? {} : { model: used }), ...(entries.length === 0 ? {} : { terms: entries }), ...(similar === undefined ? {} : { similar: [similar] }), texts: [text], priority: 'interactive', alignment: true },
    { onBatch: (batch) => { translations.push(...batch.translations); } },
  ).catch((error: unknown) => { throw fromEngine(error); });
  const [translation] = translations;
  if (!translation) throw new StudioError('INTERNAL', 'The engine gave no translation back.', { advice: 'Try again; if it happens again, please report it.' });
  const target = placeTranslation(source, tags, translation);
  return { target, unsure: unsureWords(translation.text, translation.words ?? [], plainText(target)), model: summary.model, score: translation.score, milliseconds: performance.now() - begun };
}
