import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { calmly, openTestStudio } from './testing/open-test-studio.ts';
import type { TestStudio } from './testing/open-test-studio.ts';

let test: TestStudio;
afterEach(() => { test.remove(); });

const ALL = { states: undefined };

describe('a studio', () => {
  it('takes a folder in, translates it and delivers it', async () => {
    test = openTestStudio();
    const { handlers } = test;
    const project = await test.project({ 'a.txt': 'One is here. Two is there.\n', 'deep/b.txt': 'Two is there.\n\n* * *\n' });
    expect(project).toMatchObject({
      name: 'Test', from: 'en', to: 'pt', segments: 3, words: 9, wordsDone: 0, canUndo: false, canRedo: false, unfinishedJob: null,
      files: [{ path: 'a.txt', format: 'txt', segments: 2 }, { path: 'deep/b.txt', format: 'txt', segments: 1 }],
    });
    const run = await handlers['translate.run']({ projectId: project.id, scope: 'not-started' }, calmly());
    expect(run).toMatchObject({ outcome: 'done', segments: 3, repeated: 1, words: 9, flagged: 0, model: 'uppercase' });
    const { receipt } = await handlers['export.run']({ projectId: project.id, outDir: test.at('out'), bilingual: [] }, calmly());
    expect({ ok: receipt.ok, failures: receipt.failures, a: readFileSync(test.at('out/a.txt'), 'utf8'), b: readFileSync(test.at('out/deep/b.txt'), 'utf8') })
      .toEqual({ ok: true, failures: [], a: 'ONE IS HERE. TWO IS THERE.\n', b: 'TWO IS THERE.\n\n* * *\n' });
    expect(await handlers['segments.find']({ projectId: project.id, filter: ALL })).toEqual({ ids: [1, 2, 3] });
  });
});
