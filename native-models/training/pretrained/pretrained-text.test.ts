import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { languageTag } from '../../catalog/language-codes.ts';
import { translationTasks } from '../../tokenizers/huggingface/task-prefixes.ts';
import { inspectModelFolder } from '../../weights/inspect-folder.ts';
import { readGolden, type GoldenModel } from '../../weights/testing/golden-model.ts';
import type { TuningTask } from '../finetune/finetune-job.ts';
import { openPretrainedText } from './pretrained-text.ts';

const ROOT = path.join(process.env['BITEXT_TEST_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data'), 'models');
const FAMILIES = existsSync(ROOT) ? readdirSync(ROOT).filter((name) => existsSync(path.join(ROOT, name, 'golden.json'))) : [];
const TASKS: Readonly<Record<string, TuningTask['task']>> = { summarization: 'summarize', 'question-answering': 'answer' };

function taskOf({ task, src_lang: from, tgt_lang: to }: GoldenModel['cases'][number]): TuningTask {
  const named = TASKS[task ?? ''] ?? 'translate';
  return named === 'translate' ? { task: 'translate', from: languageTag(from ?? 'en') ?? 'en', to: languageTag(to ?? 'de') ?? 'de' } : { task: named };
}

describe.skipIf(FAMILIES.length === 0)('texts as the golden models of the shared test data take and say them', () => {
  test.each(FAMILIES)('%s: language codes, words of tasks, start and end are those of the reference', async (family) => {
    const folder = path.join(ROOT, family);
    const model = await inspectModelFolder(folder);
    const { cases } = readGolden(readFileSync(path.join(folder, 'golden.json'), 'utf8'));
    const prefixes = [...translationTasks(folder).pairs.map(({ prefix }) => prefix), 'summarize: '];
    let compared = 0;
    const texts = new Map<string, ReturnType<typeof openPretrainedText>>();
    // Some odd cases spell special tokens out, which are text here.
    for (const one of cases.filter(({ truncated, text }) => !truncated && !/[<>]|[\u200b-\u200f]/.test(text) && text.trim() !== '')) {
      const task = taskOf(one);
      const key = JSON.stringify(task);
      const opened = texts.get(key) ?? openPretrainedText(model, task, null, null);
      texts.set(key, opened);
      const { start, exampleOf } = await opened;
      const { greedy: { ids }, input_ids: source, text } = one;
      const ended = ids.at(-1) === (await opened).source.eosId;
      if (!ended) continue;
      const bare = prefixes.find((prefix) => text.startsWith(prefix)) ?? '';
      expect([start, exampleOf(text.slice(bare.length), ids.slice(1, -1))]).toEqual([ids[0], { source, target: ids.slice(1) }]);
      compared++;
    }
    expect(compared).toBeGreaterThan(40);
  });
});
