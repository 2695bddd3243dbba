/** What `--from auto` stands for. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { languageName } from '../../../native-models/catalog/languages.ts';
import { decideLanguage } from '../../../native-models/language-identification/identify-language.ts';
import { StudioError, toStudioError } from '../../contract/errors.ts';
import { walk } from '../../core/files/walk.ts';
import { detectFormat } from '../../core/formats/registry.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import { plainText } from '../../core/segments/runs.ts';
import type { CommandContext } from '../context.ts';

/** Characters and documents that are looked at: a few pages of the first ones. */
const CHARACTERS = 40_000;
const DOCUMENTS = 20;

/** The language of lines, told to the user. Throws INVALID_INPUT when it is not sure. */
export function languageOfTexts({ terminal }: CommandContext, texts: readonly string[]): string {
  let language: string;
  try {
    language = decideLanguage(texts);
  } catch (error) {
    const { code, message } = fromEngine(error);
    throw new StudioError(code, message, { advice: 'Name it with --from, e.g. --from en.', cause: error });
  }
  terminal.note(`The source language is ${languageName(language)} (${language}), as the text looks.`);
  terminal.event('source-language', { language });
  return language;
}

/**
 * The language of the first documents among `inputs`. What can't be read is passed over: taking it in will say why.
 * Throws INVALID_INPUT when it is not sure, or when there is no document.
 */
export async function languageOfFiles(context: CommandContext, inputs: readonly string[], { to, exclude }: { readonly to: string; readonly exclude: readonly string[] }): Promise<string> {
  const { signal } = context;
  const texts: string[] = [];
  let characters = 0, documents = 0;
  for await (const found of walk(inputs, { exclude, signal })) {
    if ('code' in found) continue;
    try {
      const bytes = await readFile(found.path);
      // The rules of a language are not needed to see which one it is.
      const parsed = await detectFormat(bytes, basename(found.path)).read(bytes, { from: 'und', to, signal });
      for (const { source } of parsed.units) {
        const text = plainText(source);
        texts.push(text);
        characters += text.length;
        if (characters >= CHARACTERS) break;
      }
      documents++;
    } catch (error) {
      signal.throwIfAborted();
      if (toStudioError(error).code === 'INTERNAL') throw error;
    }
    if (characters >= CHARACTERS || documents >= DOCUMENTS) break;
  }
  if (documents === 0) throw new StudioError('INVALID_INPUT', 'There is no document to translate in what was given.', { advice: 'Name files or folders with documents; `bitext formats` lists what is read.' });
  return languageOfTexts(context, texts);
}
