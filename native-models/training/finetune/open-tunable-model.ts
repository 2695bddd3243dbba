/** Opens what a folder holds as a model that can be fine-tuned. */
import { EngineError } from '../../engine/engine-error.ts';
import { inspectModelFolder } from '../../weights/inspect-folder.ts';
import type { InspectedFolder } from '../../weights/model-folder.ts';
import { openTunablePretrained } from '../pretrained/tunable-pretrained.ts';
import { openTunableStudent } from './tunable-student.ts';
import type { TunableModel } from './tunable-model.ts';
import type { TuningTask } from './finetune-job.ts';

/** Errors: those of reading the model; MODEL_UNSUPPORTED for one without weights that can be trained, or one that does not do the task. */
export async function openTunableModel(folder: string, task: TuningTask): Promise<TunableModel> {
  const model = await inspectModelFolder(folder);
  if (model.format === 'safetensors' || model.format === 'marian-npz') return openTunablePretrained({ ...model, format: model.format }, task);
  if (model.format === 'marian-bin') {
    if (task.task === 'translate') return openTunableStudent(folder);
    throw new EngineError('MODEL_UNSUPPORTED', 'A student translates; it does not summarize or answer.', 'Choose a BART, Pegasus or T5 model.');
  }
  throw refusal(model);
}

function refusal({ folder, format }: InspectedFolder): EngineError {
  if (format === 'recurrent')
    return new EngineError('MODEL_UNSUPPORTED', `The model in ${folder} was trained here from a corpus; fine-tuning does not go on with such models.`, 'Train it again on both corpora together.');
  return new EngineError('MODEL_UNSUPPORTED', `The model in ${folder} is a set of exported ONNX graphs: its weights are written into them, often rounded, and can't learn on.`,
    'Get the float weights of the same model (model.safetensors with config.json and its tokenizer files) and import that folder.');
}
