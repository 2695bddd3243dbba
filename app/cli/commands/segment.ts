import { text as readAll } from 'node:stream/consumers';
import { openSentenceRules } from '../../core/segmentation/srx-rules.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

interface Options extends SharedOptions { readonly lang: string; readonly srx?: string }

/** `bitext segment`: white space around sentences is dropped, a line break inside one becomes a space. */
export const segment: Action<Options> = async ({ terminal, resources, json }, _args, { lang, srx }) => {
  const split = openSentenceRules(resources, srx);
  const text = await readAll(process.stdin);
  const cuts = [0, ...split(text, lang), text.length];
  for (let i = 1; i < cuts.length; i++) {
    const [start, end] = [cuts[i - 1] ?? 0, cuts[i] ?? 0];
    const raw = text.slice(start, end), sentence = raw.trim();
    if (sentence === '') continue;
    const from = start + raw.indexOf(sentence);
    terminal.result(json ? JSON.stringify({ text: sentence, start: from, end: from + sentence.length }) : sentence.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' '));
  }
  return EXIT.done;
};
