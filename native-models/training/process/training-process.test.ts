import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TOY_SETTINGS, writeToyStudent } from '../finetune/testing/toy-student.ts';
import { RunDirectory } from '../runs/run-directory.ts';
import type { AttentionMap, FinetuneRequest } from '../training-tasks.ts';
import { trainingProcess } from './training-process.ts';

// What learns does so at a low priority: on a busy machine it may have to wait for minutes.
vi.setConfig({ testTimeout: 900_000 });

let home = '';
let toy: Awaited<ReturnType<typeof writeToyStudent>>;
// However slow the machine, a cancelled run may store its checkpoint.
const training = trainingProcess({ threads: 1, patience: 600_000 });
const request = (name: string): FinetuneRequest => ({ modelFolder: toy.model, corpusFile: toy.corpus, generalFile: null, runFolder: path.join(home, name), into: path.join(home, `${name}-tuned`), settings: TOY_SETTINGS });
const attention = (name: string, checkpoint: number | null, sentence = 'two birds'): Promise<AttentionMap> => training.attention({ modelFolder: toy.model, runFolder: path.join(home, name), checkpoint, sentence });

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'bitext-training-process-'));
  toy = await writeToyStudent(home);
});
afterAll(() => { rmSync(home, { recursive: true, force: true }); });

describe('a training process', () => {
  it('stops when it is cancelled, goes on, and its checkpoints show where the model looks', async () => {
    const stop = new AbortController();
    const stopped = await training.finetune(request('one'), { signal: stop.signal, report: (progress) => { if (progress.stage === 'learning' && progress.update >= 20) stop.abort(); } });
    expect([stopped.outcome, existsSync(request('one').into)]).toEqual(['cancelled', false]);
    const updates: number[] = [];
    const outcome = await training.finetune(request('one'), { report: (progress) => { if (progress.stage === 'learning') updates.push(progress.update); } });
    expect([outcome.outcome, (updates[0] ?? 0) > 20, existsSync(path.join(request('one').into, 'model.enpt.bin'))]).toEqual(['accepted', true, true]);

    const best = await new RunDirectory(request('one').runFolder).bestStep();
    const learned = await attention('one', best);
    // So small a model may still mix up the order.
    expect(new Set(learned.text.split(' '))).toEqual(new Set(['dois', 'p\u00e1ssaros']));
    expect(learned.source.join('')).toBe('\u2581two\u2581birds</s>');
    expect(learned.target.at(-1)).toBe('</s>');
    for (const row of learned.weights) expect([row.length, row.reduce((sum, weight) => sum + weight, 0)]).toEqual([learned.source.length, expect.closeTo(1, 4)]);
    expect(learned.weights).toHaveLength(learned.target.length);
    // The untrained model says something else.
    expect((await attention('one', null)).text).not.toBe(learned.text);
  });

  it('passes on what is wrong with a corpus, a checkpoint or a sentence', async () => {
    await expect(training.finetune({ ...request('two'), corpusFile: path.join(home, 'none.tsv') })).rejects.toMatchObject({ name: 'EngineError', code: 'INVALID_INPUT' });
    await expect(attention('two', 7)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await expect(attention('two', null, ' ')).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'There is no sentence to look at.' });
    await expect(attention('two', null, 'cat '.repeat(90))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is ended when it does not stop in time, and rejects with the reason', async () => {
    const stop = new AbortController();
    const impatient = trainingProcess({ threads: 1, patience: 0 });
    const reason = new DOMException('', 'AbortError');
    await expect(impatient.finetune(request('three'), { signal: stop.signal, report: ({ stage }) => { if (stage === 'learning') stop.abort(reason); } })).rejects.toBe(reason);
  });

  it('says how its process ended', async () => {
    const broken = trainingProcess({ threads: 1, entry: path.join(home, 'no-such-module.js') });
    await expect(broken.finetune(request('four'))).rejects.toMatchObject({ code: 'ENGINE_EXITED', message: expect.stringContaining('exit code 1') });
  });
});
