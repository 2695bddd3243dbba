import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answerQuestion } from './answer-question.ts';
import { findTaskModels, openTextTasks } from './open-text-tasks.ts';
import { summarizeText } from './summarize-text.ts';
import { inspectTaskFolder, taskSettings } from './task-settings.ts';
import { firstWords, WordReader } from './testing/word-reader.ts';

const root = mkdtempSync(path.join(tmpdir(), 'bitext-tasks-'));
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

function folder(name: string, files: Readonly<Record<string, object>>): string {
  mkdirSync(path.join(root, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(root, name, file), JSON.stringify(content));
  return path.join(root, name);
}

const plain = { prefix: '', params: {} };

describe('summaries', () => {
  test('a long text is summarized in chunks, and the summaries are summarized until they fit', async () => {
    const reader = firstWords(6, 3), seen: string[] = [];
    const summary = await summarizeText(reader, plain, ['a b c', 'd e f', 'g h i', 'j k l', 'm n', 'o p'], { report: ({ pass, done, total }) => { seen.push(`${pass}: ${done}/${total}`); } });
    // 16 words in chunks of 6: three of them; their 9 words: two; their 6: one.
    expect(summary).toEqual({ text: 'a b c', model: 'words', passes: 3, parts: [{ first: 0, last: 1, text: 'a b c' }, { first: 2, last: 3, text: 'g h i' }, { first: 4, last: 5, text: 'm n o' }] });
    expect(seen).toEqual(['1: 0/3', '1: 1/3', '1: 2/3', '1: 3/3', '2: 0/2', '2: 1/2', '2: 2/2', '3: 0/1', '3: 1/1']);
  });

  test('a text that fits is summarized once; the prefix takes of the room; a model that must say much may say less of little', async () => {
    const reader = firstWords(5, 2);
    const settings = { prefix: 'sum: ', params: { min_length: 56, min_new_tokens: 1, num_beams: 4 } };
    expect(await summarizeText(reader, settings, ['a b', 'c d'])).toMatchObject({ text: 'sum: a', passes: 1 });
    expect(reader.asked).toEqual([{ text: 'sum: a b c d', params: { min_length: 2, min_new_tokens: 1, num_beams: 4 } }]);
  });

  test('summaries that do not get shorter end the passes; no text and a cancelled signal are told', async () => {
    const echo = new WordReader(2, (text) => ({ text, score: 0 }));
    expect(await summarizeText(echo, plain, ['a b', 'c d', 'e f'])).toMatchObject({ text: 'a b c d e f', passes: 1 });
    await expect(summarizeText(echo, plain, [' ', ''])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(summarizeText(echo, plain, ['a'], { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });
});

describe('answers', () => {
  const segments = ['Anna drives a red car.', 'It was raining in the hills.', 'Bruno drives a blue lorry.', 'Nobody walks.'];

  test('the chunks that match the question are asked, and the segment is cited', async () => {
    const reader = new WordReader(22, () => ({ text: 'blue lorry', score: -0.5 }));
    const answer = await answerQuestion(reader, plain, { question: ' Which lorry  has Bruno? ', segments });
    expect(answer).toEqual({ text: 'blue lorry', score: -0.5, segment: 2, support: 1, model: 'words', others: [] });
    // The question takes 6 of 22 tokens; 18 tokens of text are two chunks of 16 at most, and the first shares no word with it.
    expect(reader.asked).toEqual([{ text: 'question: Which lorry has Bruno? context: Bruno drives a blue lorry. Nobody walks.', params: { length_penalty: 1 } }]);
  });

  test('a question without a shared word is put to the first chunks; a supported answer goes before a more certain one', async () => {
    const reader = new WordReader(30, (text) => (text.includes('Anna') ? { text: 'none', score: 0 } : { text: 'walks', score: -2 }));
    const many = [...segments, ...Array.from({ length: 20 }, () => 'Somebody walks.')];
    const answer = await answerQuestion(reader, plain, { question: 'Wer?', segments: many });
    // 58 tokens beside a question of 3: three even chunks of at most 20, the second of which begins with segment 5.
    expect([answer.text, answer.segment, answer.others.at(-1)]).toEqual(['walks', 5, { text: 'none', score: 0, segment: null, support: 0 }]);
  });

  test('no question, a question that fills the model, and no text are told', async () => {
    const reader = firstWords(20, 1);
    await expect(answerQuestion(reader, plain, { question: ' ', segments })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'There is no question.' });
    await expect(answerQuestion(reader, plain, { question: 'a b c d e f g h?', segments })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('20 tokens') });
    await expect(answerQuestion(reader, plain, { question: 'a?', segments: [] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('model folders', () => {
  test('a task is known by the manifest, the config or the family; its settings win over the generation config', () => {
    const specific = { model_type: 't5', num_beams: 1, task_specific_params: { summarization: { prefix: 'tl;dr: ', num_beams: 4, min_length: 5 } } };
    const t5 = folder('t5', { 'config.json': specific, 'generation_config.json': { max_length: 48, min_length: 1 } });
    expect(inspectTaskFolder(t5)).toEqual({ id: 't5', folder: t5, architecture: 't5', tasks: ['summarize', 'answer'] });
    expect(taskSettings(t5, 'summarize')).toEqual({ prefix: 'tl;dr: ', params: { ...specific, max_length: 48, min_length: 5, num_beams: 4 } });
    expect(taskSettings(t5, 'answer').prefix).toBe('');
    const bare = folder('bare', { 'config.json': { model_type: 't5' } });
    expect(taskSettings(bare, 'summarize').prefix).toBe('summarize: ');
    const translator = folder('translator', { 'config.json': { model_type: 'm2m_100' } });
    expect(inspectTaskFolder(translator)).toBeNull();
    const told = folder('told', { 'config.json': { model_type: 'bart' }, 'bitext.json': { id: 'my-answers', tasks: ['answer'] } });
    expect(inspectTaskFolder(told)).toMatchObject({ id: 'my-answers', tasks: ['answer'] });
    expect(() => taskSettings(told, 'summarize')).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED', advice: expect.stringContaining('"tasks": ["summarize"]') }));
    expect(() => taskSettings(root, 'summarize')).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }));
    writeFileSync(path.join(folder('broken', {}), 'config.json'), '{');
    expect(findTaskModels([root, path.join(root, 'nothing')]).map(({ id }) => id)).toEqual(['bare', 't5', 'my-answers']);
  });

  test('without a model the error says which to get and where it goes', async () => {
    const store = path.join(root, 'empty');
    const tasks = openTextTasks({ modelDirs: [store], threads: 1 });
    await expect(tasks.summarize({ segments: ['A text.'] })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'No model for summaries is installed.', advice: expect.stringMatching(/BART, Pegasus or T5.*empty/s) });
    await expect(tasks.ask({ question: 'Who?', segments: ['A text.'] })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'No model for questions is installed.' });
    await expect(tasks.ask({ question: 'Who?', segments: ['A text.'], model: 'nowhere' })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: 'There is no model nowhere.' });
    await tasks.close();
  });
});

const SHARED = path.join(process.env['BITEXT_TEST_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data'), 'models');
interface Golden { readonly cases: { text: string; kind: string; task?: string; default: { texts: string[] }; greedy: { text: string } }[] }
const golden = (model: string): Golden['cases'] => (JSON.parse(readFileSync(path.join(SHARED, model, 'golden.json'), 'utf8')) as Golden).cases.filter(({ kind }) => kind === 'held');

describe.skipIf(!existsSync(path.join(SHARED, 'bart')))('real models (needs models/ of the shared test data)', () => {
  const tasks = openTextTasks({ modelDirs: [SHARED], threads: 1 });
  afterAll(() => tasks.close());

  test('a text that fits gives transformers\' own summary', async () => {
    // Long enough for the folder's least length to hold as it is.
    for (const { text, default: { texts } } of golden('bart').filter(({ text: source }) => source.length > 150).slice(0, 6))
      expect((await tasks.summarize({ segments: text.split(/(?<=\.) /), model: 'bart' })).text).toBe(texts[0]?.trim());
  });

  test('a model that has had nothing to do is closed, and opened again for the next text', async () => {
    const brief = openTextTasks({ modelDirs: [SHARED], threads: 1, keep: 1 });
    const once = async (): Promise<string> => (await brief.summarize({ segments: ['A man is running.'], model: 'bart' })).text;
    const first = await once();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect(await once()).toBe(first);
    await brief.close();
  });

  test('a question gives transformers\' own answer, with its segment', async () => {
    for (const { text, greedy } of golden('t5').filter(({ task, greedy: { text: answer } }) => task === 'question-answering' && answer !== 'none').slice(0, 6)) {
      const [, question = '', context = ''] = /^question: (.*) context: (.*)$/.exec(text) ?? [];
      const answer = await tasks.ask({ question, segments: ['', context], model: 't5' });
      expect([answer.text, answer.segment]).toEqual([greedy.text, 1]);
    }
  });

  test('a text of several times what the model reads is covered to its end', async () => {
    const segments = golden('bart').slice(0, 24).map(({ text }) => text);
    const { text, passes, parts } = await tasks.summarize({ segments, model: 'bart' });
    expect([passes >= 2, parts[0]?.first, parts.at(-1)?.last, text === '']).toEqual([true, 0, 23, false]);
    parts.slice(1).forEach(({ first }, i) => { expect(first).toBe((parts[i]?.last ?? -2) + 1); });
  });
});
