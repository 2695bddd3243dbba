/** Translations of a project that ask a memory before the model. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Segment } from '../../contract/shapes/segment.ts';
import type { TranslateRequest } from '../../../native-models/engine/engine.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';
import { TranslationMemory } from './translation-memory.ts';

let test: TestStudio, engine: UppercaseEngine;
afterEach(() => { test.remove(); });

async function open(contents: Record<string, string>): Promise<{ projectId: number; rows(): Promise<Segment[]> }> {
  engine = new UppercaseEngine();
  test = openTestStudio(engine);
  const { id: projectId } = await test.project(contents);
  return { projectId, rows: async () => test.handlers['segments.rows']({ projectId, ids: (await test.handlers['segments.find']({ projectId, filter: {} })).ids }) };
}
const memoryFile = (...lines: readonly string[]): string => {
  writeFileSync(test.at('old.tsv'), lines.join('\n'));
  return test.at('old.tsv');
};

const MEMORY = ['Press the red button now.\tPressione o botão vermelho agora.', 'Look here.\tOlhe aqui.', 'Unit 12 is ready.\tA unidade 12 está pronta.'];

it('takes what matches, exactly or from the threshold on, and asks the model for the rest; the origin says which', async () => {
  const { projectId, rows } = await open({ 'a.txt': 'Press the red button now.\n\nPress the green button now.\n\nSomething else.\n\nPress the red button now.\n\nUnit 13 is ready.\n' });
  const run = (threshold: number) => test.handlers['translate.run']({ projectId, scope: 'unconfirmed', memory: { files: [memoryFile(...MEMORY)], threshold } }, calmly());
  expect(await run(80)).toMatchObject({ outcome: 'done', fromMemory: 4, segments: 1, repeated: 0, words: 2, flagged: 1, model: 'uppercase' });
  expect(engine.asked).toEqual(['Something else.']);
  const memory = (match: number) => ({ kind: 'memory', corpus: 'old.tsv', match });
  expect((await rows()).map(({ target, origin, state, findings }) => [target, origin, state, findings.map(({ code }) => code)])).toEqual([
    [['Pressione o botão vermelho agora.'], memory(100), 'draft', []],
    [['Pressione o botão vermelho agora.'], memory(83), 'draft', []],
    [['SOMETHING ELSE.'], { kind: 'mt', model: 'uppercase', score: -0.1 }, 'draft', []],
    [['Pressione o botão vermelho agora.'], memory(100), 'draft', []],
    [['A unidade 12 está pronta.'], memory(80), 'draft', ['number-changed']],
  ]);
  expect(await run(100)).toMatchObject({ fromMemory: 2, segments: 3 });
});

it('puts the tags of the source into the translation, which then is not exact', async () => {
  const { projectId, rows } = await open({ 'a.html': '<p><b>Look</b> here.</p>' });
  await test.handlers['translate.run']({ projectId, scope: 'not-started', memory: { files: [memoryFile(...MEMORY)], threshold: 99 } }, calmly());
  const [row] = await rows();
  expect([row?.origin, row?.findings, row?.target?.filter((run) => typeof run === 'string').join(''), row?.target?.filter((run) => typeof run !== 'string').map(({ tag, kind }) => `${tag} ${kind}`)])
    .toEqual([{ kind: 'memory', corpus: 'old.tsv', match: 99 }, [], 'Olhe aqui.', ['1 open', '1 close']]);
});

it('needs no model when the memory has everything, is undone in one step, and tells where translations come from in bilingual files', async () => {
  const { projectId, rows } = await open({ 'a.txt': 'Look here.\n\nUnit 12 is here.\n' });
  expect(await test.handlers['translate.run']({ projectId, scope: 'not-started', memory: { files: [memoryFile(...MEMORY)], threshold: 75 } }, calmly())).toMatchObject({ fromMemory: 2, segments: 0, model: null });
  const { receipt } = await test.handlers['export.run']({ projectId, outDir: test.at('out'), bilingual: ['xliff12', 'xliff21', 'tmx', 'html', 'tsv'] }, calmly());
  expect(receipt.ok).toBe(true);
  const written = (name: string): string => readFileSync(join(test.at('out'), name), 'utf8');
  const files = Object.fromEntries(receipt.files.map(({ kind, target }) => [kind, target]));
  expect(written(files['xliff12'] ?? '').match(/state-qualifier="[^"]*"/g)).toEqual(['state-qualifier="exact-match"', 'state-qualifier="fuzzy-match"']);
  expect(written(files['xliff21'] ?? '').match(/subState="[^"]*"/g)).toEqual(['subState="bitext:memory-100"', 'subState="bitext:memory-80"']);
  for (const kind of ['tmx', 'tsv']) for (const origin of ['memory 100 % old.tsv', 'memory 80 % old.tsv']) expect(written(files[kind] ?? '')).toContain(origin);
  expect(written(files['html'] ?? '')).toContain('Memory, 80 %');
  await test.handlers['edits.undo']({ projectId });
  expect((await rows()).map(({ state }) => state)).toEqual(['not-started', 'not-started']);
});

it('hands the width of a beam to the engine', async () => {
  const { projectId } = await open({ 'a.txt': 'One text.\n' });
  const asked: TranslateRequest['beam'][] = [], plain = engine.translate.bind(engine);
  engine.translate = (request, options) => { asked.push(request.beam); return plain(request, options); };
  await test.handlers['translate.run']({ projectId, scope: 'not-started', beam: 4 }, calmly());
  await test.handlers['translate.run']({ projectId, scope: 'unconfirmed' }, calmly());
  expect(asked).toEqual([4, undefined]);
});

it('gives others their turn before each search, and stops there when it is cancelled', async () => {
  const { projectId } = await open({ 'a.txt': Array.from({ length: 30 }, (_, i) => `Line ${i} of the text.`).join('\n\n') });
  let turn = 0, running = true;
  const next = (): void => { turn++; if (running) setImmediate(next); };
  const searched: number[] = [], stop = new AbortController(), find = TranslationMemory.prototype.find;
  const watched = vi.spyOn(TranslationMemory.prototype, 'find').mockImplementation(function (this: TranslationMemory, ...given) {
    searched.push(turn);
    if (searched.length === 20) setImmediate(() => { stop.abort(); });
    return find.apply(this, given);
  });
  next();
  const run = await test.handlers['translate.run']({ projectId, scope: 'not-started', memory: { files: [memoryFile(...MEMORY)], threshold: 75 } }, calmly(undefined, stop.signal));
  running = false;
  watched.mockRestore();
  expect(run).toMatchObject({ outcome: 'cancelled', fromMemory: 0, segments: 0 });
  expect([searched.length, new Set(searched).size]).toEqual([20, 20]);
});
