/** A trained transformer as a file of Marian's, in float32: what every program that runs students reads. */
import { stringify } from 'yaml';
import type { MarianTensor } from '../../weights/marian-binary.ts';
import { CONFIG_TENSOR, type StudentArchitecture } from '../../weights/marian-config.ts';
import { floatTensor } from '../../weights/write-marian-binary.ts';
import type { ParameterStore } from '../parameters.ts';

/** The tensors by Marian's names, with its description of the architecture; vectors are rows there. */
export function transformerTensors(a: StudentArchitecture, parameters: ParameterStore): Map<string, MarianTensor> {
  const tensors = new Map<string, MarianTensor>([...parameters].map(([name, { dims, data }]) => [name, floatTensor(dims.length === 1 ? [1, ...dims] : dims, data)]));
  const text = Buffer.from(`${stringify(settingsOf(a))}\0`);
  return tensors.set(CONFIG_TENSOR, { type: 'int8', shape: [text.length], elements: text.length, bytes: padded(text) });
}

const settingsOf = (a: StudentArchitecture): Readonly<Record<string, unknown>> => ({
  type: 'transformer', 'dim-emb': a.dim, 'dim-vocabs': [a.sourceVocabulary, a.targetVocabulary], 'enc-depth': a.encoderLayers, 'dec-depth': a.decoderLayers,
  'transformer-heads': a.heads, 'transformer-dim-ffn': a.ffnDim, 'transformer-decoder-dim-ffn': 0, 'transformer-ffn-depth': 2, 'transformer-ffn-activation': 'relu',
  'transformer-decoder-autoreg': 'rnn', 'dec-cell': 'ssru', 'transformer-preprocess': '', 'transformer-postprocess': 'dan', 'transformer-postprocess-emb': 'd', 'transformer-postprocess-top': '',
  'transformer-guided-alignment-layer': 'last', 'tied-embeddings-all': a.sharedEmbeddings, 'tied-embeddings': !a.sharedEmbeddings, 'layer-normalization': false, 'right-left': false,
});

/** Marian pads each tensor to a multiple of 256 bytes. */
function padded(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(text.length / 256) * 256);
  bytes.set(text);
  return bytes;
}
