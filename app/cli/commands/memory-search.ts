/** `bitext memory search CORPUS...`: what memories have for texts on stdin, one a line. */
import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { loadMemory } from '../../core/memory/load-memory.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { linePortions } from './line-portions.ts';
import { wholeNumber } from './translation-choices.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions { readonly from: string; readonly to: string; readonly min: string; readonly max: string }

/** With `--json` a line for each query; else its matches, the best first, and an empty line. */
export const memorySearch: Action<Options> = async ({ terminal, json, signal }, files, { from, to, min, max }) => {
  const wanted = { least: wholeNumber('--min', min, 100), most: wholeNumber('--max', max, 1000) };
  const memory = await loadMemory(files.map((file) => resolve(file)), { from, to }, signal);
  let queries = 0, answered = 0;
  for await (const portion of linePortions(process.stdin))
    for (const query of portion) {
      // A Ctrl-C is heard between two of them.
      await turn();
      signal.throwIfAborted();
      const matches = memory.find(query, wanted);
      queries++;
      if (matches.length > 0) answered++;
      if (json) terminal.result(JSON.stringify({ query, matches }));
      else {
        for (const { match, corpus, source, target } of matches) terminal.result(`${String(match).padStart(3)} %  ${source}\n       ${target}  (${corpus})`);
        terminal.result('');
      }
    }
  terminal.note(`${counted(queries, 'text')}, ${answered.toLocaleString('en')} with a match, in ${counted(memory.size, 'unit')}`);
  return EXIT.done;
};
