import { basename } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { ModelDescription } from '../../../native-models/engine/engine.ts';
import type { CommandContext } from '../context.ts';

/** A folder that holds no model that can be used. */
interface UnusableModel {
  readonly folder: string;
  readonly error: StudioError;
}

/** A model by its id or its folder. Throws MODEL_MISSING, or why it can't be used. */
export async function installedModel(context: CommandContext, id: string): Promise<ModelDescription> {
  const found = await modelOrUnusable(context, id);
  if ('error' in found) throw found.error;
  return found;
}

/** The same with models that can't be used, and why: by the name of their folder, or the folder itself. Throws MODEL_MISSING. */
export async function modelOrUnusable(context: CommandContext, id: string): Promise<ModelDescription | UnusableModel> {
  const { models, unusable } = await (await context.engine()).models();
  const model = models.find((known) => known.id === id || known.folder === id);
  if (model !== undefined) return model;
  const broken = unusable.find(({ folder }) => folder === id || basename(folder) === id);
  if (broken !== undefined) return { folder: broken.folder, error: new StudioError(broken.code, broken.reason) };
  throw new StudioError('MODEL_MISSING', `There is no model ${id}.`);
}
