/** Names of activations in Hugging Face's settings (`ACT2FN` of transformers' `activations.py`) and in Marian's. */
import type { ModelSettings } from '../../weights/model-settings.ts';
import type { Activation } from '../transformer/definition.ts';

const HUGGING_FACE: ReadonlyMap<string, Activation> = new Map([
  ['relu', 'relu'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_new', 'gelu-tanh'],
  ['gelu_fast', 'gelu-tanh'],
  ['gelu_pytorch_tanh', 'gelu-tanh'],
  ['quick_gelu', 'gelu-sigmoid'],
  ['silu', 'silu'],
  ['swish', 'silu'],
  ['tanh', 'tanh'],
  ['sigmoid', 'sigmoid'],
  ['linear', 'linear'],
]);

/** The activation that setting `key` means with `name`. Errors: MODEL_UNSUPPORTED naming the setting. */
export function activationOf(settings: ModelSettings, key: string, name: string): Activation {
  const activation = HUGGING_FACE.get(name);
  if (activation === undefined) throw settings.unsupported(key, `${[...HUGGING_FACE.keys()].join(', ')} can be run`);
  return activation;
}
