import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { languageFit, languageName } from '../../../native-models/catalog/languages.ts';
import { listPublishedModels, type PublishedModel } from '../../../native-models/catalog/published-models.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeBytes } from '../terminal/terminal.ts';
import { counted } from '../terminal/counted.ts';

export interface CatalogueOptions extends SharedOptions { readonly catalogue?: string }

/** The server that was asked for; none stands for Mozilla's. */
export function catalogueAddress({ catalogue }: CatalogueOptions): { address?: string } {
  const address = catalogue ?? process.env['BITEXT_CATALOGUE'];
  return address === undefined || address === '' ? {} : { address };
}

/** `bitext models available`: one model a line. */
export const modelsAvailable: Action<CatalogueOptions> = async ({ terminal, json, signal, workspace }, [wish], options) => {
  const models = await listPublishedModels({ ...catalogueAddress(options), signal }).catch((error: unknown) => { throw fromEngine(error); });
  const found = wish === undefined ? models : models.filter((model) => fits(model, wish));
  for (const model of found) {
    const installed = existsSync(join(workspace, 'models', model.id));
    const { id, from, to, version, size, downloadBytes, installedBytes, licence, source } = model;
    terminal.result(json
      ? JSON.stringify({ id, from, to, version, size, downloadBytes, installedBytes, licence, source, installed })
      : `${id}  ${languageName(from)} to ${languageName(to)}  ${describeBytes(downloadBytes)} to fetch, ${describeBytes(installedBytes)} on the disk  ${licence}${installed ? '  installed' : ''}`);
  }
  terminal.note(`${found.length.toLocaleString('en')} of ${counted(models.length, 'model')}${found.length > 0 ? '; `bitext models download ID` fetches one.' : ' fit.'}`);
  return EXIT.done;
};

function fits({ id, from, to }: PublishedModel, wish: string): boolean {
  const name = wish.toLowerCase();
  // `de-en` is a pair, not German of a region.
  const isTag = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/.test(wish);
  return [from, to].some((tag) => (isTag && languageFit(tag, wish) > 0) || languageName(tag).toLowerCase() === name) || id.toLowerCase().includes(name);
}
