import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { machineKey, modelKey, NoteFile } from './device-memory.ts';
import { isTrialOutcome, type TrialOutcome } from './trial-outcome.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'device-memory-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (name = 'notes/model.json'): NoteFile<TrialOutcome> => new NoteFile(path.join(folder, name), isTrialOutcome);
const RAN: TrialOutcome = { status: 'ran', wordsPerSecond: 120.5, sentences: 6, equal: 6, scoreDifference: 0.0001 };

describe('notes', () => {
  test('are there for the next process, each under its key, the last one of a key', async () => {
    await open().write('webgpu float16', { status: 'started', tries: 2 });
    await open().write('webgpu float32', { status: 'failed', reason: 'device lost' });
    await open().write('webgpu float16', RAN);
    expect((await open().read('webgpu float16'))?.note).toEqual(RAN);
    expect((await open().read('webgpu float32'))?.note).toEqual({ status: 'failed', reason: 'device lost' });
    expect(await open().read('cuda float32')).toBeNull();
    expect(await readdir(path.join(folder, 'notes'))).toEqual(['model.json']);
  });

  test.each(['', '{', '[1]', 'null', '{"webgpu float32": 3}', '{"webgpu float32": {"note": {"status": "ran"}, "time": 1}}', '{"webgpu float32": {"note": {"status": "started"}}}'])(
    'that are damaged count as none and are written over: %s', async (text) => {
      await writeFile(path.join(folder, 'model.json'), text);
      expect(await open('model.json').read('webgpu float32')).toBeNull();
      await open('model.json').write('webgpu float32', RAN);
      expect((await open('model.json').read('webgpu float32'))?.note).toEqual(RAN);
    });

  test('that can not be written are no failure', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(open('file/model.json').write('webgpu float32', RAN)).resolves.toBeUndefined();
    expect(await open('file/model.json').read('webgpu float32')).toBeNull();
  });
});

describe('the key of a model', () => {
  test('changes with its files and with the runtime, and with nothing else', async () => {
    const file = path.join(folder, 'model.bin');
    await writeFile(file, 'weights');
    await utimes(file, 1000, 1000);
    const first = await modelKey(folder, '1.30.0');
    expect(await modelKey(folder, '1.30.0')).toBe(first);
    expect(await modelKey(folder, '1.31.0')).not.toBe(first);
    await utimes(file, 1000, 2000);
    expect(await modelKey(folder, '1.30.0')).not.toBe(first);
  });
});

test('the key of the machine changes with the runtime', () => {
  expect(machineKey('1.30.0')).toMatch(/^[0-9a-f]{32}$/);
  expect(machineKey('1.31.0')).not.toBe(machineKey('1.30.0'));
});
