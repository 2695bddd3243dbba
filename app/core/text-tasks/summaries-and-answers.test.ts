import { afterEach, expect, test } from 'vitest';
import { answerQuestion } from '../../../native-models/tasks/answer-question.ts';
import { summarizeText } from '../../../native-models/tasks/summarize-text.ts';
import { firstWords, WordReader } from '../../../native-models/tasks/testing/word-reader.ts';
import type { TextTasks } from '../../../native-models/tasks/text-tasks.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import { calmly, openTestStudio, type TestStudio } from '../testing/open-test-studio.ts';
import { UppercaseEngine } from '../testing/uppercase-engine.ts';

const plain = { prefix: '', params: {} };
/** Reads up to 12 words at once; a summary is the first three of them, an answer the word before "lorry". */
const tasks: TextTasks = {
  summarize: ({ segments }, options) => summarizeText(firstWords(12, 3), plain, segments, options),
  ask: ({ question, segments }, options) => answerQuestion(new WordReader(40, (text) => ({ text: /context:.* (\w+) lorry/.exec(text)?.[1] ?? '', score: -0.25 })), plain, { question, segments }, options),
};
class ReadingEngine extends UppercaseEngine { readonly tasks = tasks; }

let studio: TestStudio | undefined;
afterEach(() => { studio?.remove(); studio = undefined; });
const open = (engine: UppercaseEngine = new ReadingEngine()): TestStudio => (studio = openTestStudio(engine));

const HTML = '<p>Anna drives a <b>red</b> car to town. It rains in the hills.</p>\n<p>Bruno drives a <i>blue</i> lorry. Nobody else is there today.</p>\n';

test('a document is summarized by its segments, and the parts are told by their numbers', async () => {
  const { handlers, files } = open();
  const seen: Progress[] = [];
  const path = `${files({ 'a.html': HTML })}/a.html`;
  const summary = await handlers['document.summarize']({ document: { path } }, calmly((progress) => { seen.push(progress); }));
  // 7, 5, 5 and 5 words: two even chunks of at most 12.
  expect(summary).toEqual({ text: 'Anna drives a', model: 'words', passes: 2, segments: 4, parts: [{ first: 1, last: 2, text: 'Anna drives a' }, { first: 3, last: 4, text: 'Bruno drives a' }] });
  expect(seen.map(({ phase, done, total, item }) => [phase, done, total, item])).toEqual([
    ['read', 0, undefined, path], ['load-model', 0, undefined, undefined], ['summarize', 0, 2, undefined], ['summarize', 1, 2, undefined], ['summarize', 2, 2, undefined], ['summarize', 0, 1, 'pass 2'], ['summarize', 1, 1, 'pass 2'],
  ]);
});

test('an answer cites the segment of the document, of a text, and of the files of a project', async () => {
  const { handlers, files, project } = open();
  const question = 'Which lorry has Bruno?', wanted = { text: 'blue', score: -0.25, support: 1, model: 'words', others: [] };
  const path = `${files({ 'a.html': HTML })}/a.html`;
  expect(await handlers['document.ask']({ document: { path }, question }, calmly())).toEqual({ ...wanted, segments: 4, segment: { number: 3, text: 'Bruno drives a blue lorry.' } });
  expect(await handlers['document.ask']({ document: { text: 'It rains.\n\nBruno has a blue lorry.' }, question }, calmly())).toEqual({ ...wanted, segments: 2, segment: { number: 2, text: 'Bruno has a blue lorry.' } });
  const { id: projectId, files: documents } = await project({ 'a.html': HTML, 'b.txt': 'Bruno sold the old lorry.' });
  const answer = await handlers['document.ask']({ document: { projectId, fileIds: documents.filter((file) => file.path === 'b.txt').map(({ id }) => id) }, question }, calmly());
  expect(answer).toMatchObject({ text: 'old', segments: 1, segment: { number: 5, text: 'Bruno sold the old lorry.' } });
  expect((await handlers['document.ask']({ document: { projectId }, question }, calmly())).segments).toBe(5);
});

test('a cancel, an unknown file and an engine without these tasks are told', async () => {
  const { handlers, at } = open();
  await expect(handlers['document.summarize']({ document: { text: 'A text.' } }, calmly(undefined, AbortSignal.abort(new DOMException('', 'AbortError'))))).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(handlers['document.summarize']({ document: { path: at('none.txt') } }, calmly())).rejects.toMatchObject({ code: 'FILE_MISSING' });
  await expect(handlers['document.ask']({ document: { text: 'A text.' }, question: ' ' }, calmly())).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'There is no question.' });
  studio?.remove();
  await expect(open(new UppercaseEngine()).handlers['document.summarize']({ document: { text: 'A text.' } }, calmly())).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
});
