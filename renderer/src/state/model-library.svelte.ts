import type { Output } from '../../../app/contract/contract.ts';
import type { InstalledModel } from '../../../app/contract/shapes/model.ts';
import type { Connection } from '../client/connection.ts';
import { codeOf, plural, tellError } from '../i18n/messages.ts';
import { PublishedList, type WantedPair } from './find-published.ts';
import { LongWork } from './long-work.svelte.ts';

export type InstalledModels = Output<'models.installed'>;
export type WantedModels = Output<'models.wanted'> & WantedPair;
export interface Failure { readonly title: string; readonly message: string; readonly advice: string }

/** The models of this machine and of the catalogue. Downloads go on while the dialog is closed. */
export class ModelLibrary {
  tab = $state<'installed' | 'published'>('installed');
  installed = $state.raw<InstalledModels | null>(null);
  published = $state.raw<{ readonly list: PublishedList; readonly host: string } | null>(null);
  query = $state('');
  /** A pair that nothing serves, and what would: the catalogue then shows those models alone. */
  wanted = $state.raw<WantedModels | null>(null);
  /** By id. */
  downloads = $state.raw<ReadonlyMap<string, LongWork>>(new Map());
  /** What the last verification of a model said, by id. */
  verified = $state.raw<ReadonlyMap<string, string>>(new Map());
  failure = $state.raw<Failure | null>(null);
  /** The last thing that came to a good end, read out and shown. */
  done = $state('');
  readonly looking = new LongWork();
  readonly importing = new LongWork();
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Models that the catalogue has for the query and the wanted pair. */
  get found(): PublishedList['all'] {
    const { published, wanted } = this;
    if (!published) return [];
    const pairs = wanted === null ? [] : [wanted.direct, ...wanted.chain].filter(({ installed }) => !installed);
    return published.list.find(this.query, pairs);
  }

  /** Looks through the model folders again; what was told last stays. */
  async read(): Promise<void> {
    try { this.installed = await this.#connection.call('models.installed', {}); } catch (error) { this.failure = tellError(error); }
  }

  /** Asks the server. Only what the user pressed may call this. */
  async look(): Promise<void> {
    await this.#attempt(async () => {
      const found = await this.looking.run((options) => this.#connection.job('models.available', {}, options));
      if (found) this.published = { list: new PublishedList(found.models), host: found.host };
    });
  }

  /** Fetches a model, or goes on where that was cut off. */
  async download(id: string): Promise<void> {
    if (this.downloads.get(id)?.running === true) return;
    const work = new LongWork();
    this.downloads = new Map([...this.downloads, [id, work]]);
    await this.#attempt(async () => {
      const model = await work.run((options) => this.#connection.job('models.download', { id }, options));
      if (model) this.done = `${model.name} is there.`;
    });
    this.downloads = new Map([...this.downloads].filter(([other]) => other !== id));
  }

  cancelDownload(id: string): void { this.downloads.get(id)?.cancel(); }

  async discard(id: string): Promise<void> {
    await this.#attempt(() => this.#connection.call('models.discard', { id }));
  }

  async import(kind: 'folder' | 'archive'): Promise<void> {
    await this.#attempt(async () => {
      const path = kind === 'folder' ? await this.#connection.native('dialog.openFolder', { title: 'Choose the folder of a model' }) : await this.#connection.native('dialog.openArchive', {});
      if (path === null) return;
      const model = await this.importing.run((options) => this.#connection.job('models.import', { path }, options));
      if (model) this.done = `${model.name} is imported.`;
    });
  }

  async verify({ id }: InstalledModel): Promise<void> {
    const told = (text: string): void => { this.verified = new Map([...this.verified, [id, text]]); };
    told('Reading its files…');
    const whole = await this.#attempt(async () => {
      const { files } = await this.#connection.job('models.verify', { id });
      told(`${plural(files.length, 'file is', 'files are')} as published.`);
      return true;
    });
    if (whole !== true) told('Not as published.');
  }

  async remove(model: InstalledModel): Promise<void> {
    await this.#attempt(async () => {
      await this.#connection.call('models.remove', { id: model.id });
      this.done = `${model.name} is removed.`;
    });
  }

  /** Goes back from a model that was fine-tuned here, or to it again. */
  async retire(model: InstalledModel, retired: boolean): Promise<void> {
    await this.#attempt(async () => {
      await this.#connection.call('models.retire', { id: model.id, retired });
      this.done = retired ? `${model.tuned?.basedOn ?? 'The old model'} is used again.` : `${model.name} is used again.`;
    });
  }

  /** Runs something and keeps what went wrong for the dialog; a cancellation is what the user asked for. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.failure = null;
    this.done = '';
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'CANCELLED') this.failure = tellError(error);
      return undefined;
    }
  }
}
