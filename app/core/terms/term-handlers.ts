/** The termbases of a project by the names of the contract. Whatever changes them has the segments checked that they speak of. */
import { basename } from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import type { NewTerm } from '../../contract/shapes/term.ts';
import type { GrantedPaths } from '../files/granted-paths.ts';
import type { OpenProject, OpenProjects } from '../projects/open-projects.ts';
import { projectMeta } from '../projects/project-table.ts';
import { plainText } from '../segments/runs.ts';
import { segmentById } from '../segments/segment-table.ts';
import { loadTerms } from './load-terms.ts';
import { forgetProjectTerms, projectTerms } from './project-terms.ts';
import { recheckSegments, segmentsWith, translatedSegments } from './recheck-segments.ts';
import { addTerm, listTermbases, removeTermbase, removeTerms, replaceTermbase, termsByIds } from './stored-terms.ts';
import { faultOf, normalForm, type TermbaseEntry } from './termbase.ts';

type TermCalls = 'terms.bases' | 'terms.import' | 'terms.find' | 'terms.rows' | 'terms.ofSegment' | 'terms.add' | 'terms.remove';

export interface TermDeps {
  readonly projects: OpenProjects;
  readonly paths: GrantedPaths;
  now(): string;
  log(line: string): void;
  /** Terms of a project came or went. */
  changed(project: OpenProject): void;
  /** Segments have other findings now. */
  rechecked(project: OpenProject, segmentIds: readonly number[]): void;
}

export interface TermRoom {
  readonly handlers: Pick<Handlers, TermCalls>;
  /** Checks translated segments against the terms as they are now, in the background; documents may bring some with them. */
  recheck(project: OpenProject, segmentIds: readonly number[] | 'all'): void;
}

export function openTermRoom({ projects, paths, now, log, changed, rechecked }: TermDeps): TermRoom {
  const inBackground = async (project: OpenProject, find: () => Promise<readonly number[]> | readonly number[]): Promise<void> => {
    try {
      const ids = await recheckSegments(project, await find());
      if (ids.length > 0 && !project.closing.aborted) rechecked(project, ids);
    } catch (error) {
      if (!project.closing.aborted) log(`Segments could not be checked for terms: ${toStudioError(error).message}`);
    }
  };
  /** Says at once that terms have changed; the segments follow, the next calls need not wait for them. */
  const announce = (project: OpenProject, entries: readonly TermbaseEntry[]): void => {
    forgetProjectTerms(project.db);
    changed(project);
    if (entries.length > 0) void inBackground(project, () => segmentsWith(entries, project));
  };

  const handlers: TermRoom['handlers'] = {
    'terms.bases': ({ projectId }) => listTermbases(projects.get(projectId).db),
    'terms.import': async ({ projectId, paths: files }, { signal, report }) => {
      for (const path of files) paths.require(path);
      const project = projects.get(projectId);
      const pair = projectMeta(project.db);
      const touched: TermbaseEntry[] = [];
      const unusable = [];
      try {
        for (const [done, path] of files.entries()) {
          signal.throwIfAborted();
          report({ phase: 'read', done, total: files.length, item: path });
          const { entries, failures } = await loadTerms([path], pair);
          unusable.push(...failures);
          project.closing.throwIfAborted();
          const { added, removed } = replaceTermbase(project.db, { name: basename(path), path, entries, at: now() });
          touched.push(...added, ...removed);
        }
      } finally {
        // Those before one that can't be read are there.
        if (!project.closing.aborted) announce(project, touched);
      }
      return { bases: listTermbases(project.db), unusable };
    },
    'terms.find': ({ projectId, text }) => ({ ids: projectTerms(projects.get(projectId).db).find(text) }),
    'terms.rows': ({ projectId, ids }) => termsByIds(projects.get(projectId).db, ids),
    'terms.ofSegment': ({ projectId, segmentId }) => {
      const { db } = projects.get(projectId);
      return projectTerms(db).rules.placesIn(plainText(segmentById(db, segmentId).source)).map(({ start, end, entries }) => ({ start, end, terms: [...entries] }));
    },
    'terms.add': ({ projectId, term: wanted }) => {
      const project = projects.get(projectId);
      const { term, isNew } = addTerm(project.db, usable(wanted), now());
      if (isNew) announce(project, [term]);
      return term;
    },
    'terms.remove': ({ projectId, ...what }) => {
      const project = projects.get(projectId);
      announce(project, 'termIds' in what ? removeTerms(project.db, what.termIds) : removeTermbase(project.db, what.termbaseId));
      return listTermbases(project.db);
    },
  };
  return { handlers, recheck: (project, segmentIds) => { void inBackground(project, () => (segmentIds === 'all' ? translatedSegments(project.db) : segmentIds)); } };
}

/** The term in normal form. Throws INVALID_INPUT for one that could not be looked for, or says nothing. */
function usable({ sources, targets, forbidden = [], caseSensitive = false, doNotTranslate = false }: NewTerm): NewTerm {
  const clean = (forms: readonly string[]): string[] => [...new Set(forms.map(normalForm).filter((form) => form !== ''))];
  const term = { sources: clean(sources), targets: doNotTranslate ? [] : clean(targets), forbidden: clean(forbidden), caseSensitive, doNotTranslate };
  const fault = [...term.sources, ...term.targets, ...term.forbidden].map(faultOf).find((each) => each !== null);
  if (fault !== undefined) throw new StudioError('INVALID_INPUT', fault, { advice: 'A term is a word or a few, not a sentence.' });
  if (term.sources.length === 0) throw new StudioError('INVALID_INPUT', 'The term has no word of the source language.', { advice: 'Select it in the source, or type it.' });
  if (term.targets.length + term.forbidden.length === 0 && !doNotTranslate) throw new StudioError('INVALID_INPUT', `“${term.sources.join(', ')}” has no translation.`, { advice: 'Select it in the target, or type it.' });
  return term;
}
