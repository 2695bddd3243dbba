/** The models of this machine and of the catalogue, by the names of the contract. Only a user's command reaches the network. */
import type { Handlers, JobContext } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Progress } from '../../contract/shapes/project.ts';
import { discardDownload, fetchModel } from '../../../native-models/catalog/fetch-model.ts';
import { removeModel } from '../../../native-models/catalog/remove-model.ts';
import { listPublishedModels, PUBLISHED_MODELS_ADDRESS, type PublishedModel } from '../../../native-models/catalog/published-models.ts';
import { verifyModel } from '../../../native-models/catalog/verify-model.ts';
import { wantedModels } from '../../../native-models/catalog/wanted-models.ts';
import { modelsOfPair } from '../../../native-models/catalog/model-pairs.ts';
import type { ModelDescription, ModelFolders } from '../../../native-models/engine/engine.ts';
import type { StudioEngine } from '../engine-status.ts';
import type { GrantedPaths } from '../files/granted-paths.ts';
import { fromEngine } from '../jobs/engine-errors.ts';
import { installedModels } from './installed-models.ts';

export interface ModelDeps {
  readonly engine: StudioEngine;
  readonly paths: GrantedPaths;
  /** The folder that models are downloaded and imported into. */
  readonly store: string;
  /** Address of the catalogue's server; Mozilla's when absent. */
  readonly catalogue?: string | undefined;
  /** Called when models came or went. */
  changed(): void;
}

type ModelCalls = 'models.installed' | 'models.available' | 'models.download' | 'models.discard' | 'models.import' | 'models.verify' | 'models.remove' | 'models.wanted';
type Context = JobContext<Progress>;

/** Least milliseconds between two reports of bytes. */
const REPORT_MS = 100;

export function modelHandlers({ engine, paths, store, catalogue, changed }: ModelDeps): Pick<Handlers, ModelCalls> {
  // As the last look at it found it: a download names one of these.
  let published: readonly PublishedModel[] | null = null;
  const address = catalogue === undefined ? {} : { address: catalogue };

  const list = async (signal: AbortSignal): Promise<readonly PublishedModel[]> => (published = await listPublishedModels({ ...address, signal }));
  const models = async (): Promise<readonly ModelDescription[]> => (await engine.models()).models;
  const installed = async (id: string): Promise<ModelDescription> => {
    const model = (await models()).find((known) => known.id === id);
    if (model === undefined) throw new StudioError('MODEL_MISSING', `There is no model ${id}.`, { advice: 'Look at the list of installed models again: it may have been removed.' });
    return model;
  };
  const folders = (): ModelFolders => {
    if (engine.folders === undefined) throw new StudioError('MODEL_UNSUPPORTED', 'This engine takes in no models.', { advice: 'Use the engine that comes with the studio.' });
    return engine.folders;
  };
  /** The models change whatever becomes of the work: a part of a download is there, too. */
  const changing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fromEngine(error);
    } finally {
      changed();
    }
  };

  return {
    'models.installed': () => installedModels(engine, store),
    'models.available': async (_input, { signal, report }: Context) => {
      report({ phase: 'download', done: 0 });
      const found = await list(signal).catch((error: unknown) => { throw fromEngine(error); });
      return {
        models: found.map(({ id, from, to, version, size, downloadBytes, installedBytes, licence, source }) => ({ id, from, to, version, size, downloadBytes, installedBytes, licence, source })),
        host: new URL(catalogue ?? PUBLISHED_MODELS_ADDRESS).host,
      };
    },
    'models.download': ({ id }, { signal, report }: Context) => changing(async () => {
      const model = (published ?? (await list(signal))).find((known) => known.id === id);
      if (model === undefined) throw new StudioError('MODEL_MISSING', `No model ${id} is published.`, { advice: 'Look at the catalogue again: it may have a newer one.' });
      const seldom = throttled(report);
      try {
        return { ...(await fetchModel(model, store, {
          signal, describe: (folder) => folders().describe(folder),
          report: ({ file, done, total, bytesPerSecond, secondsLeft }) => { seldom.tell({ phase: 'download', done, total, bytesPerSecond, ...(secondsLeft === null ? {} : { secondsLeft }), item: file }); },
        })) };
      } finally {
        seldom.end();
      }
    }),
    'models.discard': ({ id }) => changing(async () => {
      await discardDownload(id, store);
      return {};
    }),
    'models.import': async ({ path }, { signal, report }: Context) => {
      paths.require(path);
      return changing(async () => {
        report({ phase: 'write', done: 0, item: path });
        return { ...(await folders().import(path, store, { signal, report: ({ done, total, file }) => { report({ phase: 'write', done, total, item: file }); } })) };
      });
    },
    'models.verify': async ({ id }, { report }: Context) => {
      try {
        const { folder } = await installed(id);
        report({ phase: 'verify', done: 0, item: id });
        return { files: (await verifyModel(folder)).map((file) => ({ ...file })) };
      } catch (error) {
        throw fromEngine(error);
      }
    },
    'models.remove': ({ id }) => changing(async () => {
      removeModel(await installed(id), store);
      return {};
    }),
    'models.wanted': async (pair) => {
      const known = await models().catch((error: unknown) => { throw fromEngine(error); });
      const { direct, chain } = wantedModels(known, pair);
      return { served: modelsOfPair(known, pair).length > 0 || (chain.length > 0 && chain.every((link) => link.installed)), direct, chain: [...chain] };
    },
  };
}

/** Passes on what is reported every so often; of what comes between only the last, when the time has come. */
function throttled(report: Context['report']): { tell: Context['report']; end(): void } {
  let waiting: Progress | null = null, timer: NodeJS.Timeout | undefined;
  const pass = (): void => {
    timer = undefined;
    if (waiting === null) return;
    report(waiting);
    waiting = null;
    timer = setTimeout(pass, REPORT_MS);
  };
  return {
    tell(progress) {
      waiting = progress;
      if (timer === undefined) pass();
    },
    end() {
      clearTimeout(timer);
      if (waiting !== null) report(waiting);
    },
  };
}
