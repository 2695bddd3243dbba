/** What a model reads where a text has tags. */
import type { ReadonlyRuns, Tag } from '../../contract/shapes/text.ts';
import { equivalentText } from '../segments/runs.ts';

/** Tags whose markup has words that are not the text's: a description, an instruction. */
const NO_WORD = new Set(['image', 'img', 'field', 'object', 'comment', 'ruby']);
const LONGEST_WORD = 60;

/**
 * The tag table as it is read to a model. A tab stands between texts that have nothing to do with each other, as a line
 * break does. A tag that is a word of the sentence (`code`, a placeholder, an address) is read as that word: without it the
 * model sees a sentence with a hole.
 */
export function tagsForModel(tags: readonly Tag[]): readonly Tag[] {
  return tags.map((tag) => {
    if (tag.close !== undefined) return tag;
    if (tag.label === 'tab') return { ...tag, equivalent: '\n' };
    const word = tag.equivalent === undefined ? wordOf(tag) : '';
    return word === '' ? tag : { ...tag, equivalent: word };
  });
}

/** The text that a model gets for a segment; `tags` as `tagsForModel` gives them. */
export const modelText = (source: ReadonlyRuns, tags: readonly Tag[]): string => equivalentText(source, tags);

/** What is left of a tag's markup without its marks; empty unless it reads like a word or two. */
function wordOf({ label, open }: Tag): string {
  if (NO_WORD.has(label) || open.startsWith('<w:')) return '';
  const address = /^<((?:https?:\/\/|mailto:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>$/i.exec(open)?.[1];
  const word = address ?? open.replace(/<[^>]*>/g, '').replace(/^(`+|\$+)\s?([^]*?)\s?\1$/, '$2');
  return word.length <= LONGEST_WORD && /^\S(?:[^\n\r]*\S)?$/.test(word) ? word : '';
}
