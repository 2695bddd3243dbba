/**
 * Compiled models on disk: the graph, its weights in a file of their own, and what must be known of it to run it. The
 * name is the hash of everything that went into it. The graph is written last: where it is, the others are whole.
 */
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { planExternalData, writeExternalData } from '../onnx/external-data.ts';
import { encodeModel, type ModelDefinition } from '../onnx/model-proto.ts';
import { writeWholeFile } from './whole-file.ts';

export interface BuiltModel<Facts> {
  readonly model: ModelDefinition;
  readonly facts: Facts;
}

export interface CachedModel<Facts, Opened> {
  /** Null: it is built each time. */
  readonly cacheDir: string | null;
  readonly key: string;
  build(): Promise<BuiltModel<Facts>>;
  /** Builds and stores it in a process of its own. Null or absent: it is built in this one. */
  readonly buildApart?: (() => Promise<unknown>) | null;
  /** Null for what are no such facts. */
  readFacts(stored: unknown): Facts | null;
  /** Opens a graph from its file, or from its bytes. */
  open(graph: string | Uint8Array, facts: Facts): Promise<Opened>;
}

/**
 * Opens what is stored, or builds and stores it first; what is stored and can't be opened is built anew. A cache that
 * can't be written is no failure: the graph is opened from memory instead, as far as it fits into one message.
 */
export async function openCachedModel<Facts, Opened>(cached: CachedModel<Facts, Opened>): Promise<Opened> {
  const base = cached.cacheDir === null ? null : path.join(cached.cacheDir, cached.key);
  const stored = base === null ? null : await openStored(cached, base);
  if (stored !== null) return stored;
  if (base !== null && cached.buildApart !== undefined && cached.buildApart !== null) {
    await cached.buildApart();
    const built = await openStored(cached, base);
    if (built !== null) return built;
  }
  const { model, facts } = await cached.build();
  if (base === null) return cached.open(encodeModel(model), facts);
  try {
    await store(base, model, facts);
  } catch {
    return cached.open(encodeModel(model), facts);
  }
  return cached.open(`${base}.onnx`, facts);
}

/** Builds and stores a model unless it is there. Throws the file system's errors, too. */
export async function storeModel<Facts>({ cacheDir, key, build }: Pick<CachedModel<Facts, unknown>, 'key' | 'build'> & { readonly cacheDir: string }): Promise<void> {
  const base = path.join(cacheDir, key);
  if (await stat(`${base}.onnx`).then(() => true, () => false)) return;
  const { model, facts } = await build();
  await store(base, model, facts);
}

async function openStored<Facts, Opened>({ open: openGraph, readFacts }: CachedModel<Facts, Opened>, base: string): Promise<Opened | null> {
  try {
    await stat(`${base}.onnx`);
    const known: unknown = JSON.parse(await readFile(`${base}.json`, 'utf8'));
    const facts = readFacts(known);
    if (facts !== null) return await openGraph(`${base}.onnx`, facts);
  } catch {
    // Absent, or cut off by a full disk.
  }
  await rm(`${base}.onnx`, { force: true }).catch(() => undefined);
  return null;
}

async function store(base: string, model: ModelDefinition, facts: unknown): Promise<void> {
  await mkdir(path.dirname(base), { recursive: true });
  const external = planExternalData(model.graph.constants, path.basename(`${base}.weights`));
  await writeWholeFile(`${base}.weights`, (handle) => writeExternalData(handle, model.graph.constants, external));
  await writeWholeFile(`${base}.json`, async (handle) => handle.writeFile(JSON.stringify(facts)));
  const bytes = encodeModel(model, external);
  await writeWholeFile(`${base}.onnx`, async (handle) => handle.writeFile(bytes));
}
