import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import type { Segment } from '../../contract/shapes/segment.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';

let test: TestStudio, project: Project;
beforeEach(async () => {
  test = openTestStudio();
  project = await test.project({ 'a.txt': 'First text.\n\nSecond text.\n\nThird text.\n' });
});
afterEach(() => { test.remove(); });

const rows = async (): Promise<Segment[]> => test.handlers['segments.rows']({ projectId: project.id, ids: [1, 2, 3] });
const texts = async () => (await rows()).map(({ target }) => target?.join('') ?? null);
const type = async (id: number, text: string, secondsLater = 60) => {
  test.later(secondsLater);
  const { version } = (await rows())[id - 1] ?? { version: 0 };
  return test.handlers['segment.save']({ projectId: project.id, segmentId: id, version, target: [text], state: 'draft' });
};
const undo = () => test.handlers['edits.undo']({ projectId: project.id });
const redo = () => test.handlers['edits.redo']({ projectId: project.id });

describe('undo and redo', () => {
  it('walk back and forth across segments, batches and sessions', async () => {
    await type(1, 'A');
    await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
    await type(3, 'C');
    expect(await texts()).toEqual(['A', 'SECOND TEXT.', 'C']);
    test = test.restart();
    project = await test.handlers['project.open']({ path: project.path });
    await undo();
    expect(await texts()).toEqual(['A', 'SECOND TEXT.', 'THIRD TEXT.']);
    await undo();
    expect(await texts()).toEqual(['A', null, null]);
    expect(await undo()).toMatchObject({ segmentIds: [1], project: { canUndo: false, canRedo: true } });
    expect(await undo()).toBeNull();
    expect(await texts()).toEqual([null, null, null]);
    for (let i = 0; i < 3; i++) await redo();
    expect(await redo()).toBeNull();
    expect(await texts()).toEqual(['A', 'SECOND TEXT.', 'C']);
    expect((await rows()).map(({ origin, state }) => [origin?.kind, state])).toEqual([['typed', 'draft'], ['mt', 'draft'], ['typed', 'draft']]);
  });

  it('a new edit ends the redo, and the log still shows all', async () => {
    await type(1, 'A');
    await type(1, 'B');
    await undo();
    await type(1, 'C');
    expect(await redo()).toBeNull();
    const history = await test.handlers['segment.history']({ projectId: project.id, segmentId: 1 });
    expect(history.map(({ before, after, origin }) => [before, after, origin.kind])).toEqual([
      [null, ['A'], 'typed'], [['A'], ['B'], 'typed'], [['B'], ['A'], 'history'], [['A'], ['C'], 'typed'],
    ]);
    await undo();
    expect(await texts()).toEqual(['A', null, null]);
    await undo();
    expect(await texts()).toEqual([null, null, null]);
  });

  it('finds the restored text, with its findings and counts', async () => {
    await type(1, 'Number 7');
    await type(1, 'Text');
    await undo();
    const filter = { text: { pattern: 'number', side: 'target', regex: false, matchCase: false } } as const;
    expect(await test.handlers['segments.find']({ projectId: project.id, filter })).toEqual({ ids: [1] });
    expect(await test.handlers['segments.find']({ projectId: project.id, filter: { withFindings: true } })).toEqual({ ids: [1] });
    expect(test.handlers['project.info']({ projectId: project.id })).toMatchObject({ files: [{ findings: 1 }], states: { draft: 1, 'not-started': 2 } });
  });

  it('take a stretch of typing in one segment for one action, whatever was stored in between', async () => {
    await type(1, 'O');
    await type(2, 'Um', 1);
    await type(2, 'Um te', 1);
    await type(2, 'Um texto', 1);
    await type(2, 'Um texto novo', 10);
    await undo();
    expect(await texts()).toEqual(['O', 'Um texto', null]);
    expect(await undo()).toMatchObject({ segmentIds: [2] });
    expect(await texts()).toEqual(['O', null, null]);
    await redo();
    expect(await texts()).toEqual(['O', 'Um texto', null]);
    await redo();
    expect(await texts()).toEqual(['O', 'Um texto novo', null]);
    expect(await redo()).toBeNull();
    expect((await test.handlers['segment.history']({ projectId: project.id, segmentId: 2 })).filter(({ origin }) => origin.kind === 'typed').map(({ after }) => after?.join(''))).toEqual(['Um', 'Um te', 'Um texto', 'Um texto novo']);
  });

  it('takes typing for an action of its own after more than five seconds, and after an undo', async () => {
    await type(1, 'A');
    await type(1, 'AB', 5);
    expect(await undo()).toMatchObject({ project: { canUndo: false } });
    await redo();
    await type(1, 'ABC', 5.001);
    await undo();
    expect(await texts()).toEqual(['AB', null, null]);
    // It was typed a moment before this one, which is no part of it all the same.
    await type(2, 'C', 5.001);
    await type(1, 'ABCD', 1);
    await undo();
    await type(2, 'CD', 1);
    await undo();
    expect(await texts()).toEqual(['AB', 'C', null]);
  });
  it('makes a save that saw the undone version a conflict', async () => {
    const { segment } = await type(1, 'A');
    await undo();
    await expect(Promise.resolve().then(() => test.handlers['segment.save']({ projectId: project.id, segmentId: 1, version: segment.version, target: ['B'], state: 'draft' }))).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
