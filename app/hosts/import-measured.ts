/** An import that also measures what the model loses by being run in fewer bits. */
import { rmSync } from 'node:fs';
import { importAny, type ZipOptions } from '../../native-models/catalog/import-zip.ts';
import { beginImport } from '../../native-models/catalog/unfinished-imports.ts';
import type { ModelDescription } from '../../native-models/engine/engine.ts';
import { createOnnxEngine } from '../../native-models/engine/onnx-engine.ts';

/** `importAny` with an engine of its own in this process, for the folder that is imported. Throws as that does. */
export async function importMeasured(path: string, store: string, options: ZipOptions, threads: number): Promise<ModelDescription> {
  // Graphs in float32 are needed once. Beside the models: what a killed import leaves is removed by the next start.
  const cacheDir = beginImport(store);
  try {
    return await importAny(path, store, { ...options, importing: { openEngine: (folder, precision) => createOnnxEngine({ modelDirs: [folder], cacheDir, device: 'cpu', precision, threads }) } });
  } finally {
    rmSync(cacheDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
