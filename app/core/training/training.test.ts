import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { findModels } from '../../../native-models/catalog/find-models.ts';
import type { Engine } from '../../../native-models/engine/engine.ts';
import { TOY_SETTINGS, writeToyStudent } from '../../../native-models/training/finetune/testing/toy-student.ts';
import { trainingProcess } from '../../../native-models/training/process/training-process.ts';
import type { Training } from '../../../native-models/training/training-tasks.ts';
import { smallTraining } from '../../../native-models/training/trainer/testing/letter-corpus.ts';
import { train } from '../../../native-models/training/trainer/train-model.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

// What learns does so at a low priority: on a busy machine it may have to wait for minutes.
vi.setConfig({ testTimeout: 900_000 });

/** Finds models as the engine does, and trains as it does. */
class TrainingEngine extends UppercaseEngine {
  modelDirs: readonly string[] = [];
  // However slow the machine, a cancelled run may store its checkpoint.
  readonly training: Training = trainingProcess({ threads: 1, patience: 600_000 });
  override models(): ReturnType<Engine['models']> { return findModels(this.modelDirs); }
}

let studio: TestStudio | undefined;
afterEach(() => { studio?.remove(); studio = undefined; });

async function open(): Promise<TestStudio & { readonly toy: Awaited<ReturnType<typeof writeToyStudent>> }> {
  const engine = new TrainingEngine();
  studio = openTestStudio(engine);
  mkdirSync(studio.at('shared'));
  engine.modelDirs = [studio.at('workspace/models'), studio.at('shared')];
  return { ...studio, toy: await writeToyStudent(studio.at('shared')) };
}
const settings = { ...TOY_SETTINGS };

test('a run is stopped, goes on, becomes a model that is gone back from, and shows its log and its attention', async () => {
  const { handlers, at, toy, events } = await open();
  const stop = new AbortController();
  const stopped = await handlers['training.finetune']({ model: 'enpt', corpus: { path: toy.corpus }, settings }, calmly(({ phase, done }) => { if (phase === 'learn' && done >= 20) stop.abort(); }, stop.signal));
  expect(stopped).toMatchObject({ run: 'enpt.run-1', outcome: 'cancelled', version: null });
  expect(await handlers['training.runs']({})).toEqual([{
    id: 'enpt.run-1', kind: 'finetune', state: 'cancelled', model: { id: 'enpt', name: expect.any(String), from: 'en', to: 'pt' }, corpus: 'corpus.tsv', startedAt: expect.any(String), canGoOn: true, version: null,
    before: expect.objectContaining({ general: null }), after: null,
  }]);
  const seen: Progress[] = [];
  const going = handlers['training.finetune']({ run: 'enpt.run-1' }, calmly((progress) => { seen.push(progress); }));
  await expect(handlers['training.finetune']({ run: 'enpt.run-1' }, calmly())).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(handlers['training.discard']({ id: 'enpt.run-1' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await handlers['training.run']({ id: 'enpt.run-1' })).run.state).toBe('running');
  const outcome = await going;
  expect(outcome).toMatchObject({ outcome: 'accepted', version: 'enpt.tuned-1', pairs: { training: expect.any(Number), heldOut: expect.any(Number), general: 0 }, share: expect.any(Number) });
  expect(outcome.dropped).toEqual([expect.stringMatching(/lines left out: repeats an earlier pair/u)]);
  expect([...new Set(seen.map(({ phase, item }) => `${phase} ${String(item)}`))]).toEqual(['read', 'measure', 'translate', 'learn', 'quantize'].map((phase) => `${phase} enpt.run-1`));
  expect(seen.find(({ phase }) => phase === 'learn')).toMatchObject({ total: expect.any(Number), loss: expect.any(Number), tokensPerSecond: expect.any(Number), secondsLeft: expect.any(Number) });

  const log = await handlers['training.run']({ id: 'enpt.run-1' });
  expect(log.run).toMatchObject({ state: 'accepted', version: 'enpt.tuned-1', canGoOn: false, before: outcome.before, after: outcome.after });
  expect(log.losses.map(({ step }) => step)).toEqual([...new Set(log.losses.map(({ step }) => step))].sort((a, b) => a - b));
  expect(log.losses.at(-1)?.loss).toBeLessThan(log.losses[0]?.loss ?? 0);
  // Each pass is measured, and the model before them; the share that is kept is among those that were tried.
  expect(log.scores.map(({ step }) => step)).toEqual(log.heldOut.map(({ step }) => step));
  expect([log.scores[0]?.step, log.scores.length]).toEqual([0, settings.epochs + 1]);
  expect(log.shares.map(({ share }) => share)).toContain(outcome.share);
  expect(log.samples.length).toBeGreaterThanOrEqual(5);
  const map = await handlers['training.attention']({ run: 'enpt.run-1', checkpoint: log.checkpoints.at(-1) ?? null, sentence: 'two birds' }, calmly());
  // What it knows by then are the words; their order takes more passes.
  expect([map.text.split(' ').sort(), map.weights.map((row) => row.length)]).toEqual([['dois', 'p\u00e1ssaros'], map.target.map(() => map.source.length)]);

  expect((await handlers['models.list']({})).map(({ id, tuned }) => [id, tuned?.basedOn])).toEqual([['enpt.tuned-1', 'enpt'], ['enpt', undefined]]);
  expect(await handlers['models.retire']({ id: 'enpt.tuned-1', retired: true })).toMatchObject({ tuned: { basedOn: 'enpt', retired: true } });
  expect((await handlers['models.retire']({ id: 'enpt.tuned-1', retired: false })).tuned).toEqual({ basedOn: 'enpt', at: expect.any(String) });
  await expect(handlers['models.retire']({ id: 'enpt', retired: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(events.map(({ name }) => name)).toEqual(['training.changed', 'training.changed', 'training.changed', 'models.changed', 'training.changed', ...Array.from({ length: 3 }, () => 'models.changed')]);
  await handlers['training.discard']({ id: 'enpt.run-1' });
  expect([await handlers['training.runs']({}), existsSync(at('workspace/models/enpt.tuned-1'))]).toEqual([[], true]);
});

test('the confirmed segments of a project are a corpus, without their tags', async () => {
  const { handlers, project, at } = await open();
  const { id: projectId } = await project({ 'a.html': '<p>red <b>cat</b></p>\n<p>blue dog</p>\n<p>two birds</p>\n' });
  await expect(handlers['training.finetune']({ model: 'enpt', corpus: { projectId } }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'Test has no confirmed segment yet.' });
  const { ids } = await handlers['segments.find']({ projectId, filter: {} });
  const rows = await handlers['segments.rows']({ projectId, ids });
  const targets = [['gato ', { tag: 1, kind: 'open' as const }, 'vermelho', { tag: 1, kind: 'close' as const }], ['cachorro azul']];
  for (const [index, target] of targets.entries()) await handlers['segment.save']({ projectId, segmentId: ids[index] ?? 0, version: rows[index]?.version ?? 0, target, state: 'translated' });
  // Two pairs are too few to learn from: what was started is forgotten again.
  await expect(handlers['training.finetune']({ model: 'enpt', corpus: { projectId } }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('2 usable pairs') });
  expect(await handlers['training.runs']({})).toEqual([]);
  const stop = new AbortController();
  await expect(handlers['training.finetune']({ model: 'enpt', corpus: { projectId } }, calmly(() => { stop.abort(); }, stop.signal))).rejects.toThrow();
  expect(await handlers['training.runs']({})).toMatchObject([{ id: 'enpt.run-1', state: 'cancelled', canGoOn: true, before: null }]);
  expect(readFileSync(at('workspace/runs/enpt.run-1/corpus.tsv'), 'utf8')).toBe('red cat\tgato vermelho\nblue dog\tcachorro azul');
});

const NLLB = join(process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data'), 'models', 'nllb');
test.skipIf(!existsSync(NLLB))('a model of several languages learns the pair of its corpus (needs models/ of the shared test data)', async () => {
  const { handlers, at, toy } = await open();
  cpSync(NLLB, at('shared/nllb'), { recursive: true });
  const wanted = { model: 'nllb', corpus: { path: toy.corpus } };
  await expect(handlers['training.finetune'](wanted, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'The model nllb has several languages.' });
  await expect(handlers['training.finetune']({ ...wanted, pair: { from: 'en', to: 'en' } }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'The model nllb does not translate from en to en.' });
  const { languages } = (await handlers['models.list']({})).find(({ id }) => id === 'nllb') ?? {};
  const pair = { from: languages?.from[0] ?? '', to: languages?.to.find((tag) => tag !== languages.from[0]) ?? '' };
  const stop = new AbortController();
  const outcome = await handlers['training.finetune']({ ...wanted, pair }, calmly(({ phase }) => { if (phase === 'learn') stop.abort(); }, stop.signal));
  expect(outcome).toMatchObject({ run: 'nllb.run-1', outcome: 'cancelled' });
  expect(JSON.parse(readFileSync(at('workspace/runs/nllb.run-1/request.json'), 'utf8'))).toMatchObject({ pair });
});

test('a training from scratch that lies beside the models is shown with its scores, and where it looks', async () => {
  const { handlers, at } = await open();
  const input = smallTraining({ model: { embedding: 24, hidden: 32 }, steps: 120, measureEvery: 60, batchTokens: 400, rate: 0.01, measured: 10 });
  const outcome = await train({ ...input, runFolder: at('workspace/models/letters.run'), into: at('workspace/models/letters') });
  const [run] = await handlers['training.runs']({});
  expect(run).toMatchObject({ id: 'letters.run', kind: 'train', state: 'trained', model: null, canGoOn: false, before: null, after: { heldOut: { bleu: outcome.beam?.bleu, chrf: outcome.beam?.chrf }, general: null } });
  const log = await handlers['training.run']({ id: 'letters.run' });
  expect([log.scores.map(({ step }) => step), log.heldOut.map(({ step }) => step), log.shares]).toEqual([[60, 120], [60, 120], []]);
  expect(await handlers['training.attention']({ run: 'letters.run', checkpoint: 120, sentence: 'c d' }, calmly())).toMatchObject({ text: 'f d', source: ['\u2581c', '\u2581d', '</s>'], target: ['\u2581f', '\u2581d', '</s>'] });
  await expect(handlers['training.attention']({ run: 'letters.run', checkpoint: null, sentence: 'c d' }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('what can\u2019t be trained is told before a run is made', async () => {
  const { handlers, at, toy } = await open();
  await expect(handlers['training.finetune']({ model: 'none', corpus: { path: toy.corpus } }, calmly())).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  await expect(handlers['training.finetune']({ model: 'enpt', corpus: { path: at('none.tsv') } }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(handlers['training.finetune']({ run: 'enpt.run-7' }, calmly())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(handlers['training.run']({ id: 'enpt.run-7' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await handlers['training.runs']({})).toEqual([]);
  // A run of the command line is shown, but does not say how to go on.
  mkdirSync(at('workspace/runs/mine'), { recursive: true });
  writeFileSync(join(at('workspace/runs/mine'), 'run.json'), '{}');
  expect(await handlers['training.runs']({})).toEqual([{ id: 'mine', kind: 'finetune', state: 'interrupted', model: null, corpus: null, startedAt: null, canGoOn: false, version: null, before: null, after: null }]);
  await expect(handlers['training.finetune']({ run: 'mine' }, calmly())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(handlers['training.attention']({ run: 'mine', checkpoint: null, sentence: 'red' }, calmly())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
