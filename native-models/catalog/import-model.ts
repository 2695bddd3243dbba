/** Taking a model folder into the studio's own store. */
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import type { Engine, ModelDescription, Precision } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { calibrateModel } from './calibrate-model.ts';
import { describeModel } from './find-models.ts';
import { addToManifest, readManifest } from './manifest.ts';
import { measureLoss, type ReferenceTexts } from './measure-loss.ts';
import { translates } from './model-pairs.ts';
import { beginImport } from './unfinished-imports.ts';
import { hashesOf, verifyModel } from './verify-model.ts';

export type ImportPhase = 'copy' | 'align' | 'measure';

export interface ImportOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told what is done now. */
  readonly report?: (phase: ImportPhase) => void;
  /** Told what could not be found out about the model, which is imported all the same. */
  readonly warn?: (message: string) => void;
  /** The precision that the model is to run in; int8 when absent. */
  readonly precision?: Precision;
  /** What fewer bits cost is measured with it: an engine over the models of `folder`, in a precision. */
  readonly openEngine?: (folder: string, precision: Precision) => Engine;
  /** To measure with; sentences of the program's own when absent. */
  readonly texts?: ReferenceTexts;
}

/**
 * Copies a model folder below `store`, under its id. The copy is looked at before it gets its name, links are followed into
 * copies, and hashes are compared where the manifest has them and written where it has none: what is in the store is whole,
 * and can be verified. Its manifest then says which head aligns its translations, and what it loses in fewer bits where
 * there is an engine to measure that.
 * Throws EngineError INVALID_INPUT when the id is taken, and as `describeModel` and `verifyModel` do; rejects with the
 * signal's reason when it is aborted.
 */
export async function importModel(folder: string, store: string, options: ImportOptions = {}): Promise<ModelDescription> {
  const { id } = await describeModel(folder);
  const target = path.join(store, id);
  if (!/^[\w.-]+$/.test(id)) throw new EngineError('INVALID_INPUT', `${id} can't be the name of a model.`, 'Give it an id of letters, digits, dots and dashes in its bitext.json.');
  if (existsSync(target)) throw taken(id, target);
  const temporary = beginImport(store);
  try {
    options.report?.('copy');
    const copy = path.join(temporary, id);
    // The synchronous one hides why it failed: a full disk is EIO.
    await cp(folder, copy, { recursive: true, dereference: true });
    options.signal?.throwIfAborted();
    // A folder that is read-only stays so in its copy.
    chmodSync(copy, 0o755);
    if (readManifest(copy).files !== undefined) await verifyModel(copy);
    else addToManifest(copy, { files: await hashesOf(copy) });
    await findOut(await describeModel(copy), options);
    options.signal?.throwIfAborted();
    try {
      renameSync(copy, target);
    } catch (error) {
      throw existsSync(target) ? taken(id, target) : error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return describeModel(target);
}

const taken = (id: string, target: string): EngineError =>
  new EngineError('INVALID_INPUT', `A model ${id} is there already: ${target}.`, 'Remove that one first.');

/** Looks at how the model behaves, and writes it into its manifest. */
async function findOut(model: ModelDescription, { threads = 1, signal, report, warn, precision, openEngine, texts }: ImportOptions): Promise<void> {
  const { folder } = model;
  if (precision !== undefined) addToManifest(folder, { precision });
  if (!translates(model)) return;
  const attempt = async (what: string, act: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      await act();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof EngineError)) throw error;
      warn?.(`${what}: ${error.message} ${error.advice}`.trim());
    }
  };
  if (readManifest(folder).alignment === undefined) {
    await attempt('The head that aligns its translations could not be found', async () => {
      report?.('align');
      const alignment = await calibrateModel(model, threads);
      if (alignment !== null) addToManifest(folder, { alignment });
    });
  }
  const measured = precision ?? 'int8';
  // In a precision that it already has there is nothing to lose.
  if (openEngine === undefined || measured === 'float32') return;
  await attempt('What it loses in fewer bits could not be measured', async () => {
    report?.('measure');
    const quality = await measureLoss(model, {
      openEngine: (wanted) => openEngine(folder, wanted), precision: measured, texts: texts ?? null, ...(signal === undefined ? {} : { signal }),
    });
    addToManifest(folder, { quality });
  });
}
