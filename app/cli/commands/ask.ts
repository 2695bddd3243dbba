import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { readableDocument } from './readable-document.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions { readonly question: string; readonly model?: string; readonly lang: string }

/** `bitext ask`: the answer on stdout, then the segment that it comes from; with `--json` other answers, too. */
export const ask: Action<Options> = async (context, [file], { question, model, lang }) => {
  const { terminal, json, signal } = context;
  const document = await readableDocument(file, lang);
  const { handlers } = await context.studio();
  const answer = await handlers['document.ask']({ document, question, model }, { signal, report: (progress) => { terminal.progress(progress); } });
  const { text, segment, support } = answer;
  if (json) terminal.result(JSON.stringify(answer));
  else if (text !== '') terminal.result(segment === null ? text : `${text}\n    segment ${segment.number.toLocaleString('en')}: ${segment.text.replace(/\s+/g, ' ')}`);
  if (text === '') terminal.warn('The document gave no answer. Ask in words that stand in it.');
  else if (segment === null) terminal.warn('No segment holds a word of this answer: it may come from the model, not from the document.');
  else if (support < 1) terminal.warn('Not every word of this answer stands in that segment: check it.');
  terminal.note(`${counted(answer.segments, 'segment')} (${answer.model})`);
  return text === '' ? EXIT.someFailed : EXIT.done;
};
