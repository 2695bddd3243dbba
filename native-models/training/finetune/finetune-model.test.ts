import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openRunDirectory } from '../runs/run-directory.ts';
import { DEFAULT_FINETUNE, rateOf, type FinetuneSettings } from './finetune-settings.ts';
import { finetuneModel, isBetter } from './finetune-model.ts';
import { TOY_SETTINGS, writeToyStudent } from './testing/toy-student.ts';
import type { FinetuneInput, FinetuneOutcome } from './finetune-job.ts';

const SETTINGS: FinetuneSettings = { ...DEFAULT_FINETUNE, ...TOY_SETTINGS, epochs: 6, rate: 8e-3, generalSentences: 0 };

describe('fine-tuning a student', () => {
  let home = '';
  const inputFor = (name: string, settings: Partial<FinetuneSettings> = {}): FinetuneInput => ({
    modelFolder: path.join(home, 'enpt'), corpusFile: path.join(home, 'corpus.tsv'), generalFile: null,
    runFolder: path.join(home, `run-${name}`), into: path.join(home, `tuned-${name}`), settings: { ...SETTINGS, ...settings }, threads: 1,
  });
  const weights = (name: string): Buffer => readFileSync(path.join(home, `tuned-${name}`, 'model.enpt.bin'));

  /** The run that others are compared with. */
  let one: FinetuneOutcome, old: Buffer;
  const stages: string[] = [];

  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'bitext-finetune-'));
    await writeToyStudent(home);
    old = readFileSync(path.join(home, 'enpt', 'model.enpt.bin'));
    one = await finetuneModel(inputFor('one'), { report: ({ stage }) => { if (stages.at(-1) !== stage) stages.push(stage); } });
  });

  it('stores a better model as int8 beside the old one, and the same again for the same seed', async () => {
    expect([one.outcome, stages, readFileSync(path.join(home, 'enpt', 'model.enpt.bin')).equals(old)]).toEqual(['accepted', ['reading', 'sized', 'measuring', 'general', 'learning', 'quantizing'], true]);
    expect(one.after?.heldOut.chrf).toBeGreaterThan(2 * (one.before?.heldOut.chrf ?? 100));
    const { curve } = one;
    expect([curve[0]?.update, curve.length, one.pairs.training + one.pairs.validation + one.pairs.heldOut]).toEqual([0, 7, one.report.kept]);
    expect(curve.map(({ scores }) => Object.keys(scores))).toEqual(curve.map(() => ['heldOutLoss', 'bleu', 'chrf']));
    expect(curve.at(-1)?.scores['chrf']).toBeGreaterThan(2 * (curve[0]?.scores['chrf'] ?? 100));
    expect(readdirSync(path.join(home, 'tuned-one')).sort()).toEqual(['model.enpt.bin', 'vocab.enpt.spm']);
    await finetuneModel(inputFor('two'));
    expect(weights('two').equals(weights('one'))).toBe(true);
  });

  it('goes on from its checkpoint after it was cancelled, to the same weights', async () => {
    const controller = new AbortController();
    const stopped = await finetuneModel(inputFor('three'), { signal: controller.signal, report: (progress) => { if (progress.stage === 'learning' && progress.update >= 10) controller.abort(new Error('pause')); } });
    expect([stopped.outcome, existsSync(path.join(home, 'tuned-three'))]).toEqual(['cancelled', false]);
    const first: number[] = [];
    const outcome = await finetuneModel(inputFor('three'), { report: (progress) => { if (progress.stage === 'learning') first.push(progress.update); } });
    expect([outcome.outcome, (first[0] ?? 0) > 10, weights('three').equals(weights('one'))]).toEqual(['accepted', true, true]);
    const run = await openRunDirectory(inputFor('three').runFolder, JSON.parse(readFileSync(path.join(inputFor('three').runFolder, 'run.json'), 'utf8')));
    const updates = (await run.log()).flatMap(({ event }) => (event.kind === 'step' ? [event.step] : []));
    expect(updates).toEqual([...new Set(updates)].sort((a, b) => a - b));
  });

  it('knows which checkpoint was the best after it was killed before it could note that', async () => {
    const input = inputFor('noted', { epochs: 2, batchTokens: 100 }), noted = path.join(input.runFolder, 'best.json');
    const best = (): string | null => (existsSync(noted) ? readFileSync(noted, 'utf8') : null);
    const controller = new AbortController();
    // In the middle of the second pass.
    await finetuneModel(input, { signal: controller.signal, report: (progress) => { if (progress.stage === 'learning' && progress.epoch === 1) controller.abort(new Error('kill')); } });
    const before = best();
    rmSync(noted);
    const seen: (string | null)[] = [];
    await finetuneModel(input, { report: (progress) => { if (progress.stage === 'learning') seen.push(best()); } });
    expect([before === null, seen[0]]).toEqual([false, before]);
  });

  it('keeps less of what was learned where general text would move too far', async () => {
    const general = path.join(home, 'general.txt');
    writeFileSync(general, Array.from({ length: 40 }, (_, index) => `general words number ${index} about cats and dogs`).join('\n'));
    const outcome = await finetuneModel({ ...inputFor('general', { epochs: 2, generalSentences: 30, mostMoved: 0.02 }), generalFile: general });
    const log = await (await openRunDirectory(inputFor('general').runFolder, JSON.parse(readFileSync(path.join(inputFor('general').runFolder, 'run.json'), 'utf8')))).log();
    const tried = log.flatMap(({ event }) => (event.kind === 'measured' && event.scores['share'] !== undefined && event.scores['bleu'] === undefined ? [event.scores] : []));
    const chosen = tried.find(({ share }) => share === outcome.share);
    const moved = outcome.curve.map(({ scores }) => scores['generalLoss'] ?? Number.NaN);
    expect([moved[0], tried[0]?.['share'], outcome.share === 1]).toEqual([0, 1, false]);
    expect(moved.at(-1)).toBeGreaterThan(0.02);
    expect(tried[0]?.['generalLoss']).toBeGreaterThan(0.02);
    expect(outcome.share === 0.3 || (chosen?.['generalLoss'] ?? 1) <= 0.02).toBe(true);
  });

  it('keeps the old model where learning made it no better; other settings make a run beside that one', async () => {
    const outcome = await finetuneModel(inputFor('four', { epochs: 1, rate: 1e-9 }));
    expect([outcome.outcome, existsSync(path.join(home, 'tuned-four')), outcome.runFolder]).toEqual(['rejected', false, path.join(home, 'run-four')]);
    const another = inputFor('four', { epochs: 1, rate: 2e-9 });
    await expect(finetuneModel(another)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('rate: 1e-9 there, 2e-9 here') });
    expect(await finetuneModel({ ...another, ifOtherRun: 'beside' })).toMatchObject({ outcome: 'rejected', runFolder: path.join(home, 'run-four-2') });
    expect(readdirSync(path.join(home, 'run-four-2')).sort()).toEqual(['best.json', 'checkpoints', 'evaluation.json', 'log.jsonl', 'run.json']);
  });

  it('does not go on with another model, or beside another general text', async () => {
    const general = path.join(home, 'two-sentences.txt'), settings = { epochs: 1, rate: 1e-9, generalSentences: 2 };
    const input = { ...inputFor('six', settings), generalFile: general };
    // Lines that are no text are passed over: a NUL, and a byte that is not UTF-8.
    writeFileSync(general, Buffer.from('general words about cats and dogs\ngeneral words about birds\nwith a \0 in the middle of it\nthese bytes are no text: \xff\n', 'latin1'));
    expect((await finetuneModel(input)).pairs.general).toBe(1);
    writeFileSync(general, 'general words about cats and dogs\ngeneral words about trees\n');
    await expect(finetuneModel(input)).rejects.toMatchObject({ message: expect.stringContaining('holds another run: the general text is another.') });
    const other = path.join(home, 'other');
    cpSync(path.join(home, 'enpt'), other, { recursive: true });
    const weights = readFileSync(path.join(other, 'model.enpt.bin'));
    weights.writeUInt8(weights.readUInt8(weights.length >> 1) ^ 1, weights.length >> 1);
    writeFileSync(path.join(other, 'model.enpt.bin'), weights);
    await expect(finetuneModel({ ...inputFor('one'), modelFolder: other })).rejects.toMatchObject({ message: expect.stringContaining('holds another run: the model is another.') });
  });

  it('stops at losses that are no numbers', async () => {
    const outcome = await finetuneModel(inputFor('five', { rate: 1e30, warmUp: 1 }));
    expect([outcome.outcome, outcome.after, existsSync(path.join(home, 'tuned-five'))]).toEqual(['diverged', null, false]);
  });
});

describe('what is accepted', () => {
  const measured = (bleu: number, chrf: number, general: number | null) => ({ heldOut: { bleu, chrf }, general: general === null ? null : { bleu: general, chrf: 60 } });
  it.each([
    ['better on both measures', measured(30, 50, null), measured(31, 51, null), true],
    ['better on one alone', measured(30, 50, null), measured(31, 49, null), false],
    ['better, and general text a little worse', measured(30, 50, 40), measured(31, 51, 39.6), true],
    ['better, and general text much worse', measured(30, 50, 40), measured(35, 55, 39.4), false],
  ])('%s', (_, before, after, accepted) => {
    expect(isBetter(before, after, { mostForgotten: 0.5, byBleu: true })).toBe(accepted);
  });
  it('by chrF alone where all references are too short for BLEU', () => {
    expect(isBetter(measured(0.1, 7, null), measured(0, 90, null), { mostForgotten: 0.5, byBleu: false })).toBe(true);
    expect(isBetter(measured(0, 90, null), measured(0, 89, null), { mostForgotten: 0.5, byBleu: false })).toBe(false);
  });
});

describe('the learning rate', () => {
  it('rises to its peak and falls in a line to a twentieth', () => {
    const settings = { ...DEFAULT_FINETUNE, rate: 1, warmUp: 2 };
    expect([1, 2, 3, 6, 10].map((update) => rateOf(settings, update, 10))).toEqual([0.5, 0.9, 0.8, 0.5, 0.09999999999999998]);
  });
});
