import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TranslateRequest } from '../../../native-models/engine/engine.ts';
import type { AdaptationWay } from '../../contract/shapes/adaptation.ts';
import type { Project } from '../../contract/shapes/project.ts';
import type { Segment, SegmentState } from '../../contract/shapes/segment.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

let test: TestStudio, project: Project, asked: TranslateRequest[];

/** Writes in capitals; led by pairs it says what was confirmed for the most similar one. */
function leadableEngine(): UppercaseEngine {
  const engine = new UppercaseEngine();
  const plain = engine.translate.bind(engine);
  engine.translate = (request, options) => {
    asked.push(request);
    const [led] = request.similar?.[0] ?? [];
    return plain(request, { ...options, onBatch: ({ indices, translations }) => { options.onBatch({ indices, translations: led === undefined ? translations : translations.map((translation) => ({ ...translation, text: led.target })) }); } });
  };
  return engine;
}

/** The same, whose batches, by which adaptation is made ready, wait for `open`. */
function engineThatWaits(): { readonly engine: UppercaseEngine; open(): void } {
  const { promise: opened, resolve } = Promise.withResolvers<undefined>();
  const engine = leadableEngine(), translate = engine.translate.bind(engine);
  engine.translate = async (request, options) => {
    if (request.priority === 'batch') await opened;
    return translate(request, options);
  };
  return { engine, open: () => resolve(undefined) };
}

beforeEach(async () => {
  asked = [];
  test = openTestStudio(leadableEngine());
  project = await test.project({ 'a.html': '<p>Useful crates</p><p>Press <code>exit</code> now</p><p>Other crates</p><p>Nothing alike</p>' });
});
afterEach(() => { test.remove(); });

const row = async (id: number): Promise<Segment> => {
  const [segment] = await test.handlers['segments.rows']({ projectId: project.id, ids: [id] });
  if (!segment) throw new Error(`no segment ${id}`);
  return segment;
};
const save = async (id: number, text: string, state: SegmentState = 'translated') => {
  const { target } = await test.handlers['segment.suggest']({ projectId: project.id, segmentId: id });
  const saved = await test.handlers['segment.save']({ projectId: project.id, segmentId: id, version: (await row(id)).version, target: [text, ...target.filter((run) => typeof run !== 'string')], state });
  asked = [];
  return saved;
};
const ready = async (): Promise<void> => { await expect.poll(async () => (await list()).ready).toBe(true); };
const turn = async (on: boolean, way: AdaptationWay = 'memory'): Promise<void> => {
  await test.handlers['adaptation.set']({ projectId: project.id, on, way });
  if (on) await ready();
};
const list = async () => test.handlers['adaptation.list']({ projectId: project.id });
const ledBy = async (id: number): Promise<TranslateRequest['similar']> => {
  await test.handlers['segment.suggest']({ projectId: project.id, segmentId: id });
  return asked.filter(({ priority }) => priority === 'interactive').at(-1)?.similar;
};
const CRATES = [[{ source: 'Useful crates', target: '_Crates_ úteis' }]];

describe('adaptation', () => {
  it('is off in a new project, and leads suggestions by confirmed segments alone when it is on', async () => {
    await save(1, '_Crates_ úteis');
    await save(4, 'Other crates, a draft', 'draft');
    expect(await ledBy(3)).toBeUndefined();
    await turn(true);
    expect(await list()).toMatchObject({ on: true, way: 'memory', ready: true, learned: 1, gain: null, trials: 0, heldBack: false, steps: { state: 'off' }, made: [] });
    expect(await ledBy(3)).toEqual(CRATES);
    expect([await ledBy(1), await ledBy(4)]).toEqual([undefined, undefined]);
    await turn(false);
    expect(await ledBy(3)).toBeUndefined();
  });

  it('knows what is confirmed at once, what is confirmed no more, and what was undone', async () => {
    await turn(true);
    await save(1, '_Crates_ úteis');
    expect(await ledBy(3)).toEqual(CRATES);
    await save(1, '_Crates_ que servem');
    expect(await ledBy(3)).toEqual([[{ source: 'Useful crates', target: '_Crates_ que servem' }]]);
    await test.handlers['edits.undo']({ projectId: project.id });
    expect(await ledBy(3)).toEqual(CRATES);
    await save(1, '_Crates_ úteis', 'rejected');
    expect(await ledBy(3)).toBeUndefined();
  });

  it('lists what was learned, forgets the newest or what is named, and learns it again when it is changed', async () => {
    await turn(true);
    await save(3, 'Outros _crates_');
    await save(1, '_Crates_ úteis');
    expect((await list()).pairs).toEqual([{ segmentId: 1, number: 1, source: 'Useful crates', target: '_Crates_ úteis' }, { segmentId: 3, number: 3, source: 'Other crates', target: 'Outros _crates_' }]);
    expect(await test.handlers['adaptation.undo']({ projectId: project.id })).toMatchObject({ learned: 1, forgotten: [1] });
    expect(await ledBy(3)).toBeUndefined();
    await expect((async () => test.handlers['adaptation.undo']({ projectId: project.id, segmentIds: [1] }))()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await row(1)).toMatchObject({ state: 'translated', target: ['_Crates_ úteis'] });
    test = test.restart(leadableEngine());
    project = await test.handlers['project.open']({ path: test.at('test.bitext') });
    await ready();
    expect(await list()).toMatchObject({ on: true, learned: 1, pairs: [{ segmentId: 3 }] });
    await save(1, '_Crates_ de utilidade');
    expect(await list()).toMatchObject({ learned: 2, pairs: [{ segmentId: 1 }, { segmentId: 3 }] });
  });

  it('leads the translation of the rest of a project, and says what is led by what', async () => {
    await save(1, '_Crates_ úteis');
    await turn(true);
    asked = [];
    await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
    expect(asked.map(({ texts, similar, priority }) => ({ texts, similar, priority }))).toEqual([{ texts: ['Press exit now', 'Other crates', 'Nothing alike'], similar: [[], CRATES[0], []], priority: 'batch' }]);
    await turn(false);
    asked = [];
    await test.handlers['translate.run']({ projectId: project.id, scope: 'unconfirmed' }, calmly());
    expect(asked.map(({ similar }) => similar)).toEqual([undefined]);
  });

  it('lets nobody wait for its making ready: suggestions go without it until then', async () => {
    await save(1, '_Crates_ úteis');
    const { engine, open } = engineThatWaits();
    await test.handlers['adaptation.set']({ projectId: project.id, on: true });
    test = test.restart(engine);
    project = await test.handlers['project.open']({ path: test.at('test.bitext') });
    expect([await ledBy(3), (await list()).ready]).toEqual([undefined, false]);
    open();
    await ready();
    expect(await ledBy(3)).toEqual(CRATES);
  });

  it('is turned off at once while it is being made ready, and on again after that', async () => {
    await save(1, '_Crates_ úteis');
    const { engine, open } = engineThatWaits();
    test = test.restart(engine);
    project = await test.handlers['project.open']({ path: test.at('test.bitext') });
    const wish = { projectId: project.id, way: 'memory' as const };
    await test.handlers['adaptation.set']({ ...wish, on: true });
    expect(await test.handlers['adaptation.set']({ ...wish, on: false })).toMatchObject({ on: false, ready: false });
    const again = test.handlers['adaptation.set']({ ...wish, on: true });
    open();
    await again;
    await ready();
    expect(await ledBy(3)).toEqual(CRATES);
  });

  it('tries what is confirmed with and without the memory, and does without it while it does harm', async () => {
    await save(3, 'OTHER CRATES');
    await turn(true);
    // The engine in capitals is right by itself, and wrong when it is led.
    for (let time = 0; time < 10; time++) {
      await save(1, time % 2 === 0 ? 'USEFUL CRATES' : 'USEFUL  CRATES');
      await expect.poll(async () => (await list()).trials).toBe(time + 1);
    }
    const { heldBack, gain } = await list();
    expect([heldBack, (gain ?? 0) < -20]).toEqual([true, true]);
    expect(await ledBy(3)).toBeUndefined();
  });
});
