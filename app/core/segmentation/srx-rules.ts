/** The studio's own sentence rules, from `resources/srx/bitext.srx`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SplitSentences } from './split-sentences.ts';
import { readSrx } from './srx-document.ts';
import { createSrxSplitter } from './srx-splitter.ts';

/** Opens a rules file, the studio's own unless told otherwise. Throws StudioError FORMAT_BROKEN when it can't be used. */
export function openSentenceRules(resourcesDir: string, file = join(resourcesDir, 'srx', 'bitext.srx')): SplitSentences {
  return createSrxSplitter(readSrx(readFileSync(file, 'utf8'), file));
}
