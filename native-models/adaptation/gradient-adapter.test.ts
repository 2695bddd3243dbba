import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyModel } from '../engine/testing/tiny-model-folder.ts';
import type { TrainingExample } from '../training/corpus/batches.ts';
import { openStudentFolder, type StudentFolder } from '../training/finetune/student-folder.ts';
import { DEFAULT_GRADIENT, GradientAdapter, type GradientSettings } from './gradient-adapter.ts';

const PAIRS = ['the cat|a dog', 'the bed|a cab', 'the cab|a bed', 'words and words|cars and cars', 'the wall|a door', 'the sea|a lake', 'on the bed|in a cab', 'the dog|a cat'];

describe('the gradient adapter', () => {
  let home = '';
  let student: StudentFolder;
  let examples: TrainingExample[] = [];
  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'bitext-gradient-'));
    mkdirSync(path.join(home, 'models'));
    student = await openStudentFolder(writeTinyModel(path.join(home, 'models'), 'tiny', 'enpt'));
    examples = PAIRS.map((pair) => {
      const [source = '', target = ''] = pair.split('|');
      return { source: [...student.source.encode(source), student.source.eosId], target: [...student.target.encode(target), student.target.eosId] };
    });
  });
  afterAll(() => { rmSync(home, { recursive: true, force: true }); });

  const open = (settings: Partial<GradientSettings>): Promise<GradientAdapter> => GradientAdapter.open(student, { settings: { ...DEFAULT_GRADIENT, fresh: 3, heldOutEvery: 4, tolerance: 100, ...settings }, general: examples.slice(0, 2), threads: 1 });
  const weights = async (adapter: GradientAdapter, name: string): Promise<Buffer> => {
    await adapter.write(path.join(home, name));
    return readFileSync(path.join(home, name, student.files.model));
  };

  it('steps when enough pairs have come together, holds every fourth back, and takes the newest step back to the same weights', async () => {
    const adapter = await open({ rate: 1e-2 });
    const steps = [];
    for (const example of examples.slice(0, 4)) steps.push(await adapter.confirm(example));
    expect(steps.map((step) => step?.pairs ?? null)).toEqual([null, null, [0, 1, 2], null]);
    const once = await weights(adapter, 'once');
    for (const example of examples.slice(4, 7)) await adapter.confirm(example);
    expect(adapter.steps.map(({ step, pairs, outcome }) => ({ step, pairs, outcome }))).toEqual([{ step: 1, pairs: [0, 1, 2], outcome: 'kept' }, { step: 2, pairs: [4, 5, 6], outcome: 'kept' }]);
    expect((await weights(adapter, 'twice')).equals(once)).toBe(false);
    expect(adapter.undo()).toBe(true);
    expect((await weights(adapter, 'undone')).equals(once)).toBe(true);
    expect(adapter.steps.map(({ outcome }) => outcome)).toEqual(['kept', 'taken back']);
    expect(adapter.undo()).toBe(true);
    expect(adapter.undo()).toBe(false);
    await adapter.close();
  });

  it('takes a step back that makes what it must not forget worse', async () => {
    const adapter = await open({ rate: 5, tolerance: 0.02 });
    for (const example of examples.slice(4, 7)) await adapter.confirm(example);
    expect(adapter.steps).toMatchObject([{ pairs: [0, 1, 2], outcome: 'taken back' }]);
    await adapter.close();
  });

  it('does not learn what is too long for a short step', async () => {
    const adapter = await open({});
    const [first] = examples;
    const long = { source: first?.source ?? [], target: Array.from({ length: 121 }, () => 5) };
    for (let time = 0; time < 3; time++) expect(await adapter.confirm(long)).toBeNull();
    await adapter.close();
  });
});
