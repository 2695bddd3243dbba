import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import type { Segment } from '../../contract/shapes/segment.ts';
import { EngineError } from '../../../native-models/engine/engine-error.ts';
import type { Engine, TranslateRequest } from '../../../native-models/engine/engine.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

let test: TestStudio, engine: UppercaseEngine, project: Project;
afterEach(() => { test.remove(); });

async function open(contents: Record<string, string>, options: ConstructorParameters<typeof UppercaseEngine>[0] = { batchSize: 2 }): Promise<void> {
  engine = new UppercaseEngine(options);
  test = openTestStudio(engine);
  project = await test.project(contents);
}
const rows = async (): Promise<Segment[]> => {
  const of = { projectId: project.id };
  return test.handlers['segments.rows']({ ...of, ids: (await test.handlers['segments.find']({ ...of, filter: {} })).ids });
};
const texts = async () => (await rows()).map(({ target }) => target?.join('') ?? null);
const run = (scope: 'not-started' | 'unconfirmed' = 'not-started', context = calmly(), more: { fileIds?: number[]; model?: string } = {}) => test.handlers['translate.run']({ projectId: project.id, scope, ...more }, context);
const save = (segmentId: number, version: number, target: string, state: 'draft' | 'translated') => test.handlers['segment.save']({ projectId: project.id, segmentId, version, target: [target], state });
const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}`).join('\n\n');

/** The same engine, stopping with an error after a number of batches. */
const failingAfter = (batches: number, error: Error): Engine => {
  const inner = new UppercaseEngine({ batchSize: 2 });
  return {
    models: () => inner.models(), state: () => inner.state(), close: () => inner.close(),
    translate(request, options) {
      const stop = new AbortController();
      let seen = 0;
      return inner.translate(request, { signal: stop.signal, onBatch: (batch) => { if (seen++ < batches) options.onBatch(batch); if (seen >= batches) stop.abort(error); } });
    },
  };
};

describe('translate.run', () => {
  it('translates equal texts once, each with its own tags', async () => {
    await open({ 'a.html': '<p>Press <b>OK</b>.</p><p>Other text</p><p><i>Look</i>: here. Press <b>OK</b>.</p><p>Press <b>OK</b>.</p>' });
    expect(await run()).toMatchObject({ outcome: 'done', segments: 5, repeated: 2, model: 'uppercase', flagged: 0 });
    expect(engine.asked).toHaveLength(3);
    expect((await rows())[3]).toMatchObject({ target: ['PRESS ', { tag: 2, kind: 'open' }, 'OK', { tag: 2, kind: 'close' }, '.'], state: 'draft', origin: { kind: 'mt', model: 'uppercase', score: -0.1 } });
  });

  it('hands the terms of termbases to the engine, tells of lines that are none and of translations without them', async () => {
    await open({ 'a.html': '<p>The <b>pump</b> runs.</p><p>No term here.</p>' });
    const termbase = join(mkdtempSync(join(tmpdir(), 'bitext-termbase-')), 'terms.tsv');
    writeFileSync(termbase, 'pump\tbomba\nvalve\n');
    const given: TranslateRequest['terms'][] = [];
    const plain = engine.translate.bind(engine);
    engine.translate = (request, options) => { given.push(request.terms); return plain(request, options); };
    const outcome = await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started', terms: [termbase] }, calmly());
    expect(given).toEqual([[{ sources: ['pump'], targets: ['bomba'] }]]);
    expect(outcome).toMatchObject({ flagged: 1, unusableTerms: [{ path: termbase, code: 'TERM_UNUSABLE', message: 'Line 2: There is no translation of “valve”.' }] });
    expect((await rows()).map(({ findings }) => findings)).toMatchObject([[{ code: 'term-missing', severity: 'warning', message: 'The term “pump” is not translated as “bomba”.' }], []]);
    await test.handlers['segment.suggest']({ projectId: project.id, segmentId: 1, terms: [termbase] });
    expect(given[1]).toEqual(given[0]);
    await expect(test.handlers['translate.run']({ projectId: project.id, scope: 'unconfirmed', terms: [`${termbase}.gone.tsv`] }, calmly())).rejects.toMatchObject({ code: 'FILE_MISSING' });
    rmSync(dirname(termbase), { recursive: true });
  });

  it('asks for nothing the second time', async () => {
    await open({ 'a.txt': lines(5) });
    await run();
    expect(await run()).toMatchObject({ outcome: 'done', segments: 0, words: 0, model: null });
    expect(engine.asked).toHaveLength(5);
  });

  it('leaves confirmed segments and other files alone, and drafts unless they are asked for', async () => {
    await open({ 'a.txt': lines(3), 'b.txt': 'other file' });
    await save(1, 0, 'Um', 'translated');
    await save(2, 0, 'Dois', 'draft');
    await run('not-started', calmly(), { fileIds: [1] });
    expect(await texts()).toEqual(['Um', 'Dois', 'LINE 3', null]);
    await run('unconfirmed');
    expect(await texts()).toEqual(['Um', 'LINE 2', 'LINE 3', 'OTHER FILE']);
    await expect(run('not-started', calmly(), { fileIds: [9] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps what a user does while it runs', async () => {
    await open({ 'a.txt': lines(8) });
    const saved: Promise<unknown>[] = [];
    await run('not-started', calmly(({ phase, done }) => { if (phase === 'translate' && done === 2) saved.push(Promise.resolve(save(7, 0, 'Sete', 'draft')), Promise.resolve(save(8, 0, 'Oito', 'translated'))); }));
    await Promise.all(saved);
    expect(await texts()).toEqual(['LINE 1', 'LINE 2', 'LINE 3', 'LINE 4', 'LINE 5', 'LINE 6', 'Sete', 'Oito']);
  });

  it('reports progress with known totals, and announces what was stored', async () => {
    await open({ 'a.txt': lines(5) });
    const seen: unknown[] = [];
    test.events.length = 0;
    await run('not-started', calmly(({ phase, done, total }) => { seen.push([phase, done, total]); }));
    expect(seen).toEqual([['load-model', 0, 5], ['translate', 2, 5], ['translate', 4, 5], ['translate', 5, 5]]);
    expect(test.events.filter(({ name }) => name === 'segments.changed').map(({ value }) => value)).toEqual([[1, 2], [3, 4], [5]].map((segmentIds) => ({ projectId: project.id, segmentIds })));
    expect(test.events.filter(({ name }) => name === 'project.changed').at(-1)).toMatchObject({ value: { project: { states: { draft: 5 }, unfinishedJob: null } } });
  });

  it('stops where it is told to, keeps what it has, and goes on from there as one action', async () => {
    await open({ 'a.txt': lines(6) });
    const cancel = new AbortController();
    const outcome = await run('unconfirmed', calmly(({ done }) => { if (done === 4) cancel.abort(); }, cancel.signal));
    expect(outcome).toMatchObject({ outcome: 'cancelled', segments: 4 });
    expect(test.handlers['project.info']({ projectId: project.id })).toMatchObject({ unfinishedJob: { done: 4, total: 6 } });
    test = test.restart();
    project = await test.handlers['project.open']({ path: project.path });
    expect(project.unfinishedJob).toEqual({ done: 4, total: 6 });
    expect(await run('unconfirmed')).toMatchObject({ outcome: 'done', segments: 2 });
    expect(engine.asked.slice(-2)).toEqual(['line 5', 'line 6']);
    expect(test.handlers['project.info']({ projectId: project.id })).toMatchObject({ unfinishedJob: null });
    expect(await test.handlers['edits.undo']({ projectId: project.id })).toMatchObject({ segmentIds: [1, 2, 3, 4, 5, 6] });
  });

  it('counts anew what was taken back from a cancelled run', async () => {
    await open({ 'a.txt': lines(6) });
    const cancel = new AbortController(), totals: unknown[] = [];
    await run('not-started', calmly(({ done }) => { if (done === 4) cancel.abort(); }, cancel.signal));
    await test.handlers['edits.undo']({ projectId: project.id });
    expect(await run('not-started', calmly(({ done, total }) => { totals.push([done, total]); }))).toMatchObject({ segments: 6 });
    expect([totals[0], totals.at(-1)]).toEqual([[0, 6], [6, 6]]);
  });

  it('translates again what was taken back', async () => {
    await open({ 'a.txt': lines(3) });
    await run();
    await test.handlers['edits.undo']({ projectId: project.id });
    expect(await texts()).toEqual([null, null, null]);
    expect(await run()).toMatchObject({ segments: 3 });
  });

  it('does not undo itself while it runs, nor run twice at once', async () => {
    await open({ 'a.txt': lines(6) });
    const refused: unknown[] = [];
    await run('not-started', calmly(({ phase, done }) => {
      if (phase !== 'translate' || done !== 2) return;
      try { void test.handlers['edits.undo']({ projectId: project.id }); } catch (error) { refused.push(error); }
      refused.push(run().catch((error: unknown) => error));
    }));
    expect(await Promise.all(refused)).toMatchObject([{ code: 'CONFLICT' }, { code: 'CONFLICT' }]);
    expect(await texts()).toEqual(['LINE 1', 'LINE 2', 'LINE 3', 'LINE 4', 'LINE 5', 'LINE 6']);
  });

  it('passes the failure of the engine on and keeps what was stored before it', async () => {
    engine = new UppercaseEngine();
    test = openTestStudio(failingAfter(1, new EngineError('ENGINE_EXITED', 'It stopped.', 'Start it again.')));
    project = await test.project({ 'a.txt': lines(5) });
    await expect(run()).rejects.toMatchObject({ name: 'StudioError', code: 'ENGINE_EXITED', message: 'It stopped.', advice: 'Start it again.' });
    expect(await texts()).toEqual(['LINE 1', 'LINE 2', null, null, null]);
    expect(test.handlers['project.info']({ projectId: project.id })).toMatchObject({ unfinishedJob: { done: 2, total: 5 } });
    test = test.restart(engine);
    project = await test.handlers['project.open']({ path: project.path });
    expect(await run()).toMatchObject({ outcome: 'done', segments: 3 });
  });

  it('says which language pair has no model', async () => {
    test = openTestStudio();
    const { project: other } = await test.handlers['project.create']({ path: test.at('x.bitext'), name: 'X', from: 'de', to: 'fi', inputs: [test.files({ 'a.txt': 'Ein Satz.\n' })] }, calmly());
    await expect(test.handlers['translate.run']({ projectId: other.id, scope: 'not-started' }, calmly())).rejects.toMatchObject({ code: 'PAIR_WITHOUT_MODEL' });
  });

  it('ends as cancelled, to be resumed, when its project is closed', async () => {
    await open({ 'a.txt': lines(6) }, { batchSize: 2, batchMs: 5 });
    const running = run('not-started', calmly(({ done }) => { if (done === 2) void test.handlers['project.close']({ projectId: project.id }); }));
    expect(await running).toMatchObject({ outcome: 'cancelled', segments: 2 });
    project = await test.handlers['project.open']({ path: project.path });
    expect(project).toMatchObject({ states: { draft: 2, 'not-started': 4 }, unfinishedJob: { done: 2, total: 6 } });
  });
});

describe('segment.suggest', () => {
  it('gives a translation with tags and stores nothing', async () => {
    await open({ 'a.html': '<p>Press <b>OK</b>.</p>' });
    expect(await test.handlers['segment.suggest']({ projectId: project.id, segmentId: 1 })).toMatchObject({ target: ['PRESS ', { tag: 1, kind: 'open' }, 'OK', { tag: 1, kind: 'close' }, '.'], model: 'uppercase', score: -0.1 });
    expect((await rows())[0]).toMatchObject({ version: 0, target: null });
  });
});

describe('engine.status and models.list', () => {
  it('tell of an engine in this process, and of one whose process failed', async () => {
    await open({ 'a.txt': 'Text' });
    expect(await test.handlers['engine.status']({})).toEqual({ state: 'ready', device: 'cpu', precision: 'float32', threads: 1, loaded: ['uppercase'], wordsPerSecond: null, residentBytes: null, restarts: 0, message: null });
    expect((await test.handlers['models.list']({})).map(({ id }) => id)).toEqual(['uppercase']);
    const failed = Object.assign(new UppercaseEngine(), { process: { state: 'failed' as const, restarts: 5, message: 'It exited 5 times.' } });
    test = test.restart(failed);
    expect(await test.handlers['engine.status']({})).toMatchObject({ state: 'failed', restarts: 5, message: 'It exited 5 times.', loaded: [] });
  });
});
