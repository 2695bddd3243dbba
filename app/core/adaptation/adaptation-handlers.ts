/** Adaptation by the names of the contract. */
import type { Handlers } from '../../contract/contract.ts';
import type { StudioEngine } from '../engine-status.ts';
import type { OpenProjects } from '../projects/open-projects.ts';
import { adaptationStatus, forgetLearned, listLearned, setAdaptation } from './adaptation.ts';

export interface AdaptationDeps {
  readonly engine: StudioEngine;
  readonly projects: OpenProjects;
}

type AdaptationCalls = 'adaptation.set' | 'adaptation.list' | 'adaptation.undo' | 'adaptation.learn';

export function adaptationHandlers({ engine, projects }: AdaptationDeps): Pick<Handlers, AdaptationCalls> {
  return {
    'adaptation.set': ({ projectId, ...wish }) => setAdaptation(projects.get(projectId), wish, engine),
    'adaptation.list': ({ projectId, from }) => listLearned(projects.get(projectId).db, from),
    'adaptation.undo': ({ projectId, segmentIds }) => forgetLearned(projects.get(projectId), segmentIds),
    'adaptation.learn': ({ projectId }) => Promise.resolve(adaptationStatus(projects.get(projectId).db)),
  };
}
