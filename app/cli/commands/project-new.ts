import { basename, resolve } from 'node:path';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { tellFailures } from './left-out.ts';
import { showProject } from './opened-project.ts';
import { languageOfFiles } from './source-language.ts';

interface Options extends SharedOptions { readonly from: string; readonly to: string; readonly name?: string }

export const projectNew: Action<Options> = async (context, [path = '', ...inputs], { from: asked, to, name }) => {
  const from = asked === 'auto' ? await languageOfFiles(context, inputs, { to, exclude: [] }) : asked;
  const studio = await context.studio();
  const { project, failures: refused } = await studio.handlers['project.create'](
    { path: resolve(path), name: name ?? basename(path, '.bitext'), from, to, inputs: inputs.map((input) => resolve(input)) }, { signal: context.signal, report: context.terminal.progress });
  const failures = tellFailures(context.terminal, refused, inputs.map((input) => resolve(input)));
  showProject(context, project);
  return failures.length > 0 ? EXIT.someFailed : EXIT.done;
};
