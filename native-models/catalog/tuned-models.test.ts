import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelDescription } from '../engine/engine.ts';
import type { TuningTask } from '../training/finetune/finetune-job.ts';
import { SMALL_STUDENT, studentFile } from '../weights/testing/synthetic-student.ts';
import { findModels } from './find-models.ts';
import { modelsOfPair } from './model-pairs.ts';
import { describeVersion, freeVersion, retireVersion } from './tuned-models.ts';

async function storeWithStudent(): Promise<{ store: string; base: ModelDescription }> {
  const store = mkdtempSync(path.join(tmpdir(), 'bitext-tuned-'));
  writeStudent(path.join(store, 'enpt'));
  const [base] = (await findModels([store])).models;
  if (base === undefined) throw new Error('the student was not found');
  return { store, base };
}

function writeStudent(folder: string): void {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'model.enpt.bin'), studentFile(SMALL_STUDENT));
  writeFileSync(path.join(folder, 'vocab.enpt.spm'), 'not read here');
}

describe('models that were fine-tuned here', () => {
  it('are chosen for their pair, the newest first, until the user goes back', async () => {
    const { store, base } = await storeWithStudent();
    for (const at of ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z']) {
      const { id, folder } = freeVersion(store, base.id);
      writeStudent(folder);
      describeVersion(folder, id, base, at);
    }
    const order = async (): Promise<string[]> => modelsOfPair((await findModels([store])).models, { from: 'en', to: 'pt' }).map(({ id }) => id);
    expect(await order()).toEqual(['enpt.tuned-2', 'enpt.tuned-1', 'enpt']);
    retireVersion(await findModels([store]), 'enpt.tuned-2', true);
    retireVersion(await findModels([store]), 'enpt.tuned-1', true);
    expect(await order()).toEqual(['enpt']);
    expect(retireVersion(await findModels([store]), 'enpt.tuned-2', false).tuned).toEqual({ basedOn: 'enpt', at: '2026-02-01T00:00:00Z' });
    expect(await order()).toEqual(['enpt.tuned-2', 'enpt']);
  });

  it('stand for the languages or the task that they learned', async () => {
    const { store, base } = await storeWithStudent();
    const several: ModelDescription = { ...base, from: 'en', to: 'mul', languages: { from: ['en'], to: ['de', 'pt'] }, tasks: ['translate', 'summarize'] };
    const versionOf = async (model: ModelDescription, learned: TuningTask): Promise<Pick<ModelDescription, 'from' | 'to' | 'languages' | 'tasks'>> => {
      const { id, folder } = freeVersion(store, model.id);
      writeStudent(folder);
      describeVersion(folder, id, model, '2026-01-01T00:00:00Z', learned);
      const version = (await findModels([store])).models.find((found) => found.id === id);
      return { from: version?.from ?? '', to: version?.to ?? '', ...(version?.languages === undefined ? {} : { languages: version.languages }), ...(version?.tasks === undefined ? {} : { tasks: version.tasks }) };
    };
    expect(await versionOf(several, { task: 'translate', from: 'en', to: 'pt' })).toEqual({ from: 'en', to: 'pt', tasks: ['translate'] });
    expect(await versionOf(several, { task: 'summarize' })).toEqual({ from: 'und', to: 'und', tasks: ['summarize'] });
    expect(await versionOf(base, { task: 'translate', from: 'en', to: 'pt-BR' })).toEqual({ from: 'en', to: 'pt' });
  });

  it('are told from others', async () => {
    const { store, base } = await storeWithStudent();
    const found = await findModels([store]);
    expect(() => retireVersion(found, base.id, true)).toThrow('The model enpt was not fine-tuned here: there is nothing to go back to.');
    expect(() => retireVersion(found, 'other', true)).toThrow('There is no model named other.');
    expect(freeVersion(store, 'enpt.tuned-7').id).toBe('enpt.tuned-1');
  });
});
