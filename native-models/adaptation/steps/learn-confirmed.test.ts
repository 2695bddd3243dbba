import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyCorpus, writeToyStudent } from '../../training/finetune/testing/toy-student.ts';
import { learnConfirmed } from './learn-confirmed.ts';
import { LearnedState } from './learned-state.ts';
import { appendEntry, readJournal, type JournalPair } from './step-journal.ts';
import type { LearnRequest } from './step-learning.ts';

/** Sentences of eight words, each once. The toy knows nothing before, so nothing general can be forgotten. */
const PAIRS: JournalPair[] = [...new Map(toyCorpus().split('\n').map((line): [string, string] => { const [source = '', target = ''] = line.split('\t'); return [source, target]; }))].map(([source, target], index) => ({ id: index + 1, source, target }));
const SETTINGS = { rate: 3e-3, fresh: 4, replayed: 8, heldOutEvery: 8, tolerance: 100, improbable: 100, mostForgotten: 100 };

let home = '', model = '';
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'bitext-steps-'));
  ({ model } = await writeToyStudent(home));
});
afterAll(() => { rmSync(home, { recursive: true, force: true }); });

const request = (name: string, pairs: readonly JournalPair[], more: Partial<LearnRequest> = {}): LearnRequest => ({ modelFolder: model, model: { id: 'enpt', name: 'Toy', from: 'en', to: 'pt' }, folder: path.join(home, name), confirmed: pairs, rest: false, settings: SETTINGS, ...more });
const stateOf = async (name: string): Promise<LearnedState> => LearnedState.of(await readJournal(path.join(home, name)));
const weights = (folder: string | null): Buffer => readFileSync(path.join(folder ?? '', 'model.enpt.bin'));
/** What was made, without times. */
const made = async (name: string): Promise<unknown[]> => (await stateOf(name)).steps.map(({ made: { step, pairs, heldOut, general }, fate }) => ({ step, pairs, heldOut, general, fate }));

describe('learning from confirmed pairs', () => {
  it('holds pairs out, learns the others a few at a time, and leaves those that are too few for another step', async () => {
    const outcome = await learnConfirmed(request('one', PAIRS.slice(0, 18)));
    const state = await stateOf('one');
    expect([...state.heldOut.keys()]).toEqual([4, 12]);
    expect(state.steps.map(({ made: { step, pairs }, fate }) => [step, pairs.map(({ id }) => id), fate])).toEqual([[1, [1, 2, 3, 5], 'kept'], [2, [6, 7, 8, 9], 'kept'], [3, [10, 11, 13, 14], 'kept'], [4, [15, 16, 17, 18], 'kept']]);
    expect(outcome).toEqual({ head: 4, weights: path.join(home, 'one', 'weights', 'step-4') });
    const [first, last] = [state.steps[0]?.made.heldOut, state.steps.at(-1)?.made.heldOut];
    expect((last?.after ?? Infinity) < (first?.before ?? 0)).toBe(true);
    expect(readdirSync(path.join(home, 'one', 'weights', 'step-4')).sort()).toEqual(['bitext.json', 'graphs', 'model.enpt.bin', 'vocab.enpt.spm']);
    // Nothing new: nothing is opened, nothing changes.
    expect(await learnConfirmed(request('one', PAIRS.slice(0, 21)))).toEqual(outcome);
    expect(state.waiting(PAIRS.slice(0, 21)).map(({ id }) => id)).toEqual([19, 20, 21]);
    expect((await learnConfirmed(request('one', PAIRS.slice(0, 21), { rest: true }))).head).toBe(5);
  });

  it('gives the same weights in one go, in several, and after its process was killed', async () => {
    const whole = await learnConfirmed(request('whole', PAIRS.slice(0, 40)));
    await learnConfirmed(request('parts', PAIRS.slice(0, 13)));
    expect(weights((await learnConfirmed(request('parts', PAIRS.slice(0, 40)))).weights).equals(weights(whole.weights))).toBe(true);
    let killed: string, runs = 0;
    // Should one have written its weights before it hears of the kill: the same in another folder.
    do {
      killed = `killed-${++runs}`;
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'testing', 'learning-run.ts'), JSON.stringify(request(killed, PAIRS.slice(0, 40)))], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.setEncoding('utf8').on('data', (text: string) => { if (text.split('\n').includes('6')) child.kill('SIGKILL'); });
      await once(child, 'close');
    } while (existsSync(path.join(home, killed, 'weights')));
    expect((await stateOf(killed)).head).toBeGreaterThanOrEqual(6);
    // A line that was cut off in the middle.
    const journal = path.join(home, killed, 'steps.jsonl');
    writeFileSync(journal, `${readFileSync(journal, 'utf8')}{"kind":"step","pa`);
    const again = await learnConfirmed(request(killed, PAIRS.slice(0, 40)));
    expect(weights(again.weights).equals(weights(whole.weights))).toBe(true);
    expect(await made(killed)).toEqual(await made('whole'));
  });

  it('takes a step back that makes held-out pairs less likely, and does not try its pairs again', async () => {
    await learnConfirmed(request('worse', PAIRS.slice(0, 18)));
    const good = weights(path.join(home, 'worse', 'weights', 'step-4'));
    const pairs = PAIRS.slice(18, 22);
    const outcome = await learnConfirmed(request('worse', PAIRS.slice(0, 22), { rest: true, settings: { ...SETTINGS, heldOutEvery: 1000, rate: 1, tolerance: 0.02 } }));
    const state = await stateOf('worse');
    expect(state.steps.at(-1)).toMatchObject({ fate: 'taken-back', made: { pairs, reason: expect.stringMatching(/^Held-out segments became less likely, by \d+\.\d{3} nats a token\.$/) } });
    expect([outcome.head, state.waiting(pairs), weights(outcome.weights).equals(good)]).toEqual([4, [], true]);
    // The next step goes on from the good weights.
    const next = await learnConfirmed(request('worse', PAIRS.slice(0, 27)));
    expect([next.head, (await stateOf('worse')).learned().map(({ id }) => id).slice(-4)]).toEqual([6, [23, 24, 25, 26]]);
  });

  it('makes the weights of before anew when a step is taken back by the user, and learns its pairs again if they are confirmed still', async () => {
    const three = await learnConfirmed(request('undone', PAIRS.slice(0, 14)));
    const bytes = weights(three.weights);
    const five = await learnConfirmed(request('undone', PAIRS.slice(0, 23)));
    expect([three.head, five.head, weights(five.weights).equals(bytes)]).toEqual([3, 5, false]);
    await appendEntry(path.join(home, 'undone'), { kind: 'undone', from: 4 });
    // From the journal alone.
    rmSync(path.join(home, 'undone', 'weights'), { recursive: true });
    rmSync(path.join(home, 'undone', 'checkpoints'), { recursive: true });
    const back = await learnConfirmed(request('undone', PAIRS.slice(0, 14)));
    expect([back.head, weights(back.weights).equals(bytes)]).toEqual([3, true]);
    expect((await stateOf('undone')).waiting(PAIRS.slice(0, 23)).map(({ id }) => id)).toEqual([15, 16, 17, 18, 19, 21, 22, 23]);
    expect((await learnConfirmed(request('undone', PAIRS.slice(0, 23)))).head).toBe(7);
  });

  it('passes over what is too long, and stops between two steps when it is cancelled', async () => {
    const long = { id: 900, source: 'red '.repeat(200), target: 'vermelho' };
    const stop = new AbortController();
    const reason = new Error('closed');
    const run = learnConfirmed(request('cancelled', [long, ...PAIRS.slice(0, 40)]), { signal: stop.signal, report: ({ made: done }) => { if (done === 2) stop.abort(reason); } });
    await expect(run).rejects.toBe(reason);
    const state = await stateOf('cancelled');
    expect([state.head, state.waiting([long])]).toEqual([2, []]);
  });
});
