/** Steps of learning through the core, with the engine itself and a toy of a student. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepProcess } from '../../../native-models/adaptation/steps/step-process.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../../native-models/engine/onnx-engine.ts';
import { toyCorpus, writeToyStudent } from '../../../native-models/training/finetune/testing/toy-student.ts';
import type { Output } from '../../contract/contract.ts';
import type { Project } from '../../contract/shapes/project.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';

// What learns does so at a low priority: on a busy machine it may have to wait for minutes.
vi.setConfig({ testTimeout: 900_000 });

const PAIRS = [...new Map(toyCorpus().split('\n').map((line): [string, string] => { const [source = '', target = ''] = line.split('\t'); return [source, target]; }))];
/** The first 20 are confirmed; the last is not. */
const po = (pairs: readonly (readonly [string, string])[]): string => ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', ...pairs.map(([source, target], at) => `msgid "${source}"\nmsgstr "${at < 20 ? target : ''}"`)].join('\n\n');

let home = '', test: TestStudio, engine: Engine, project: Project;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bitext-steps-core-'));
  const { model } = await writeToyStudent(home);
  const open = (): Engine => {
    const translating = createOnnxEngine({ modelDirs: [model], cacheDir: join(home, 'graphs'), threads: 1 });
    return { models: () => translating.models(), state: () => translating.state(), translate: (request, options) => translating.translate(request, options), close: () => translating.close(), steps: stepProcess() };
  };
  engine = open();
});
beforeEach(async () => {
  test = openTestStudio(engine);
  project = await test.project({ 'a.po': po(PAIRS.slice(0, 21)) });
});
afterEach(() => { test.remove(); });
afterAll(async () => {
  await engine.close();
  rmSync(home, { recursive: true, force: true });
});

const list = async (): Promise<Output<'adaptation.list'>> => test.handlers['adaptation.list']({ projectId: project.id });
const suggested = async (): Promise<{ target: Runs; model: string }> => {
  const { target, model } = await test.handlers['segment.suggest']({ projectId: project.id, segmentId: 21 });
  return { target, model };
};

describe('learning in steps', () => {
  it('is asked for, serves suggestions, is listed and taken back to what was said before', async () => {
    const before = await suggested();
    expect(before.model).toBe('enpt');
    await expect(test.handlers['adaptation.learn']({ projectId: project.id }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await test.handlers['adaptation.set']({ projectId: project.id, on: true, way: 'steps' });
    const phases: string[] = [];
    const learned = await test.handlers['adaptation.learn']({ projectId: project.id }, calmly(({ phase }) => { phases.push(phase); }));
    // Of 20 segments 2 are held out: two steps of eight, and one of the last two.
    expect(learned).toMatchObject({ on: true, way: 'steps', ready: true, learned: 20, steps: { state: 'idle', kept: 3, takenBack: 0, undone: 0, waiting: 0, fresh: 8, inUse: 3, message: null } });
    expect(phases).toEqual(['read', 'load-model', 'learn', 'learn', 'learn', 'quantize']);
    expect((await suggested()).model).toBe('enpt.steps-3');
    const { made, pairs } = await list();
    expect([made.map(({ step, outcome, inUse, pairs: own }) => [step, outcome, inUse, own.map(({ number }) => number)]), pairs.length]).toEqual([[[3, 'kept', true, [19, 20]], [2, 'kept', true, [10, 11, 12, 13, 14, 15, 17, 18]], [1, 'kept', true, [1, 2, 3, 5, 6, 7, 8, 9]]], 20]);
    expect(made[2]?.pairs[0]).toEqual({ segmentId: 1, number: 1, source: PAIRS[0]?.[0], target: PAIRS[0]?.[1] });

    // The newest alone: the weights of the other two are made again in the background.
    expect(await test.handlers['adaptation.undo']({ projectId: project.id, steps: 'newest' })).toMatchObject({ undone: [3], forgotten: [], steps: { kept: 2, undone: 1, waiting: 0 } });
    await expect.poll(async () => (await suggested()).model, { timeout: 600_000 }).toBe('enpt.steps-2');
    expect(await test.handlers['adaptation.undo']({ projectId: project.id, steps: 'all' })).toMatchObject({ undone: [1, 2], learned: 20, steps: { kept: 0, undone: 3, waiting: 0, inUse: 0 } });
    expect(await suggested()).toEqual(before);
    expect((await list()).made.map(({ outcome, inUse }) => [outcome, inUse])).toEqual([['undone', false], ['undone', false], ['undone', false]]);
    await expect(test.handlers['adaptation.undo']({ projectId: project.id, steps: 2 })).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'There is no step 2 that could be taken back.' });
  });

  it('takes a segment out of its step by taking the step back; the others are learned again without it', async () => {
    await test.handlers['adaptation.set']({ projectId: project.id, on: true, way: 'both' });
    await test.handlers['adaptation.learn']({ projectId: project.id }, calmly());
    const numbers = async (): Promise<unknown[]> => (await list()).made.filter(({ outcome }) => outcome === 'kept').map(({ pairs }) => pairs.map(({ number }) => number));
    const [first] = (await numbers()).slice(-1);
    expect(first).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(await test.handlers['adaptation.undo']({ projectId: project.id, segmentIds: [5] })).toMatchObject({ forgotten: [5], learned: 19 });
    await test.handlers['adaptation.learn']({ projectId: project.id }, calmly());
    // The two that are held out are still.
    expect((await numbers()).flat().map(Number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20]);
  });
});
