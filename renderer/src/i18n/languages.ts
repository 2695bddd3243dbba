import type { ModelInfo } from '../../../app/contract/shapes/model.ts';
import { languageName } from './messages.ts';

/** Languages that are offered whatever models there are: those that documents are most translated between. */
const OFFERED = ('ar bg bn bs ca cs cy da de el en en-GB es es-419 et eu fa fi fr fr-CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml mn mr ms my nb ne nl nn pa pl pt pt-BR pt-PT ro ru si sk sl sq sr sv sw ta te th ' +
  'tl tr uk ur uz vi zh-Hans zh-Hant zu').split(' ');

export interface OfferedLanguage { readonly tag: string; readonly name: string }

/** Those, and what the models know beside, by name. */
export function offeredLanguages(models: readonly ModelInfo[]): OfferedLanguage[] {
  const tags = new Set([...OFFERED, ...models.flatMap(({ from, to, languages }) => [...(languages?.from ?? [from]), ...(languages?.to ?? [to])])]);
  tags.delete('mul');
  tags.delete('und');
  const named = [...tags].map((tag) => ({ tag, name: languageName(tag) }));
  return named.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** The pair of the first model that translates one language into one other; English to Portuguese without any. */
export function firstPair(models: readonly ModelInfo[]): { readonly from: string; readonly to: string } {
  const single = models.find(({ languages, tasks, from }) => languages === undefined && (tasks === undefined || tasks.includes('translate')) && from !== 'und');
  return { from: single?.from ?? 'en', to: single?.to ?? 'pt' };
}
