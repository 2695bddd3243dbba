/**
 * The models that Mozilla publishes for Firefox Translations, as its own client finds them: records of a Remote Settings
 * collection (https://remote-settings.readthedocs.io, client specifications) that each name one file of one model.
 * `translations-models-v2` has zstd-compressed files with the size and hash of what is inside; the older
 * `translations-models` has plain files and calls the languages fromLang and toLang.
 */
import path from 'node:path';
import { EngineError } from '../engine/engine-error.ts';
import { PATIENCE, type Patience, request, withPatience } from './catalogue-request.ts';
import { languageFit } from './languages.ts';

/** The server that Firefox asks. */
export const PUBLISHED_MODELS_ADDRESS = 'https://firefox.settings.services.mozilla.com/v1';
const COLLECTION = 'translations-models-v2';
/** Of the repositories that the models are published from, mozilla/firefox-translations-models and mozilla/translations. */
const LICENCE = 'MPL-2.0';

export interface PublishedFile {
  /** As it is called in the model's folder. */
  readonly name: string;
  readonly address: string;
  readonly compression: 'zstd' | 'none';
  /** Of what is transferred. */
  readonly bytes: number;
  readonly sha256: string;
  /** Of the file itself; null where a record of a compressed file does not say. */
  readonly installedBytes: number | null;
  readonly installedSha256: string | null;
}

export interface PublishedModel {
  /** `en-pt-base-memory-3.0` */
  readonly id: string;
  /** BCP 47 */
  readonly from: string;
  readonly to: string;
  /** tiny, base or base-memory; null where the records don't say. */
  readonly size: string | null;
  readonly version: string;
  readonly files: readonly PublishedFile[];
  /** Bytes to transfer, and bytes on the disk afterwards as far as the records tell. */
  readonly downloadBytes: number;
  readonly installedBytes: number;
  readonly licence: string;
  readonly source: string;
}

export interface CatalogueOptions {
  /** The server's root with its version. */
  readonly address?: string;
  readonly collection?: string;
  readonly signal?: AbortSignal;
  readonly patience?: Patience;
  readonly stallSeconds?: number;
}

/**
 * The newest complete model of each pair and size, by pair. Models that only test versions of Firefox get are left out.
 * Throws EngineError MODEL_MISSING when the server can't be reached or answers nonsense.
 */
export async function listPublishedModels({ address = PUBLISHED_MODELS_ADDRESS, collection = COLLECTION, signal, patience = PATIENCE, stallSeconds = 30 }: CatalogueOptions = {}): Promise<PublishedModel[]> {
  const root = catalogueRoot(address);
  const read = (url: URL): Promise<unknown> => withPatience(() => readJson(url, signal, stallSeconds), { patience, signal });
  const records = new URL(`buckets/main/collections/${encodeURIComponent(collection)}/changeset?_expected=0`, root);
  const [server, changes] = await Promise.all([read(root), read(records)]);
  const attachments = entry(entry(entry(server, 'capabilities'), 'attachments'), 'base_url');
  const list = entry(changes, 'changes');
  if (typeof attachments !== 'string' || !URL.canParse(attachments) || !Array.isArray(list)) throw notAList(records);
  const source = new URL(`buckets/main/collections/${collection}`, root).href;
  return newestModels(list.flatMap((record: unknown) => readRecord(record, new URL(attachments)) ?? []), source);
}

/**
 * The model that an id or a pair (`en-pt`, `en:pt`, `enpt`) means; of several sizes of a pair the largest, which translates best.
 * Throws EngineError MODEL_MISSING.
 */
export function choosePublished(models: readonly PublishedModel[], wish: string): PublishedModel {
  const named = models.find(({ id }) => id === wish);
  if (named) return named;
  const pairs = [/^(.+):(.+)$/, /^([a-z]{2})([a-z]{2})$/i, /^([a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?)-([a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?)$/];
  for (const pattern of pairs) {
    const [, from, to] = pattern.exec(wish) ?? [];
    if (from === undefined || to === undefined) continue;
    const [best] = models.map((model) => ({ model, from: languageFit(model.from, from), to: languageFit(model.to, to) })).filter((fit) => fit.from > 0 && fit.to > 0)
      .sort((a, b) => b.from + b.to - (a.from + a.to) || b.model.downloadBytes - a.model.downloadBytes);
    if (best) return best.model;
  }
  throw new EngineError('MODEL_MISSING', `No model ${wish} is published.`, 'Look at the catalogue for what there is. A pair without a model of its own may have two by way of English.');
}

function catalogueRoot(address: string): URL {
  if (!URL.canParse(address) || !/^https?:/.test(address)) throw new EngineError('INVALID_INPUT', `${address} is not the address of a catalogue.`, `It looks like ${PUBLISHED_MODELS_ADDRESS}.`);
  return new URL(address.endsWith('/') ? address : `${address}/`);
}

/** More than a hundred times what the list has today. */
const MOST_BYTES = 64 << 20;

async function readJson(url: URL, signal: AbortSignal | undefined, stallSeconds: number): Promise<unknown> {
  const answer = await request(url, { headers: { accept: 'application/json' }, signal, stallSeconds });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.chunks) {
    parts.push(chunk);
    if ((bytes += chunk.length) > MOST_BYTES) throw notAList(url);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (cause) {
    throw notAList(url, cause);
  }
}

const notAList = (url: URL, cause?: unknown): EngineError =>
  new EngineError('MODEL_MISSING', `${url.href} does not answer with a list of models.`, 'A proxy or a sign-in page may stand between; try from another network.', { cause });

interface FileRecord {
  readonly from: string;
  readonly to: string;
  readonly size: string | null;
  readonly version: string;
  readonly type: string;
  readonly file: PublishedFile;
}

/** Null for a record that is not for everybody, or that no file can be fetched by. */
function readRecord(record: unknown, attachments: URL): FileRecord | null {
  const attachment = entry(record, 'attachment');
  const from = text(record, 'sourceLanguage') ?? text(record, 'fromLang'), to = text(record, 'targetLanguage') ?? text(record, 'toLang');
  const type = text(record, 'fileType'), version = text(record, 'version'), sha256 = text(attachment, 'hash'), location = text(attachment, 'location');
  const name = text(record, 'name') ?? text(attachment, 'filename');
  const bytes = entry(attachment, 'size');
  if (from === null || to === null || type === null || version === null || name === null || sha256 === null || location === null) return null;
  if (!isCount(bytes) || !/^[0-9a-f]{64}$/i.test(sha256) || (text(record, 'filter_expression') ?? '') !== '') return null;
  if (!URL.canParse(location, attachments.href)) return null;
  const address = new URL(location, attachments);
  // A record names a file, never a path, and only of the server's own store.
  if (path.basename(name) !== name || !/^\w[\w.-]*$/.test(name) || address.origin !== attachments.origin) return null;
  const compressed = (text(attachment, 'filename') ?? location).endsWith('.zst') && !name.endsWith('.zst');
  const inside = text(record, 'decompressedHash'), insideBytes = entry(record, 'decompressedSize');
  return {
    from, to, version, type, size: text(record, 'architecture'),
    file: {
      name, address: address.href, bytes, sha256: sha256.toLowerCase(), compression: compressed ? 'zstd' : 'none',
      installedBytes: compressed ? (isCount(insideBytes) ? insideBytes : null) : bytes,
      installedSha256: compressed ? (inside !== null && /^[0-9a-f]{64}$/i.test(inside) ? inside.toLowerCase() : null) : sha256.toLowerCase(),
    },
  };
}

function newestModels(records: readonly FileRecord[], source: string): PublishedModel[] {
  const groups = Map.groupBy(records, ({ from, to, size, version }) => JSON.stringify([from, to, size, version]));
  const newest = new Map<string, PublishedModel>();
  for (const group of groups.values()) {
    const [first] = group;
    const files = filesOf(group);
    if (first === undefined || files === null) continue;
    const { from, to, size, version } = first;
    const key = JSON.stringify([from, to, size]), known = newest.get(key);
    if (known !== undefined && compareVersions(known.version, version) >= 0) continue;
    const id = [from, to, ...(size === null ? [] : [size]), version].join('-').replace(/[^\w.-]/g, '_');
    const sum = (of: (file: PublishedFile) => number): number => files.reduce((total, file) => total + of(file), 0);
    newest.set(key, { id, from, to, size, version, files, downloadBytes: sum(({ bytes }) => bytes), installedBytes: sum((file) => file.installedBytes ?? file.bytes), licence: LICENCE, source });
  }
  return [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The files of one model, null while one is lacking: a model, one vocabulary or two; a shortlist where there is one. */
function filesOf(group: readonly FileRecord[]): PublishedFile[] | null {
  const of = (type: string): PublishedFile[] => group.filter((record) => record.type === type).map(({ file }) => file).slice(0, 1);
  const shared = of('vocab'), own = [...of('srcvocab'), ...of('trgvocab')], model = of('model');
  const vocabularies = own.length === 2 ? own : shared;
  const files = [...model, ...vocabularies, ...of('lex')];
  return model.length === 0 || vocabularies.length === 0 || new Set(files.map(({ name }) => name)).size < files.length ? null : files;
}

/** Above zero when `a` is to be preferred: a finished version to a trial (`3.0a1`), then the higher one. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => {
    const [, major, minor, trial] = /^(\d+)(?:\.(\d+))?(.*)$/.exec(version) ?? [];
    return major === undefined ? [-1] : [trial === '' ? 1 : 0, Number(major), Number(minor ?? 0)];
  };
  const left = parts(a), right = parts(b);
  const at = left.findIndex((part, i) => part !== right[i]);
  return at < 0 ? (a < b ? -1 : a > b ? 1 : 0) : (left[at] ?? -1) - (right[at] ?? -1);
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const entry = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
function text(value: unknown, key: string): string | null {
  const found = entry(value, key);
  return typeof found === 'string' && found !== '' ? found : null;
}
