/** Opens a model of any family from its folder. */
import type { ModelFormat } from '../weights/model-folder.ts';
import type { CompiledModel } from './compiled-model.ts';
import { openMarianStudent, type OpenStudentOptions } from './open-marian-student.ts';
import { openRecurrentFolder } from './open-recurrent.ts';
import { openSequenceModel } from './open-sequence-model.ts';

export interface OpenModelOptions extends Pick<OpenStudentOptions, 'folder' | 'cacheDir' | 'precision' | 'threads' | 'device'> {
  readonly format: ModelFormat;
}

/**
 * `notice` is told what the user should know of how the model is run. Errors: MODEL_MISSING, MODEL_BROKEN, MODEL_UNSUPPORTED
 * naming the file or the setting; DEVICE_UNAVAILABLE.
 */
export function openModel({ format, ...options }: OpenModelOptions, notice: (text: string) => void): Promise<CompiledModel> {
  if (format === 'marian-bin') return openMarianStudent({ ...options, shortlist: true, warm: { alignment: true, scores: true } });
  if (format === 'recurrent') {
    if (options.precision !== 'float32') notice(`This model is run in float32; it can't be in ${options.precision}.`);
    return openRecurrentFolder(options.folder, options);
  }
  return openSequenceModel({ ...options, format, notice });
}
