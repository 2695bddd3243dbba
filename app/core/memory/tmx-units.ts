/** Translation units of a TMX file (1.1 to 1.4b, levels 1 and 2) of any origin. */
import { readXml } from '../formats/xml/xml-events.ts';
import type { TranslationUnit } from './translation-memory.ts';

/** Native codes of the program that the text came from: they are no text. `hi` and `sub` hold text; `sub` is a text of its own. */
const CODES = new Set(['bpt', 'ept', 'it', 'ph', 'ut', 'sub']);

/**
 * The units between two languages, in both directions; a language matches by its primary subtag, so that `pt` finds `pt-BR`,
 * and the very same tag before others.
 * @throws StudioError FORMAT_BROKEN, FORMAT_LIMIT
 */
export function readTmxUnits(text: string, name: string, { from, to }: { readonly from: string; readonly to: string }): TranslationUnit[] {
  const units: TranslationUnit[] = [];
  let variants: { language: string; text: string }[] = [];
  let current: { language: string; text: string } | null = null;
  let inSegment = false, codes = 0;
  readXml(text, { name, entities: 'refuse' }, (event) => {
    if (event.kind === 'open') {
      if (event.local === 'tu') variants = [];
      else if (event.local === 'tuv') {
        current = { language: event.attributes['xml:lang'] ?? event.attributes['lang'] ?? '', text: '' };
        variants.push(current);
      } else if (event.local === 'seg') inSegment = true;
      else if (inSegment && CODES.has(event.local)) codes++;
    } else if (event.kind === 'close') {
      if (event.local === 'seg') inSegment = false;
      else if (inSegment && CODES.has(event.local)) codes--;
      else if (event.local === 'tu') {
        const source = variantIn(variants, from), target = variantIn(variants, to);
        if (source !== undefined && target !== undefined) units.push({ source: source.text, target: target.text });
      }
    } else if ((event.kind === 'text' || event.kind === 'cdata') && inSegment && codes === 0 && current !== null) current.text += event.text;
  });
  return units;
}

function variantIn<T extends { readonly language: string }>(variants: readonly T[], wanted: string): T | undefined {
  const same = (tag: string): string => tag.toLowerCase().replaceAll('_', '-');
  const primary = (tag: string): string => same(tag).split('-')[0] ?? '';
  return variants.find(({ language }) => same(language) === same(wanted)) ?? variants.find(({ language }) => primary(language) === primary(wanted));
}
