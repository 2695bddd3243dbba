import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toyCorpus, writeToyStudent } from '../../training/finetune/testing/toy-student.ts';
import { LearnedState } from './learned-state.ts';
import { readJournal } from './step-journal.ts';
import type { LearnRequest } from './step-learning.ts';
import { stepProcess } from './step-process.ts';

// What learns does so at a low priority: on a busy machine it may have to wait for minutes.
vi.setConfig({ testTimeout: 900_000 });

let home = '', model = '';
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'bitext-step-process-'));
  ({ model } = await writeToyStudent(home));
});
afterAll(() => { rmSync(home, { recursive: true, force: true }); });

const confirmed = toyCorpus().split('\n').slice(0, 60).map((line, id) => { const [source = '', target = ''] = line.split('\t'); return { id: id + 1, source, target }; });
const request = (name: string): LearnRequest => ({ modelFolder: model, model: { id: 'enpt', name: 'Toy', from: 'en', to: 'pt' }, folder: path.join(home, name), confirmed, rest: false, settings: { fresh: 4, tolerance: 100, improbable: 100, mostForgotten: 100 } });
const stepsIn = async (name: string): Promise<number> => LearnedState.of(await readJournal(path.join(home, name))).steps.length;

describe('a process that learns in steps', () => {
  it('begins no step while somebody waits for a translation, and goes on behind it', async () => {
    const steps = stepProcess({ quiet: 0 });
    const { promise: translated, resolve: end } = Promise.withResolvers<undefined>();
    let held: Promise<undefined> | null = null;
    const outcome = steps.learn(request('held'), { report: ({ stage, made }) => { if (stage === 'learning' && made === 2) held ??= steps.yieldingTo(() => translated); } });
    await expect.poll(() => held !== null).toBe(true);
    // The step that it was in the middle of is made, and one whose turn came before the message did, however long they take.
    let made = -1;
    for (let now = await stepsIn('held'); now !== made; now = await stepsIn('held')) {
      made = now;
      await pause(1000);
    }
    expect(made).toBeLessThan(13);
    end(undefined);
    expect(await outcome).toEqual({ head: 13, weights: path.join(home, 'held', 'weights', 'step-13') });
  });

  it('stops when it is cancelled, with what it learned, and the next round goes on', async () => {
    const steps = stepProcess(), reason = new Error('closed');
    let name: string, ended: unknown, rounds = 0;
    // Should one be through before it hears of the cancel: the same in another folder.
    do {
      name = `cancelled-${++rounds}`;
      const stop = new AbortController();
      ended = await steps.learn(request(name), { signal: stop.signal, report: ({ made }) => { if (made === 3) stop.abort(reason); } }).catch((error: unknown) => error);
    } while (!(ended instanceof Error));
    expect(ended).toBe(reason);
    const made = await stepsIn(name);
    expect(made >= 3 && made < 13).toBe(true);
    expect((await steps.learn(request(name))).head).toBe(13);
  });

  it('says what is wrong with a model, and how its process ended', async () => {
    await expect(stepProcess().learn({ ...request('none'), modelFolder: path.join(home, 'no-model') })).rejects.toMatchObject({ name: 'EngineError', code: 'MODEL_MISSING' });
    await expect(stepProcess({ entry: path.join(home, 'no-such-module.js') }).learn(request('none'))).rejects.toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('exit code 1') });
  });
});
