import { StudioError } from '../../contract/errors.ts';
import type { ModelDescription } from '../../../native-models/engine/engine.ts';
import type { CommandContext } from '../context.ts';

/** A model by its id or its folder. Throws MODEL_MISSING, or why it can't be used. */
export async function installedModel(context: CommandContext, id: string): Promise<ModelDescription> {
  const { models, unusable } = await (await context.engine()).models();
  const model = models.find((known) => known.id === id || known.folder === id);
  if (model !== undefined) return model;
  const broken = unusable.find(({ folder }) => folder === id || folder.endsWith(`/${id}`));
  if (broken !== undefined) throw new StudioError(broken.code, broken.reason);
  throw new StudioError('MODEL_MISSING', `There is no model ${id}.`, { advice: '`bitext models list` shows those that there are.' });
}
