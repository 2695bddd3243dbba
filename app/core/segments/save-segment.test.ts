import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../contract/errors.ts';
import type { Project } from '../../contract/shapes/project.ts';
import type { Segment, SegmentState } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';

let test: TestStudio, project: Project;
beforeEach(async () => {
  test = openTestStudio();
  project = await test.project({
    'a.html': '<html><body><p>Press <b>OK</b> now.</p><p>Wait 5 minutes.</p><p>Press <b>OK</b> now.</p><p><i>Careful</i>: press here. Press <b>OK</b> now.</p></body></html>',
  });
});
afterEach(() => { test.remove(); });

const row = async (id: number): Promise<Segment> => {
  const [segment] = await test.handlers['segments.rows']({ projectId: project.id, ids: [id] });
  if (!segment) throw new Error(`no segment ${id}`);
  return segment;
};
const save = async (id: number, target: Runs | null, state: SegmentState) => test.handlers['segment.save']({ projectId: project.id, segmentId: id, version: (await row(id)).version, target, state });
const pressed = (tag: number, text = 'Prima '): Runs => [text, { tag, kind: 'open' }, 'OK', { tag, kind: 'close' }, ' agora.'];

describe('segment.save', () => {
  it('stores a draft, keeps it in the log and announces it', async () => {
    const { segment, propagated } = await save(2, ['Espere 5 minutos.'], 'draft');
    expect({ segment, propagated }).toMatchObject({ segment: { id: 2, target: ['Espere 5 minutos.'], state: 'draft', origin: { kind: 'typed' }, version: 1, findings: [] }, propagated: [] });
    expect(await test.handlers['segment.history']({ projectId: project.id, segmentId: 2 }))
      .toMatchObject([{ segmentId: 2, who: 'tester', before: null, after: ['Espere 5 minutos.'], stateBefore: 'not-started', stateAfter: 'draft', origin: { kind: 'typed' } }]);
    expect(test.events.map(({ name }) => name)).toEqual(['segments.changed', 'project.changed']);
  });

  it('gives a confirmed target to the same text elsewhere, with the tag numbers of that place, undone as one', async () => {
    const { propagated } = await save(1, pressed(1), 'translated');
    expect(propagated).toEqual([3, 5]);
    expect(await Promise.all([3, 5].map(row))).toMatchObject([
      { target: pressed(1), state: 'draft', origin: { kind: 'propagated', segment: 1 } },
      { target: pressed(2), state: 'draft', origin: { kind: 'propagated', segment: 1 } },
    ]);
    expect(await test.handlers['edits.undo']({ projectId: project.id })).toMatchObject({ segmentIds: [1, 3, 5], project: { canUndo: false, canRedo: true, states: { 'not-started': 5 } } });
  });

  it('does not propagate into what is locked', async () => {
    const unit = (id: number, more = ''): string => `<trans-unit id="${id}"${more}><source>Look here.</source><target></target></trans-unit>`;
    const xliff = `<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:m="http://www.memsource.com/mxlf/2.0"><file original="a" source-language="en" target-language="pt" datatype="plaintext"><body>${unit(1)}${unit(2, ' m:locked="true"')}${unit(3)}</body></file></xliff>`;
    const { project: locked } = await test.handlers['project.create']({ path: test.at('locked.bitext'), name: 'L', from: 'en', to: 'pt', inputs: [join(test.files({ 'locked/a.xlf': xliff }), 'locked')] }, calmly());
    const { propagated } = await test.handlers['segment.save']({ projectId: locked.id, segmentId: 1, version: 0, target: ['Olhe aqui.'], state: 'translated' });
    const rows = await test.handlers['segments.rows']({ projectId: locked.id, ids: [1, 2, 3] });
    expect([propagated, rows.map((each) => [each.locked, each.target])]).toEqual([[3], [[false, ['Olhe aqui.']], [true, null], [false, ['Olhe aqui.']]]]);
  });
  it('does not propagate over what a person typed or confirmed', async () => {
    await save(3, pressed(1, 'Carregue em '), 'draft');
    expect((await save(1, pressed(1), 'translated')).propagated).toEqual([5]);
    expect((await row(3)).target).toEqual(pressed(1, 'Carregue em '));
  });

  it('refuses a stale version and carries the current row', async () => {
    await save(2, ['Espere.'], 'draft');
    const error: unknown = await Promise.resolve().then(() => test.handlers['segment.save']({ projectId: project.id, segmentId: 2, version: 0, target: ['x'], state: 'draft' })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFLICT' });
    expect(error instanceof StudioError && JSON.parse(String(error.data['segment']))).toEqual(await row(2));
  });

  it('keeps a target with broken tags as a draft, with its finding, but does not confirm it', async () => {
    const broken: Runs = ['Prima ', { tag: 1, kind: 'open' }, 'OK agora.'];
    await expect(save(1, broken, 'translated')).rejects.toMatchObject({ code: 'TAGS_BROKEN', data: { segmentId: 1, tag: 1, code: 'tag-missing' } });
    expect((await save(1, broken, 'draft')).segment.findings).toEqual([{ code: 'tag-missing', severity: 'error', message: 'The tag </b1> is missing.', fileId: 1, segmentId: 1 }]);
    await expect(save(1, ['x', { tag: 9, kind: 'empty' }], 'draft')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('keeps state and target together', async () => {
    await expect(save(2, null, 'translated')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await save(2, ['Espere 5'], 'not-started')).segment.state).toBe('draft');
    expect((await save(2, null, 'draft')).segment).toMatchObject({ state: 'not-started', target: null, origin: null, findings: [] });
    expect((await save(2, [], 'translated')).segment).toMatchObject({ state: 'translated', target: [], findings: [{ code: 'empty-target' }] });
  });

  it('logs nothing when nothing changes, and keeps the origin of a machine translation that is confirmed', async () => {
    await test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
    const { segment } = await save(2, ['WAIT 5 MINUTES.'], 'translated');
    expect(segment).toMatchObject({ state: 'translated', origin: { kind: 'mt', model: 'uppercase', score: -0.1 }, version: 2 });
    expect((await save(2, ['WAIT ', '5 MINUTES.'], 'translated')).segment.version).toBe(2);
    expect((await save(2, ['Wait 5.'], 'draft')).segment).toMatchObject({ state: 'draft', origin: { kind: 'typed' }, version: 3 });
  });

  it('names a segment or project that is not there', async () => {
    await expect(Promise.resolve().then(() => test.handlers['segment.save']({ projectId: project.id, segmentId: 99, version: 0, target: null, state: 'draft' }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => test.handlers['project.info']({ projectId: 99 })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});
