"""CTranslate2 on the same weights: the protocol of bitext.ts. Its model is converted from the folder's weights on the first run."""
import json, os, resource, sys, time
import ctranslate2, numpy as np
from ctranslate2.specs import Activation, TransformerSpec

job = json.load(sys.stdin)
config = json.load(open(os.path.join(job['folder'], 'config.json')))
VOCABULARY = config['vocab_size']

def tensors():
    # Quantization writes into the tensors.
    data = np.memmap(os.path.join(job['folder'], 'model.safetensors'), dtype=np.uint8, mode='c')
    length = int(data[:8].view('<u8')[0])
    header = json.loads(bytes(data[8:8 + length]))
    header.pop('__metadata__', None)
    return {name: data[8 + length + entry['data_offsets'][0]:8 + length + entry['data_offsets'][1]].view('<f4').reshape(entry['shape']) for name, entry in header.items()}

def convert(folder):
    stored = tensors()
    layers = config['encoder_layers']
    spec = TransformerSpec.from_config((layers, layers), config['encoder_attention_heads'], pre_norm=False, activation=Activation.SWISH)
    def norm(target, name): target.gamma, target.beta = stored[f'{name}.weight'], stored[f'{name}.bias']
    def linear(target, *names): target.weight, target.bias = (np.concatenate([stored[f'{name}.{part}'] for name in names]) for part in ('weight', 'bias'))
    for side, part in (('encoder', spec.encoder), ('decoder', spec.decoder)):
        embeddings = part.embeddings[0] if side == 'encoder' else part.embeddings
        embeddings.weight = stored['model.shared.weight']
        part.position_encodings.encodings = stored[f'model.{side}.embed_positions.weight']
        part.scale_embeddings = True
        for index, layer in enumerate(part.layer):
            name = f'model.{side}.layers.{index}'
            linear(layer.self_attention.linear[0], *(f'{name}.self_attn.{p}_proj' for p in 'qkv'))
            linear(layer.self_attention.linear[1], f'{name}.self_attn.out_proj')
            norm(layer.self_attention.layer_norm, f'{name}.self_attn_layer_norm')
            if side == 'decoder':
                linear(layer.attention.linear[0], f'{name}.encoder_attn.q_proj')
                linear(layer.attention.linear[1], *(f'{name}.encoder_attn.{p}_proj' for p in 'kv'))
                linear(layer.attention.linear[2], f'{name}.encoder_attn.out_proj')
                norm(layer.attention.layer_norm, f'{name}.encoder_attn_layer_norm')
            linear(layer.ffn.linear_0, f'{name}.fc1')
            linear(layer.ffn.linear_1, f'{name}.fc2')
            norm(layer.ffn.layer_norm, f'{name}.final_layer_norm')
    spec.decoder.projection.weight, spec.decoder.projection.bias = stored['model.shared.weight'], stored['final_logits_bias'][0]
    names = ['</s>', '<unk>', *(f't{i}' for i in range(2, VOCABULARY - 1)), '<pad>']
    spec.register_source_vocabulary(names)
    spec.register_target_vocabulary(names)
    spec.config.decoder_start_token, spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = '<pad>', '</s>', '</s>', '<unk>'
    spec.validate()
    spec.optimize(quantization=None if job['precision'] == 'float32' else 'int8')
    os.makedirs(folder)
    spec.save(folder)

converted = os.path.join(job['folder'], f"ctranslate2-{ctranslate2.__version__}-{job['precision']}")
if not os.path.exists(os.path.join(converted, 'model.bin')): convert(converted)
begun = time.perf_counter()
translator = ctranslate2.Translator(converted, device='cpu', intra_threads=1, inter_threads=1)
load_seconds = time.perf_counter() - begun
number = {'</s>': 0, '<unk>': 1, '<pad>': VOCABULARY - 1}
words = [['</s>' if token == 0 else f't{token}' for token in source] for source in job['sources']]

def run(sources, beam, batch):
    found = translator.translate_batch(sources, beam_size=beam, max_batch_size=batch, min_decoding_length=job['tokens'], max_decoding_length=job['tokens'])
    return [[number.get(word) if word in number else int(word[1:]) for word in result.hypotheses[0]] for result in found]

cases = []
for case in job['cases']:
    run(words[:min(case['batch'], case['sentences'])], case['beam'], case['batch'])
    cpu, begun = time.process_time(), time.perf_counter()
    outputs = run(words[:case['sentences']], case['beam'], case['batch'])
    cases.append({'seconds': time.perf_counter() - begun, 'cpuSeconds': time.process_time() - cpu, 'outputs': outputs})
print(json.dumps({'loadSeconds': load_seconds, 'cases': cases, 'residentBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
