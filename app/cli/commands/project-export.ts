import { resolve } from 'node:path';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';
import { bilingualKinds } from './translate-files.ts';

interface Options extends SharedOptions { readonly out: string; readonly bilingual?: string }

export const projectExport: Action<Options> = async (context, [path], { out, bilingual }) => {
  const kinds = bilingualKinds(bilingual);
  const { studio, project } = await openProject(context, path);
  const { signal, terminal } = context;
  const { receipt, receiptHtml } = await studio.handlers['export.run']({ projectId: project.id, outDir: resolve(out), bilingual: kinds }, { signal, report: terminal.progress });
  for (const failure of receipt.failures) terminal.failure(failure);
  if (context.json) terminal.result(JSON.stringify(receipt));
  else for (const file of receipt.files) terminal.result(`${file.ok ? 'complete' : 'CHECK   '}  ${file.target}  ${file.found} of ${file.segments} segments, ${file.tagsFound} of ${file.tags} tags`);
  terminal.note(`Receipt ${receiptHtml}`);
  return receipt.ok ? EXIT.done : EXIT.someFailed;
};
