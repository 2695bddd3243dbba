/** Opens what a folder holds as a model that can be fine-tuned. */
import { openTunableStudent } from './tunable-student.ts';
import type { TunableModel } from './tunable-model.ts';

/** Errors: those of reading the model. */
export function openTunableModel(folder: string): Promise<TunableModel> {
  return openTunableStudent(folder);
}
