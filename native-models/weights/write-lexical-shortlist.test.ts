import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLexicalShortlist } from './lexical-shortlist.ts';
import { extendShortlist, writeLexicalShortlist } from './write-lexical-shortlist.ts';
import { defaultStudentFiles } from './testing/default-students.ts';

const files = defaultStudentFiles(/^lex\..*\.bin$/);

/** Tokens 0 to 3; 0 and 1 are always candidates. */
const SHORTLIST = { firstNum: 2, bestNum: 50, sourceTokens: 4, offsets: Uint32Array.of(0, 0, 1, 3, 3), ids: Uint32Array.of(5, 6, 7) };

describe('lexical shortlists', () => {
  it('are read back as they were written', () => {
    expect(readLexicalShortlist(writeLexicalShortlist(SHORTLIST), 'lex.bin')).toEqual(SHORTLIST);
  });

  it('list a forbidden target token for the source token that it goes with', () => {
    // 9 stands with 3 alone; 2 is in the other sentences, too. 6 is allowed by 2 already, 1 always.
    const examples = [{ source: [2, 3, 0], target: [9, 6, 1, 0] }, { source: [2, 0], target: [6, 0] }, { source: [3, 0], target: [9, 0] }];
    expect(extendShortlist(SHORTLIST, examples)).toEqual({ ...SHORTLIST, offsets: Uint32Array.of(0, 0, 1, 3, 4), ids: Uint32Array.of(5, 6, 7, 9) });
  });

  it('stay as they are when nothing is forbidden', () => {
    expect(extendShortlist(SHORTLIST, [{ source: [1, 2], target: [5, 7, 0] }])).toEqual(SHORTLIST);
  });
});

describe.skipIf(files.length === 0)('shortlists of the installed students (need to be installed)', () => {
  it.each(files)('are written back to the same bytes: %s', (file) => {
    const bytes = readFileSync(file);
    expect(Buffer.compare(Buffer.from(writeLexicalShortlist(readLexicalShortlist(bytes, file))), bytes)).toBe(0);
  });
});
