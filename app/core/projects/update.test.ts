/** New versions of documents in a project: what is unchanged keeps its translation, and nothing of the old version is lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../contract/shapes/project.ts';
import type { Segment } from '../../contract/shapes/segment.ts';
import { docxParts, p, r, zipped } from '../formats/docx/testing/docx-fixtures.ts';
import { calmly, openTestStudio } from '../testing/open-test-studio.ts';
import type { TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

let engine: UppercaseEngine, test: TestStudio, project: Project;
beforeEach(() => {
  engine = new UppercaseEngine();
  test = openTestStudio(engine);
});
afterEach(() => { test.remove(); });

const update = async (contents: Readonly<Record<string, string | Uint8Array>>, context = calmly()) => {
  const added = await test.handlers['project.addFiles']({ projectId: project.id, inputs: [test.files(contents)], changed: 'update' }, context);
  project = added.project;
  return added;
};
const info = async (): Promise<Project> => { project = await test.handlers['project.info']({ projectId: project.id }); return project; };
const rows = async (): Promise<Segment[]> => {
  const { ids } = await test.handlers['segments.find']({ projectId: project.id, filter: {} });
  return test.handlers['segments.rows']({ projectId: project.id, ids });
};
const lines = async () => (await rows()).map(({ number, source, target, state }) => `${number} ${source.join('')} > ${target?.join('') ?? '-'} (${state})`);
const save = async (number: number, text: string, state: 'draft' | 'translated' = 'translated') => {
  test.later(60);
  const row = (await rows())[number - 1];
  return test.handlers['segment.save']({ projectId: project.id, segmentId: row?.id ?? 0, version: row?.version ?? 0, target: [text], state });
};
const translate = () => test.handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
const undo = () => test.handlers['edits.undo']({ projectId: project.id });
const redo = () => test.handlers['edits.redo']({ projectId: project.id });

describe('an update of a document', () => {
  it('keeps what is unchanged in its place, numbers all anew, and starts nothing that changed', async () => {
    project = await test.project({ 'a.txt': 'One text.\n\nTwo text.\n\nThree text.\n', 'b.txt': 'Last text.\n' });
    await save(1, 'Um.');
    await save(2, 'Dois.');
    await save(4, 'Fim.');
    const { failures, updated, project: after } = await update({ 'a.txt': 'New text.\n\nOne text.\n\nTwo texts.\n\nThree text.\n' });
    expect({ failures, updated }).toEqual({ failures: [], updated: [{ path: 'a.txt', kept: 2, changed: 2, removed: 1 }] });
    expect(await lines()).toEqual([
      '1 New text. > - (not-started)', '2 One text. > Um. (translated)', '3 Two texts. > - (not-started)', '4 Three text. > - (not-started)', '5 Last text. > Fim. (translated)',
    ]);
    expect(after.files.map(({ id, path, segments, words, states: { translated } }) => [id, path, segments, words, translated])).toEqual([[1, 'a.txt', 4, 8, 1], [2, 'b.txt', 1, 2, 1]]);
    const text = { pattern: 'dois', side: 'both', regex: false, matchCase: false } as const;
    expect(await test.handlers['segments.find']({ projectId: project.id, filter: { text } })).toEqual({ ids: [] });
    await translate();
    expect(engine.asked).toEqual(['New text.', 'Two texts.', 'Three text.']);
    const { receipt } = await test.handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: ['tsv'] }, calmly());
    expect({ ok: receipt.ok, segments: receipt.files.map(({ target, segments }) => [target, segments]) })
      .toEqual({ ok: true, segments: [['a.txt', 4], ['bilingual/tsv/a.txt.tsv', 4], ['b.txt', 1], ['bilingual/tsv/b.txt.tsv', 1]] });
  });

  it('keeps state, origin, findings, version and history; propagation names the segment that is there now', async () => {
    project = await test.project({ 'a.txt': 'Page 7 of 9.\n\nSame text.\n\nSame text.\n' });
    await save(1, 'Página.');
    await save(2, 'Mesmo.');
    const before = await rows();
    await update({ 'a.txt': 'Title.\n\nPage 7 of 9.\n\nSame text.\n\nSame text.\n' });
    const [, ...after] = await rows();
    const ids = after.map(({ id }) => id);
    expect(before.map(({ origin }) => origin?.kind)).toEqual(['typed', 'typed', 'propagated']);
    expect(after).toEqual(before.map((segment, i) => ({
      ...segment, id: ids[i], number: segment.number + 1, findings: segment.findings.map((finding) => ({ ...finding, segmentId: ids[i] })),
      origin: segment.origin?.kind === 'propagated' ? { kind: 'propagated', segment: ids[1] } : segment.origin,
    })));
    expect(after[0]?.findings.map(({ code }) => code)).toEqual(['number-changed']);
    await save(2, 'Página 7 de 9.');
    const history = await test.handlers['segment.history']({ projectId: project.id, segmentId: ids[0] ?? 0 });
    expect(history.map(({ segmentId, before: from, after: to }) => [segmentId, from, to])).toEqual([[ids[0], null, ['Página.']], [ids[0], ['Página.'], ['Página 7 de 9.']]]);
  });

  it('is one step of undo, and what was done before and after it is undone as ever, also after a restart', async () => {
    project = await test.project({ 'a.txt': 'One text.\n\nTwo text.\n', 'b.txt': 'Three text.\n' });
    await save(1, 'Um.');
    await save(2, 'Dois.');
    const before = await lines();
    await update({ 'a.txt': 'Two text.\n', 'b.txt': 'Three text.\n\nFour text.\n', 'c.txt': 'Five text.\n' });
    await save(1, 'Dois!');
    await translate();
    const after = await lines();
    expect(after).toEqual(['1 Two text. > Dois! (translated)', '2 Three text. > THREE TEXT. (draft)', '3 Four text. > FOUR TEXT. (draft)', '4 Five text. > FIVE TEXT. (draft)']);

    test = test.restart();
    project = await test.handlers['project.open']({ path: project.path });
    await undo();
    await undo();
    expect(await lines()).toEqual(['1 Two text. > Dois. (translated)', '2 Three text. > - (not-started)', '3 Four text. > - (not-started)', '4 Five text. > - (not-started)']);
    test.events.length = 0;
    expect((await undo())?.project.files.map(({ path, segments }) => [path, segments])).toEqual([['a.txt', 2], ['b.txt', 1], ['c.txt', 1]]);
    expect(test.events.find(({ name }) => name === 'segments.changed')?.value).toEqual({ projectId: project.id, segmentIds: null });
    // A document that was added is not taken away again.
    expect(await lines()).toEqual([...before, '4 Five text. > - (not-started)']);
    await undo();
    await undo();
    expect(await lines()).toEqual(['1 One text. > - (not-started)', '2 Two text. > - (not-started)', '3 Three text. > - (not-started)', '4 Five text. > - (not-started)']);
    expect((await info()).canUndo).toBe(false);
    for (let i = 0; i < 5; i++) await redo();
    expect(await lines()).toEqual(after);
    expect(await redo()).toBeNull();
  });

  it('takes the bytes back with an undo, and then to a third version without giving an id twice', async () => {
    project = await test.project({ 'a.txt': 'One text.\n' });
    await update({ 'a.txt': 'Two text.\n' });
    const second = (await rows())[0]?.id ?? 0;
    await undo();
    const exported = async () => (await test.handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: [] }, calmly())).receipt.files.map(({ sourceSha256 }) => sourceSha256);
    const [first] = await exported();
    await update({ 'a.txt': 'Three text.\n', 'b.txt': 'Four text.\n' });
    expect((await rows()).every(({ id }) => id > second)).toBe(true);
    expect(await redo()).toBeNull();
    expect((await exported())[0]).not.toBe(first);
    await undo();
    expect((await exported())[0]).toBe(first);
  });

  it('leaves the old version where the new one is broken, and refuses one while the project is translated', async () => {
    project = await test.project({ 'a.docx': await zipped(docxParts(p(r('One text.')))), 'b.txt': 'Two text.\n' });
    const broken = await update({ 'a.docx': 'PK cut off', 'b.txt': 'Two texts.\n' });
    expect({ failures: broken.failures.map(({ code }) => code), updated: broken.updated.map(({ path }) => path), lines: await lines() })
      .toEqual({ failures: ['FORMAT_BROKEN'], updated: ['b.txt'], lines: ['1 One text. > - (not-started)', '2 Two texts. > - (not-started)'] });
    const { promise: allowed, resolve: allow } = Promise.withResolvers<undefined>();
    const waiting = new UppercaseEngine(), translate = waiting.translate.bind(waiting);
    waiting.translate = async (request, options) => { await allowed; return translate(request, options); };
    const slow = openTestStudio(waiting);
    try {
      const { id: projectId } = await slow.project({ 'a.txt': 'One text.\n\nTwo text.\n' });
      await slow.handlers['project.addFiles']({ projectId, inputs: [slow.files({ 'a.txt': 'One text.\n\nTwo texts.\n' })], changed: 'update' }, calmly());
      const running = slow.handlers['translate.run']({ projectId, scope: 'not-started' }, calmly());
      expect(() => slow.handlers['edits.undo']({ projectId })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
      const { failures, updated } = await slow.handlers['project.addFiles']({ projectId, inputs: [slow.files({ 'a.txt': 'Else.\n' })], changed: 'update' }, calmly());
      expect({ codes: failures.map(({ code }) => code), updated }).toEqual({ codes: ['CONFLICT'], updated: [] });
      allow(undefined);
      expect((await running).segments).toBe(2);
    } finally {
      slow.remove();
    }
  });

  it('gives tags the numbers that they have in the new version, in targets and in the history', async () => {
    project = await test.project({ 'a.html': '<p>A <b>bold</b> word. Then <i>more</i> text.</p>' });
    const [, second] = await rows();
    await test.handlers['segment.save']({ projectId: project.id, segmentId: second?.id ?? 0, version: 0, state: 'translated', target: ['Depois ', { tag: 2, kind: 'open' }, 'mais', { tag: 2, kind: 'close' }, ' texto.'] });
    const { updated } = await update({ 'a.html': '<p>A plain word. Then <i>more</i> text.</p>' });
    expect(updated).toEqual([{ path: 'a.html', kept: 1, changed: 1, removed: 1 }]);
    const [, kept] = await rows(), target = ['Depois ', { tag: 1, kind: 'open' }, 'mais', { tag: 1, kind: 'close' }, ' texto.'];
    expect([kept?.target, kept?.state]).toEqual([target, 'translated']);
    expect((await test.handlers['segment.history']({ projectId: project.id, segmentId: kept?.id ?? 0 })).map(({ after }) => after)).toEqual([target]);
    await undo();
    expect((await rows())[1]?.target).toEqual(['Depois ', { tag: 2, kind: 'open' }, 'mais', { tag: 2, kind: 'close' }, ' texto.']);
  });

  it('works for Word: one edited paragraph, the rest kept and delivered', async () => {
    const body = (middle: string): string => p(r('The first paragraph.')) + p(r('A ') + r('bold', '<w:b/>') + r(` word${middle}.`)) + p(r('The last paragraph.'));
    project = await test.project({ 'a.docx': await zipped(docxParts(body(''))) });
    await translate();
    engine.asked.length = 0;
    const { updated } = await update({ 'a.docx': await zipped(docxParts(body(' more'))) });
    await translate();
    const { receipt } = await test.handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: [] }, calmly());
    expect({ updated, asked: engine.asked, ok: receipt.ok }).toEqual({ updated: [{ path: 'a.docx', kept: 2, changed: 1, removed: 1 }], asked: ['A bold word more.'], ok: true });
  });

  it('takes a translation that stands in the document from the new version, unless it was worked on here', async () => {
    const xliff = (...targets: string[]): string => `<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" source-language="en" target-language="pt" datatype="plaintext"><body>${
      targets.map((target, i) => `<trans-unit id="${i}"><source>Text ${i}</source><target>${target}</target></trans-unit>`).join('')}</body></file></xliff>`;
    project = await test.project({ 'a.xlf': xliff('Texto 0', 'Texto 1', 'Texto 2') });
    await save(2, 'Meu 1');
    // Confirmed as it stands.
    await save(3, 'Texto 2');
    await update({ 'a.xlf': xliff('Novo 0', 'Novo 1', 'Novo 2', 'Novo 3') });
    expect((await rows()).map(({ target, origin }) => [target?.join(''), origin?.kind])).toEqual([['Novo 0', 'document'], ['Meu 1', 'typed'], ['Texto 2', 'document'], ['Novo 3', 'document']]);
  });
});
