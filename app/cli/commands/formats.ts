import { bilingualFormats } from '../../core/bilingual/registry.ts';
import { formats as documentFormats } from '../../core/formats/registry.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

/** `bitext formats`: read from the registries, so that it names what there is. */
export const formats: Action<SharedOptions> = ({ terminal, json }) => {
  for (const { id, name, extensions } of documentFormats) terminal.result(json ? JSON.stringify({ kind: 'document', id, name, extensions }) : `${id.padEnd(10)} ${name} (${extensions.map((extension) => `.${extension}`).join(' ')})`);
  for (const { kind, name, extension } of bilingualFormats) terminal.result(json ? JSON.stringify({ kind: 'bilingual', id: kind, name, extensions: [extension] }) : `${kind.padEnd(10)} ${name}, delivered (.${extension})`);
  return Promise.resolve(EXIT.done);
};
