/** Adaptation by the names of the contract, and what other rooms ask of it. */
import type { EventValue, Handlers } from '../../contract/contract.ts';
import type { OpenProject, OpenProjects } from '../projects/open-projects.ts';
import { ProjectAdaptation, type ProjectAdaptationDeps } from './project-adaptation.ts';

export interface AdaptationDeps extends Omit<ProjectAdaptationDeps, 'changed'> {
  readonly projects: OpenProjects;
  changed(value: EventValue<'adaptation.changed'>): void;
}

type AdaptationCalls = 'adaptation.set' | 'adaptation.list' | 'adaptation.undo' | 'adaptation.learn';

export interface AdaptationRoom {
  /** The adaptation of an open project. */
  of(project: OpenProject): ProjectAdaptation;
  readonly handlers: Pick<Handlers, AdaptationCalls>;
}

export function openAdaptationRoom({ projects, changed, ...deps }: AdaptationDeps): AdaptationRoom {
  const known = new WeakMap<OpenProject, ProjectAdaptation>();
  const of = (project: OpenProject): ProjectAdaptation => {
    const adaptation = known.get(project) ?? new ProjectAdaptation(project, { ...deps, changed: ({ id }, status) => { changed({ projectId: id, status }); } });
    known.set(project, adaptation);
    return adaptation;
  };
  return {
    of,
    handlers: {
      'adaptation.set': ({ projectId, ...wish }) => of(projects.get(projectId)).set(wish),
      'adaptation.list': ({ projectId, from }) => of(projects.get(projectId)).list(from ?? 0),
      'adaptation.undo': ({ projectId, ...what }) => of(projects.get(projectId)).undo(what),
      'adaptation.learn': ({ projectId }, context) => of(projects.get(projectId)).learn(context),
    },
  };
}
