import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../contract/shapes/delivery.ts';
import type { ReadonlyRuns } from '../../contract/shapes/text.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import type { ParsedDocument } from '../formats/format.ts';
import { formatById } from '../formats/registry.ts';
import type { StoredUnit } from '../projects/units.ts';
import { compareDocument } from './compare-document.ts';
import { receiptPage } from './receipt-page.ts';

let test: TestStudio;
afterEach(() => { test.remove(); });

const PAGE = '<html lang="en"><body><p>Press the <b>green</b> button. Then wait.</p><p>It takes a while.</p></body></html>';

async function deliver(contents: Record<string, string>, bilingual: ('xliff12' | 'tmx')[] = []): Promise<{ receipt: Receipt; html: string }> {
  test = openTestStudio();
  const { id } = await test.project(contents);
  await test.handlers['translate.run']({ projectId: id, scope: 'not-started' }, calmly());
  const { receipt, receiptHtml } = await test.handlers['export.run']({ projectId: id, outDir: test.at('out'), bilingual }, calmly());
  return { receipt, html: readFileSync(receiptHtml, 'utf8') };
}

describe('the receipt', () => {
  it('counts what was found in every file that was written', async () => {
    const { receipt, html } = await deliver({ 'page.html': PAGE, 'note.txt': 'One line.\n' }, ['xliff12', 'tmx']);
    expect(receipt.files.map(({ kind, target, segments, found, tags, tagsFound, untranslated, findings, ok }) => ({ kind, target, segments, found, tags, tagsFound, untranslated, findings, ok }))).toEqual([
      { kind: 'document', target: 'note.txt', segments: 1, found: 1, tags: 0, tagsFound: 0, untranslated: 0, findings: [], ok: true },
      { kind: 'xliff12', target: 'bilingual/xliff12/note.txt.xlf', segments: 1, found: 1, tags: 0, tagsFound: 0, untranslated: 0, findings: [], ok: true },
      { kind: 'tmx', target: 'bilingual/tmx/note.txt.tmx', segments: 1, found: 1, tags: 0, tagsFound: 0, untranslated: 0, findings: [], ok: true },
      { kind: 'document', target: 'page.html', segments: 3, found: 3, tags: 2, tagsFound: 2, untranslated: 0, findings: [], ok: true },
      { kind: 'xliff12', target: 'bilingual/xliff12/page.html.xlf', segments: 3, found: 3, tags: 2, tagsFound: 2, untranslated: 0, findings: [], ok: true },
      { kind: 'tmx', target: 'bilingual/tmx/page.html.tmx', segments: 3, found: 3, tags: 2, tagsFound: 2, untranslated: 0, findings: [], ok: true },
    ]);
    expect([receipt.ok, receipt.failures]).toEqual([true, []]);
    expect(html).toContain('Complete: all 6 files were opened again and hold what the project holds.');
  });

  it('escapes what documents are named and hold', () => {
    const file = { kind: 'document', source: 'a', sourceSha256: 'x', target: '<script>alert(1)</script>.txt', targetSha256: 'y', bytes: 1, words: 1, segments: 1, found: 0, tags: 0, tagsFound: 0, untranslated: 0, ok: false } as const;
    const page = receiptPage({ format: 1, project: '<img src=x>', from: 'en', to: 'pt', created: '2026-01-01', studio: '0', model: null, failures: [], ok: false, files: [{ ...file, findings: [{ code: 'segment-not-found', severity: 'error', message: '“<b>”' }] }] });
    test = openTestStudio();
    expect(page.match(/<script|<img|<b>/g)).toBeNull();
    expect(page).toContain('1 of 1 files need attention.');
  });
});

describe('a delivered document that is not what the project holds', () => {
  const unit = (id: string, source: string, target: string | null, number: number): StoredUnit => ({
    id, role: 'p', tags: [], gapAfter: [],
    segments: [{ id: number, number, version: 1, source: [source], target: target === null ? null : [target], state: 'draft', locked: false, origin: null, gapBefore: [] }],
  });
  const units = [unit('line-1', 'The first text here.', 'O primeiro texto aqui.', 1), unit('line-3', 'The second text here.', 'O segundo texto aqui.', 2), unit('line-5', 'Not translated yet.', null, 3)];
  const compare = async (delivered: string) => {
    test = openTestStudio();
    const parsed: ParsedDocument = await formatById('txt').read(Buffer.from(delivered), { from: 'en', to: 'pt' });
    const source = { id: 7, path: 'a.txt', originPath: '/a.txt', format: 'txt', encoding: 'utf-8', sha256: '' };
    const { segments, found, untranslated, findings } = compareDocument({ kind: 'document', source, sourceBytes: new Uint8Array(), target: '/b', targetName: 'b', from: 'en', to: 'pt', units, targets: new Map(units.slice(0, 2).map(({ id, segments: [only] }) => [id, only?.target ?? []])) }, parsed);
    return { segments, found, untranslated, findings: findings.map(({ code, severity, segmentId }) => [code, severity, segmentId]) };
  };
  const left = ['untranslated', 'warning', undefined];

  it('is whole', async () => {
    expect(await compare('O primeiro texto aqui.\n\nO segundo texto aqui.\n\nNot translated yet.\n')).toEqual({ segments: 2, found: 2, untranslated: 1, findings: [left] });
  });
  it('has a changed text', async () => {
    expect(await compare('O primeiro texto aqui.\n\nO segundo texto ali.\n\nNot translated yet.\n')).toEqual({ segments: 2, found: 1, untranslated: 1, findings: [['segment-not-found', 'error', 2], left] });
  });
  it('has its source left in', async () => {
    expect(await compare('O primeiro texto aqui.\n\nThe second text here.\n\nNot translated yet.\n')).toEqual({ segments: 2, found: 1, untranslated: 1, findings: [['segment-not-found', 'error', 2], ['source-left-over', 'error', 2], left] });
  });
  it('has lost a paragraph', async () => {
    expect(await compare('O primeiro texto aqui.\n\nNot translated yet.\n')).toEqual({ segments: 2, found: 1, untranslated: 1, findings: [['file-differs', 'error', undefined], ['segment-not-found', 'error', 2], left] });
  });

  it('names the one text whose translation has lost all its words, and pairs the others', async () => {
    test = openTestStudio();
    const lost = [unit('line-1', 'First text.', 'Primeiro.', 1), unit('line-2', 'Second text.', '. . .', 2), unit('line-3', 'Third text.', 'Terceiro.', 3)];
    const source = { id: 7, path: 'a.txt', originPath: '/a.txt', format: 'txt', encoding: 'utf-8', sha256: '' };
    const parsed = await formatById('txt').read(Buffer.from('Primeiro.\n. . .\nTerceiro.\n'), { from: 'en', to: 'pt' });
    const targets = new Map(lost.map(({ id, segments: [only] }) => [id, only?.target ?? []]));
    const { found, segments, findings } = compareDocument({ kind: 'document', source, sourceBytes: new Uint8Array(), target: '/b', targetName: 'b', from: 'en', to: 'pt', units: lost, targets }, parsed);
    expect({ found, segments, findings }).toEqual({ found: 2, segments: 3, findings: [{ code: 'text-lost', severity: 'error', message: 'Segment 2 has words, its translation has none: “. . .”', segmentId: 2 }] });
  });

  it('finds no translation that is empty in a text that is not there', async () => {
    test = openTestStudio();
    const empty = [unit('line-1', 'First text.', 'Primeiro.', 1), unit('line-2', 'Second text.', '', 2)];
    const source = { id: 7, path: 'a.txt', originPath: '/a.txt', format: 'txt', encoding: 'utf-8', sha256: '' };
    const parsed = await formatById('txt').read(Buffer.from('Primeiro.\n\n'), { from: 'en', to: 'pt' });
    const targets = new Map(empty.map(({ id, segments: [only] }) => [id, only?.target ?? []]));
    const { found, segments, findings } = compareDocument({ kind: 'document', source, sourceBytes: new Uint8Array(), target: '/b', targetName: 'b', from: 'en', to: 'pt', units: empty, targets }, parsed);
    expect([found, segments, findings.map(({ code, segmentId }) => [code, segmentId])]).toEqual([1, 2, [['text-lost', 2]]]);
  });
  it('finds the descriptions of images that a translation has put in another order', async () => {
    test = openTestStudio();
    const page = '<p>See <img alt="Cat"> and <img alt="Dog">.</p>';
    const read = (text: string): Promise<ParsedDocument> => formatById('html').read(Buffer.from(text), { from: 'en', to: 'pt' });
    const stored = (await read(page)).units.map(({ id, role, tags, source }, i): StoredUnit => ({
      id, role, tags: [...tags], gapAfter: [], segments: [{ id: i + 1, number: i + 1, version: 1, source: [...source], target: [...source], state: 'draft', locked: false, origin: null, gapBefore: [] }],
    }));
    const moved: ReadonlyRuns = ['See ', { tag: 2, kind: 'empty' }, ' and ', { tag: 1, kind: 'empty' }, '.'];
    const targets = new Map<string, ReadonlyRuns>([['line-1', moved], ['line-1.2', ['Gato']], ['line-1.3', ['Cão']]]);
    const units = stored.map((unit): StoredUnit => ({ ...unit, segments: unit.segments.map((segment) => ({ ...segment, target: [...(targets.get(unit.id) ?? [])] })) }));
    const written = Buffer.from(await formatById('html').write(Buffer.from(page), targets, { from: 'en', to: 'pt', setLanguage: false })).toString();
    expect(written).toBe('<p>See <img alt="Cão"> and <img alt="Gato">.</p>');
    const source = { id: 7, path: 'a.html', originPath: '/a.html', format: 'html', encoding: 'utf-8', sha256: '' };
    expect(compareDocument({ kind: 'document', source, sourceBytes: new Uint8Array(), target: '/b', targetName: 'b', from: 'en', to: 'pt', units, targets }, await read(written))).toEqual({ segments: 3, found: 3, tags: 2, tagsFound: 2, untranslated: 0, findings: [] });
  });
});
