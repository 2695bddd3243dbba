/** Fetching a published model in a process that can read models itself, as the command line's does. */
import type { ModelDescription } from '../engine/engine.ts';
import { type DownloadProgress, fetchModel, type FetchOptions } from './fetch-model.ts';
import { describeModel } from './find-models.ts';
import type { PublishedModel } from './published-models.ts';

export type { DownloadProgress };
export type DownloadOptions = Omit<FetchOptions, 'describe'>;

/** `fetchModel`, proved here. */
export const downloadModel = (model: PublishedModel, store: string, options: DownloadOptions = {}): Promise<ModelDescription> => fetchModel(model, store, { ...options, describe: describeModel });
