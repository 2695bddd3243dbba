import { resolve } from 'node:path';
import type { NewTerm, ProjectTermbase, Term } from '../../contract/shapes/term.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';
import { tellUnusableTerms } from './unusable-terms.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions {
  readonly add?: readonly string[];
  /** A term and its translation. */
  readonly term?: readonly string[];
  /** A term and what must not stand for it. */
  readonly forbid?: readonly string[];
  /** Names of termbases, numbers of terms. */
  readonly remove?: readonly string[];
  /** A text that the terms have; true: all. */
  readonly list?: boolean | string;
}

/** Terms that are printed at a time. */
const PAGE = 500;

/** `bitext project terms`: the termbases that bind in a project, which the window shows, too. */
export const projectTerms: Action<Options> = async (context, [path], { add, term, forbid, remove, list }) => {
  const { studio, project } = await openProject(context, path);
  const { terminal, json, signal } = context, { handlers } = studio, projectId = project.id;
  if (remove !== undefined) await take(remove);
  if (add !== undefined) tellUnusableTerms(terminal, (await handlers['terms.import']({ projectId, paths: add.map((file) => resolve(file)) }, { signal, report: terminal.progress })).unusable);
  if (term !== undefined) await put('--term', term, (sources, form) => ({ sources, targets: form }));
  if (forbid !== undefined) await put('--forbid', forbid, (sources, form) => ({ sources, targets: [], forbidden: form }));
  const bases = await handlers['terms.bases']({ projectId });
  if (list === undefined) for (const base of bases) terminal.result(json ? JSON.stringify(base) : `${base.name}  ${counted(base.terms, 'term')}${base.path === null ? '' : `  ${base.path}`}`);
  else await print(list === true ? '' : String(list), bases);
  if (!json && bases.length === 0) terminal.note('No termbase binds in this project.');
  return EXIT.done;

  async function put(option: string, words: readonly string[], termOf: (sources: string[], forms: string[]) => NewTerm): Promise<void> {
    const [source = '', form = ''] = words;
    if (words.length !== 2) throw new StudioError('INVALID_INPUT', `${option} takes a term and a translation, not ${words.length} texts.`, { advice: `Put each in quotation marks: ${option} "water pump" "bomba de água".` });
    await handlers['terms.add']({ projectId, term: termOf(source.split('|'), form.split('|')) });
  }

  async function take(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const base = (await handlers['terms.bases']({ projectId })).find((known) => known.name === name || known.path === resolve(name));
      const id = Number(name);
      if (base !== undefined) await handlers['terms.remove']({ projectId, termbaseId: base.id });
      else if (Number.isSafeInteger(id) && id > 0 && (await handlers['terms.rows']({ projectId, ids: [id] })).length > 0) await handlers['terms.remove']({ projectId, termIds: [id] });
      else throw new StudioError('NOT_FOUND', `The project has no termbase ${name}, and no term of that number.`, { advice: 'Look at the termbases of the project, and at the numbers that --list shows.' });
    }
  }

  async function print(text: string, bases: readonly ProjectTermbase[]): Promise<void> {
    const { ids } = await handlers['terms.find']({ projectId, text });
    for (let from = 0; from < ids.length; from += PAGE)
      for (const row of await handlers['terms.rows']({ projectId, ids: ids.slice(from, from + PAGE) })) terminal.result(json ? JSON.stringify(row) : lineOf(row, bases));
  }
};

function lineOf({ id, termbaseId, sources, targets, forbidden, caseSensitive, doNotTranslate }: Term, bases: readonly ProjectTermbase[]): string {
  const said = [...(doNotTranslate ? ['stays as it is'] : []), ...(targets.length > 0 ? [targets.join(' | ')] : []), ...(forbidden.length > 0 ? [`never ${forbidden.join(' | ')}`] : []), ...(caseSensitive ? ['case counts'] : [])];
  return `  ${id}  ${sources.join(' | ')}  =>  ${said.join(', ')}  (${bases.find((base) => base.id === termbaseId)?.name ?? ''})`;
}
