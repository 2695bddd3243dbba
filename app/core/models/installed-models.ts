/** Everything in the model folders: what can be used, what can't, what is half downloaded, and what it takes on the disk. */
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Output } from '../../contract/contract.ts';
import type { InstalledModel } from '../../contract/shapes/model.ts';
import { folderBytes, unfinishedDownloads } from '../../../native-models/catalog/disk-use.ts';
import { readManifest } from '../../../native-models/catalog/manifest.ts';
import { describePrecisionLoss } from '../../../native-models/evaluation/precision-loss.ts';
import type { Engine, ModelDescription } from '../../../native-models/engine/engine.ts';
import { fromEngine } from '../jobs/engine-errors.ts';

/** `store`: the folder that the studio downloads and imports into. Throws the engine's errors. */
export async function installedModels(engine: Engine, store: string): Promise<Output<'models.installed'>> {
  const { models, unusable } = await engine.models().catch((error: unknown) => { throw fromEngine(error); });
  const listed = models.map((model) => describe(model, store));
  const unfinished = unfinishedDownloads(store);
  return {
    models: listed,
    unusable: unusable.map(({ folder, reason }) => ({ folder, reason })),
    unfinished: unfinished.map(({ id, bytes }) => ({ id, bytes })),
    store,
    diskBytes: [...listed.map(({ diskBytes }) => diskBytes), ...unfinished.map(({ bytes }) => bytes)].reduce((sum, bytes) => sum + bytes, 0),
    freeBytes: await freeBytes(store),
  };
}

function describe(model: ModelDescription, store: string): InstalledModel {
  const { files, quality } = readManifest(model.folder);
  return { ...model, diskBytes: folderBytes(model.folder), own: dirname(resolve(model.folder)) === resolve(store), verifiable: files !== undefined, loss: quality === undefined ? null : describePrecisionLoss(quality) };
}

/** Of the disk that `folder` is, or will be, on; null where the system does not say. */
async function freeBytes(folder: string): Promise<number | null> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch {
      if (place === dirname(place)) return null;
    }
  }
}
