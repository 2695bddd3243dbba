import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStoredModel } from './huggingface-folder.ts';
import { readMarianNpz } from './marian-npz.ts';
import { readSafetensors } from './safetensors.ts';
import { familyFolder } from './testing/family-folder.ts';
import { safetensorsFile } from './testing/safetensors-file.ts';
import { writeChangedWeights } from './write-changed-model.ts';
import { writeMarianNpz } from './write-marian-npz.ts';

let home = '';
beforeEach(() => { home = mkdtempSync(path.join(tmpdir(), 'bitext-changed-')); });
afterEach(() => { rmSync(home, { recursive: true, force: true }); });

const tensorsOf = (file: string): Map<string, number[]> => new Map([...readSafetensors(readFileSync(file), file)].map(([name, { values }]) => [name, Array.from(values())]));

test('what changed is written under its own name, all else as it was, with the files beside the weights', async () => {
  const folder = path.join(home, 'bart');
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  const { config, parts } = familyFolder('bart', 3);
  for (const [name, content] of Object.entries(parts)) writeFileSync(path.join(folder, name), content);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  for (const name of ['tokenizer.json', 'LICENSE', 'notes.txt', 'bitext.json']) writeFileSync(path.join(folder, name), name);
  const model = await readStoredModel(folder);
  const { weight } = model.definition.decoder.layers[0]?.feedForward.inner ?? {};
  if (weight === undefined) throw new Error('There is no such layer');
  const into = path.join(home, 'changed');
  await writeChangedWeights(folder, model, new Map([[weight, weight.map((value) => value + 1)]]), into);

  // One file in place of the two parts and their index; graphs and the manifest belong to the old model.
  expect(readdirSync(into).sort()).toEqual(['LICENSE', 'config.json', 'model.safetensors', 'tokenizer.json']);
  const before = new Map([...model.stored].map(([name, { values }]) => [name, Array.from(values())]));
  const after = tensorsOf(path.join(into, 'model.safetensors'));
  const name = 'model.decoder.layers.0.fc1.weight';
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  expect(after.get(name)).toEqual(before.get(name)?.map((value) => Math.fround(value + 1)));
  after.delete(name);
  before.delete(name);
  expect(after).toEqual(before);
});

test('copies of a changed tensor under other names change with it', async () => {
  const folder = path.join(home, 'm2m');
  mkdirSync(folder);
  const { config, weights } = familyFolder('m2m_100', 5);
  const stored = readSafetensors(weights, 'weights');
  const copied = ['lm_head.weight', 'model.encoder.embed_tokens.weight'];
  const shared = stored.get('model.shared.weight');
  if (shared === undefined) throw new Error('There is no embedding');
  const all = new Map([...stored, ...copied.map((name) => [name, shared] as const)]);
  writeFileSync(path.join(folder, 'model.safetensors'), safetensorsFile(Object.fromEntries([...all].map(([name, { dims, values }]) => [name, { dtype: 'F32', shape: dims, bytes: new Uint8Array(values().slice().buffer) }]))));
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const model = await readStoredModel(folder);
  const { table } = model.definition.encoder.embedding;
  const into = path.join(home, 'changed');
  await writeChangedWeights(folder, model, new Map([[table, table.map((value) => 2 * value)]]), into);
  const after = tensorsOf(path.join(into, 'model.safetensors'));
  const doubled = Array.from(shared.values(), (value) => 2 * value);
  for (const name of ['model.shared.weight', ...copied]) expect(after.get(name), name).toEqual(doubled);
});

test('a Marian npz is read as it was written, its arrays aligned as NumPy asks', async () => {
  const file = path.join(home, 'model.npz');
  const tensors = new Map([['Wemb', { dims: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-9, 7) }], ['b', { dims: [1, 2], data: Float32Array.of(4, 5) }], ['v', { dims: [2], data: Float32Array.of(6, 7) }]]);
  await writeMarianNpz(file, tensors, 'dim-emb: 3\n');
  const bytes = readFileSync(file);
  const { tensors: read, config } = await readMarianNpz(bytes, file);
  expect(config).toBe('dim-emb: 3\n');
  expect(new Map([...read].map(([name, { dims, values }]) => [name, { dims, data: values() }]))).toEqual(tensors);
  // Magic, version 1.0, 118 bytes of header: 10 + 118 is a multiple of 64.
  const start = bytes.indexOf(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]));
  expect([...bytes.subarray(start + 6, start + 10)]).toEqual([1, 0, 118, 0]);
  expect(bytes.toString('latin1', start + 10, start + 128).trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  expect(bytes[start + 127]).toBe(0x0a);
  expect(bytes.toString('latin1')).toContain("'shape': (2,), }");
});
