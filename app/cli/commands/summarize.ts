import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { readableDocument } from './readable-document.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions { readonly model?: string; readonly lang: string }

/** `bitext summarize`: the summary on stdout; with `--json` what was made of each part of the document, too. */
export const summarize: Action<Options> = async (context, [file], { model, lang }) => {
  const { terminal, json, signal } = context;
  const document = await readableDocument(file, lang);
  const { handlers } = await context.studio();
  const summary = await handlers['document.summarize']({ document, model }, { signal, report: (progress) => { terminal.progress(progress); } });
  terminal.result(json ? JSON.stringify(summary) : summary.text);
  const { passes, parts, segments } = summary;
  terminal.note(`${counted(segments, 'segment')}${parts.length > 1 ? ` in ${counted(parts.length, 'part')}, ${counted(passes, 'pass', 'passes')}` : ''} (${summary.model})`);
  return EXIT.done;
};
