import type { Runs, Tag } from '../../contract/shapes/text.ts';
import { describeTag } from '../../core/segments/runs.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openDocument } from './document-file.ts';

interface Options extends SharedOptions { readonly from: string; readonly to: string; readonly encoding?: string }

/** `bitext extract`: a unit a line; with `--json` its runs, where a tag is an object among the strings. */
export const extract: Action<Options> = async ({ terminal, json, signal }, [file], options) => {
  const { parsed } = await openDocument(file, { ...options, signal });
  for (const { id, source, tags, role, target, state, note } of parsed.units) {
    terminal.result(json ? JSON.stringify({ id, source, codes: tags.map(({ tag, label, open, close }) => ({ tag, label, open, close })), role, target, state, note }) : `${id}\t${readable(source, tags)}`);
  }
  return EXIT.done;
};

const readable = (runs: Runs, tags: readonly Tag[]): string => runs.map((run) => (typeof run === 'string' ? run.replace(/\s+/g, ' ') : describeTag(run, tags))).join('');
