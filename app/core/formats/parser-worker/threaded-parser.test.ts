import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StudioError } from '../../../contract/errors.ts';
import { docxParts, p, r, zipped } from '../docx/testing/docx-fixtures.ts';
import type { DocumentParser, ParseRequest } from './parse-document.ts';
import { parserInThisThread } from './parse-document.ts';
import { createThreadedParser } from './threaded-parser.ts';
import type { ParserLimits } from './threaded-parser.ts';

const SAMPLES = join(import.meta.dirname, '../../../../resources/samples');
const open: DocumentParser[] = [];
const threaded = (limits?: ParserLimits): DocumentParser => {
  const parser = createThreadedParser(limits);
  open.push(parser);
  return parser;
};
afterEach(() => { for (const parser of open.splice(0)) parser.close(); });

const asked = (bytes: Uint8Array | string, fileName: string): ParseRequest => ({ bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes, fileName, from: 'en', to: 'pt' });
const calm = { signal: new AbortController().signal };
/** A quarter of a minute of work for any reader. */
const huge = asked('<p>A <b>bold</b> word, and <i>another</i>.</p>\n'.repeat(800_000), 'huge.html');
const small = asked('<p>A text.</p>', 'small.html');
const sources = async (parser: DocumentParser, request: ParseRequest) => (await parser.parse(request, calm)).parsed.units.map(({ source }) => source.join(''));

describe('a document parsed in a thread', () => {
  it('gives what it gives in this thread, for every sample', async () => {
    const parser = threaded();
    const files = readdirSync(SAMPLES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) {
      const request = asked(readFileSync(file), basename(file));
      expect(await parser.parse(request, calm), file).toEqual(await parserInThisThread.parse(request, calm));
    }
    expect(files.length).toBeGreaterThan(5);
  });

  it('fails with the error of its format, and the next one is read', async () => {
    const parser = threaded();
    const cut = asked((await zipped(docxParts(p(r('Text.'))))).subarray(0, 200), 'cut.docx');
    const here: unknown = await parserInThisThread.parse(cut, calm).catch((error: unknown) => error);
    const there: unknown = await parser.parse(cut, calm).catch((error: unknown) => error);
    expect([there instanceof StudioError, { ...(there as StudioError) }]).toEqual([true, { ...(here as StudioError) }]);
    expect(await sources(parser, small)).toEqual(['A text.']);
  });

  it('is given up after its time, without holding this thread up, and the next one is read', async () => {
    const parser = threaded({ milliseconds: 3000 });
    let turns = 0;
    const ticking = setInterval(() => { turns++; }, 20);
    await expect(parser.parse(huge, calm)).rejects.toMatchObject({ code: 'FORMAT_LIMIT', data: { file: 'huge.html', milliseconds: 3000 } });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
    expect(await sources(parser, small)).toEqual(['A text.']);
  });

  it('is given up when it needs too much memory, and the next one is read', async () => {
    // Memory is to run out, however long that takes.
    const parser = threaded({ mebibytes: 48, milliseconds: 600_000 });
    await expect(parser.parse(huge, calm)).rejects.toMatchObject({ code: 'FORMAT_LIMIT', data: { file: 'huge.html', mebibytes: 48 } });
    expect(await sources(parser, small)).toEqual(['A text.']);
  });

  it('is given up on cancel, with its reason, and those that wait are read in turn', async () => {
    const parser = threaded(), cancel = new AbortController();
    const first = parser.parse(huge, { signal: cancel.signal }), second = sources(parser, small);
    setTimeout(() => { cancel.abort(new StudioError('CANCELLED', 'Enough.')); }, 500);
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED', message: 'Enough.' });
    expect(await second).toEqual(['A text.']);
  });

  it('is cancelled when the studio is closed', async () => {
    const parser = threaded(), reading = parser.parse(huge, calm);
    setTimeout(() => { parser.close(); }, 500);
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(parser.parse(small, calm)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('keeps no process alive', () => {
    const program = `import { createThreadedParser } from ${JSON.stringify(new URL('threaded-parser.ts', import.meta.url).href)};
      const { formatId } = await createThreadedParser().parse({ bytes: Buffer.from('Text.'), fileName: 'a.txt', from: 'en', to: 'pt' }, { signal: new AbortController().signal });
      console.log(formatId);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 240_000 });
    expect([child.stdout, child.stderr, child.status]).toEqual(['txt\n', '', 0]);
  });
});
