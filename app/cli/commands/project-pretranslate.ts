import { resolve } from 'node:path';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';
import { type ChoiceOptions, translationChoices } from './translation-choices.ts';
import { tellUnusableTerms } from './unusable-terms.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions, ChoiceOptions { readonly model?: string; readonly drafts?: boolean; readonly terms?: readonly string[] }

export const projectPretranslate: Action<Options> = async (context, [path], { model, drafts, terms, ...options }) => {
  const choices = translationChoices(options);
  const { studio, project } = await openProject(context, path);
  const { signal, terminal } = context;
  const run = await studio.handlers['translate.run']({ projectId: project.id, scope: drafts ? 'unconfirmed' : 'not-started', ...choices, ...(model === undefined ? {} : { model }), ...(terms === undefined ? {} : { terms: terms.map((file) => resolve(file)) }) }, { signal, report: terminal.progress });
  tellUnusableTerms(terminal, run.unusableTerms);
  terminal.event('summary', run);
  terminal.note(`${run.fromMemory === 0 ? '' : `${counted(run.fromMemory, 'segment')} from memory; `}${counted(run.segments, 'segment')}, ${counted(run.words, 'word')}, ${run.repeated.toLocaleString('en')} repeated, ${run.flagged.toLocaleString('en')} to look at`);
  if (run.outcome === 'done') return EXIT.done;
  terminal.warn('Cancelled. What is translated is kept: the same command goes on from here.');
  return EXIT.cancelled;
};
